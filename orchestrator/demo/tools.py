"""Tool calls: their hooks, their lines in the pane, and their entries in the conversation."""

import json
import time
from pathlib import Path
from typing import Any

from orchestrator.demo.context import Context
from orchestrator.demo.ids import new_token
from orchestrator.demo.screen import BOLD, DIM, GREEN, OFF, RED, plain


class Call:
    """One tool call. `open` comes before the work, `close` after it; both call the hooks."""

    def __init__(
        self, session: Context, tool: str, given: dict[str, Any], agent: dict[str, str] | None = None
    ) -> None:
        self._session, self.tool, self.input, self._agent = session, tool, given, agent or {}
        self.id = f"toolu_demo_{new_token(20)}"
        self._began = time.monotonic()

    async def open(self) -> None:
        """Writes the call to the transcript, then fires PreToolUse and waits for its hooks."""
        self.make()
        await self.tell("PreToolUse")

    def make(self) -> None:
        """The model makes the call; no hook is called, as for an unknown tool."""
        made = {"type": "tool_use", "id": self.id, "name": self.tool, "input": self.input}
        self._session.model_spoke([made])

    def show(self) -> None:
        """Draws the call's first line in the pane; its answer comes below it."""
        self._session.screen.say(f"{GREEN}●{OFF} {BOLD}{self._title}{OFF}({plain(self.subject)[:160]})")

    @property
    def _title(self) -> str:
        match self.tool.split("__", 2):
            case ["mcp", server, tool]:
                return f"{server} - {tool} (MCP)"
            case _:
                return self.tool

    @property
    def subject(self) -> str:
        """What the call is about, in a line."""
        if self.tool.startswith("mcp__"):
            given = self.input.items()
            return ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in given)
        for key in ("command", "description", "file_path", "pattern"):
            if said := self.input.get(key):
                return str(said)
        return ""

    async def close(self, output: str, *, error: str = "", response: Any = None) -> None:
        """`response` is passed to the hooks for a call that has an answer of its own."""
        if error:
            self.refuse(error)
            await self.tell("PostToolUseFailure", error=error, is_interrupt=False)
            return
        self._show_answer(DIM, output or "(No content)")
        told = {"stdout": output, "stderr": ""} if response is None else response
        took = int((time.monotonic() - self._began) * 1000)
        await self.tell("PostToolUse", tool_response=told, duration_ms=took)

    def refuse(self, error: str) -> None:
        """The call ends with an error, and no hook is called."""
        self._show_answer(RED, error, failed=True)

    def _show_answer(self, colour: str, words: str, *, failed: bool = False) -> None:
        lines = [plain(line) for line in words.splitlines()][:6]
        mark = [f"{colour}  {'⎿' if number == 0 else ' '}  {line}{OFF}" for number, line in enumerate(lines)]
        self._session.screen.add(*mark)
        self._session.transcript.result(self.id, words, failed=failed)

    async def tell(self, event: str, **fields: Any) -> None:
        """Calls the hooks for this call."""
        given = {"tool_name": self.tool, "tool_input": self.input, "tool_use_id": self.id}
        await self._session.fire(event, self.tool, **given, **fields, **self._agent)


def write(path: str, text: str, *, append: bool) -> str:
    """Really writes the file; returns the error as text, or nothing."""
    here = Path.cwd()
    file = (here / path).resolve()
    if not file.is_relative_to(here.resolve()):
        return f"{path} is outside of the working directory"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if append and file.exists() else "") + text)
    except OSError as error:
        return str(error)
    return ""
