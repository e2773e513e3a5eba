"""A session without a terminal (`--print`): one prompt, its progress on stdout, and the result.

Behaves like 2.1.197: hooks as usual, a registry file without a status, no status line, no dialogs. What would
need a permission is denied. The exit code is 1 if an API error has ended the turn.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from orchestrator.demo.context import NUMBER
from orchestrator.demo.flags import Flags
from orchestrator.demo.ids import new_id
from orchestrator.demo.refusal import Refusal
from orchestrator.demo.script import Script
from orchestrator.demo.session import Session
from orchestrator.demo.terminal import NoTerminal
from orchestrator.demo.turn import Turn

_STDIN, _STDOUT = 0, 1
_STATUS = {"rate_limit": 429, "overloaded": 529, "authentication_failed": 401}
"""The API's answer, by the error's name."""
_INTERRUPTED = 130


class PrintedSession(Session):
    """Ends with the turn and its background tasks."""

    asks = False

    def __init__(self, flags: Flags, config_dir: Path, session_id: str, script: Script) -> None:
        self._prompt = flags.prompt or _read_stdin()
        if not self._prompt.strip():
            raise Refusal(
                "Input must be provided either through stdin or as a prompt argument when using --print"
            )
        self._began = time.monotonic()
        self._answers = 0
        super().__init__(flags, config_dir, session_id, script)

    def _terminal(self) -> NoTerminal:
        return NoTerminal()

    async def _live(self) -> None:
        await self._begin()
        await self._introduce()
        turn = await self._play_turn(self._prompt, ())
        if self._leaving:
            return
        self._print_result(turn)
        while self.background:
            await self.loop.sleep(0.1)
        self.leave(1 if turn.error else 0)

    def leave(self, code: int, reason: str = "other") -> None:
        if code == _INTERRUPTED and not self._leaving:
            self._print_line("result", subtype="error_during_execution", is_error=True, **self._figures())
            code = 0
        super().leave(code, reason)

    def heard(self, entry: dict[str, Any]) -> None:
        message, kind = entry["message"], entry["type"]
        if kind == "assistant":
            self._answers += 1
            error = {"error": entry["error"]} if "error" in entry else {}
            self._print_line(kind, message=message, parent_tool_use_id=None, **error)
        elif entry.get("isMeta"):
            said = {"role": "user", "content": [{"type": "text", "text": message["content"]}]}
            self._print_line(kind, message=said, parent_tool_use_id=None, isSynthetic=True)
        elif isinstance(message["content"], list):  # not the prompt itself
            self._print_line(kind, message=message, parent_tool_use_id=None)

    def tried_again(self, attempt: int, attempts: int, seconds: float) -> None:
        self._print_line(
            "system",
            subtype="api_retry",
            attempt=attempt,
            max_retries=attempts,
            retry_delay_ms=seconds * 1000,
            error_status=500,
            error="server_error",
        )

    async def _introduce(self) -> None:
        """The first line. As with the real program, an unreachable server is not waited for."""
        reached = {server.name: await self.mcp.reach(server) for server in self.mcp.servers}
        self._print_line(
            "system",
            subtype="init",
            cwd=str(Path.cwd()),
            tools=[
                "Bash",
                "Edit",
                "Read",
                "Write",
                *(tool for each in reached.values() for tool in each or ()),
            ],
            mcp_servers=[
                {"name": name, "status": "failed" if tools is None else "connected"}
                for name, tools in reached.items()
            ],
            model=self.model,
            permissionMode=self._flags.permission_mode,
            apiKeySource="none",
            claude_code_version=NUMBER,
        )

    def _print_result(self, turn: Turn) -> None:
        if self._flags.output_format == "text":
            _print(turn.last_words)
            return
        self._print_line(
            "result",
            subtype="success",
            is_error=bool(turn.error),
            api_error_status=_STATUS.get(turn.error, 500) if turn.error else None,
            result=turn.last_words,
            stop_reason="stop_sequence" if turn.error else "end_turn",
            terminal_reason="completed",
            **self._figures(),
        )

    def _figures(self) -> dict[str, Any]:
        took = int((time.monotonic() - self._began) * 1000)
        return {
            "duration_ms": took,
            "duration_api_ms": took // 2,
            "num_turns": self._answers,
            "total_cost_usd": round(self.status_line.cost_usd, 4),
            "usage": {"input_tokens": 12 * self._answers, "output_tokens": 120 * self._answers},
            "permission_denials": self.denied,
        }

    def _print_line(self, kind: str, **said: Any) -> None:
        if self._flags.output_format == "stream-json" or (
            self._flags.output_format == "json" and kind == "result"
        ):
            line = {"type": kind, **said, "session_id": self.session_id, "uuid": new_id()}
            _print(json.dumps(line, ensure_ascii=False))


def _print(line: str) -> None:
    data = f"{line}\n".encode(errors="replace")
    while data:
        data = data[os.write(_STDOUT, data) :]


def _read_stdin() -> str:
    if os.isatty(_STDIN):
        return ""
    said = b""
    while part := os.read(_STDIN, 65_536):
        said += part
    return said.decode(errors="replace")
