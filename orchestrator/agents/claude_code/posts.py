"""The hooks of Claude Code: what it posts, and what the reply may say."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from orchestrator.agents.agent import ConnectionProblems, Payload, Reply, UnfitCommandError
from orchestrator.agents.claude_code import connection, hooks, own_command, permission_tool
from orchestrator.agents.claude_code.registries import named_by
from orchestrator.agents.claude_code.transcript import config_dir_of
from orchestrator.core.sessions.model import Session
from orchestrator.core.sessions.signals import Signal

_TELLS = frozenset({"UserPromptSubmit", "PostToolUse", "PostToolUseFailure"})
"""Hooks whose reply may notify the session (probed on 2.1.197 and 2.1.330)."""


@dataclass(frozen=True, slots=True)
class Posts:
    config_dir: Path

    def signals(self, payload: Payload, at: float) -> tuple[Signal, ...]:
        return hooks.parse(payload, at)

    def can_notify(self, payload: Payload) -> bool:
        return payload.get("hook_event_name") in _TELLS

    def notification(self, payload: Payload, words: str) -> Reply:
        said = {"hookEventName": payload["hook_event_name"], "additionalContext": words}
        return {"hookSpecificOutput": said}

    def continuation(self, words: str) -> Reply:
        """It allows this eight times in a row."""
        return {"decision": "block", "reason": words}

    def connection_problems(
        self, command: Sequence[str], cwd: Path, main: Path, session: Session
    ) -> ConnectionProblems:
        own, env = None, None
        try:
            own = own_command.read(command, cwd).settings if command else None
        except UnfitCommandError:
            own = None  # it is already running; the error is reported at the next start
        with contextlib.suppress(psutil.Error):
            env = psutil.Process(session.pid).environ()
        named = config_dir_of(session.transcript) or next(iter(named_by(session.pid)), self.config_dir)
        return connection.examine(named, cwd, main, own, env)

    def asked_by_tool(self, arguments: Payload) -> Payload:
        return permission_tool.request(arguments)

    def answered_by_tool(self, arguments: Payload, reply: Reply) -> str:
        return permission_tool.result(arguments, reply)
