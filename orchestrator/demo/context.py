"""What the parts of a session share: its loop, pane, files and hooks."""

from abc import ABC, abstractmethod
from collections import deque
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.demo import settings, transcript
from orchestrator.demo.dialogs import Dialog, Form
from orchestrator.demo.figures import CONTEXT, COST, StatusLine
from orchestrator.demo.flags import VERSION, Flags
from orchestrator.demo.hooks import Hooks
from orchestrator.demo.ids import new_id
from orchestrator.demo.keys import Key
from orchestrator.demo.loop import Future, Loop
from orchestrator.demo.registry import Registry
from orchestrator.demo.screen import DIM, OFF, RED, Screen, plain
from orchestrator.demo.script import Script
from orchestrator.demo.steps import Step
from orchestrator.demo.terminal import NoTerminal, Terminal

if TYPE_CHECKING:
    from orchestrator.demo.mcp import Mcp


_MODEL = "claude-demo-1"
NUMBER = VERSION.split()[0]
"""Only the version."""
_MODELESS = ("StopFailure", "SessionEnd", "SessionStart", "Notification", "PreCompact", "PostCompact")
"""Hook events without the permission mode, as recorded from 2.1.197."""


class Context(ABC):
    """The loop, the pane, the registry file, hooks, status line and transcript of one session."""

    asks = True
    """Whether there is a user who can be asked."""

    def __init__(self, flags: Flags, config_dir: Path, session_id: str, script: Script) -> None:
        self._flags, self._config_dir, self.script = flags, config_dir, script
        self.session_id, self.name = session_id, flags.name
        self.prompt_id = new_id()
        self.model = flags.model or _MODEL
        given = settings.read(config_dir, flags.settings)
        self.loop = Loop()
        self.terminal = self._terminal()
        self.screen = Screen(self.terminal, flags.name)
        self.hooks = Hooks(self.loop, given.hooks, self._complain, self.woken)
        line = given.status_line if self.asks else ""
        self.status_line = StatusLine(self.loop, line, self._show_status_line)
        self.registry = Registry(self.loop, config_dir, session_id, flags.name, NUMBER, printed=not self.asks)
        self.transcript = transcript.Transcript(config_dir, session_id, NUMBER, self.heard)
        self.background: dict[str, dict[str, str]] = {}
        """Tasks that outlive their turn, as reported in the Stop hook."""
        self.allowed = {*given.allowed, *flags.allowed_tools.replace(",", " ").split()}
        """Tools and rules that need no further permission."""
        self.permission_tool = flags.permission_tool
        """The MCP tool that is asked if there is no user; empty for none."""
        self.denied: list[dict[str, Any]] = []
        """Calls that were denied because there was no user."""
        self.told: Future[None] = Future()
        """Set by SIGUSR1, which may arrive before the step that waits for it: a session looks busy while its
        prompt's hook is running."""
        self.left: deque[Step] = deque()
        """The remaining steps of the script."""

    @abstractmethod
    def go_on(self, prompt: str, steps: tuple[Step, ...]) -> None:
        """Starts a turn on its own, as soon as no other is running."""

    @abstractmethod
    def next_step(self) -> Step:
        """The script's next step."""

    @abstractmethod
    def leave(self, code: int, reason: str = "other") -> None:
        """Ends the session like the real one: hooks called, registry file removed, pane restored."""

    @abstractmethod
    def woken(self, summary: str, words: str) -> None:
        """A hook that ran beside the session has woken it."""

    @abstractmethod
    def press(self, key: Key) -> None:
        """The user's key."""

    def _terminal(self) -> Terminal | NoTerminal:
        return Terminal(self.loop, self.press, self._redraw)

    async def fire(self, event: str, subject: str = "", **fields: Any) -> list[dict[str, Any]]:
        """Calls the hooks; returns their answers."""
        payload = {
            "session_id": self.session_id,
            "transcript_path": str(self.transcript.path),
            "cwd": str(Path.cwd()),
            "prompt_id": self.prompt_id,
            **({} if event in _MODELESS else {"permission_mode": self._flags.permission_mode}),
            "hook_event_name": event,
            **fields,
        }
        answers = await self.hooks.fire(payload, subject)
        for each in answers:
            if context := each.get("hookSpecificOutput", {}).get("additionalContext", ""):
                self.screen.add(f"{DIM}  ⎿  {plain(context)}{OFF}")
        return answers

    async def choose(self, form: Form) -> tuple[int, ...]:
        """The user's choice in the pane."""
        chosen: Future[tuple[int, ...]] = Future()
        try:
            self.open_dialog(form, chosen)
            return await chosen
        finally:
            self.close_dialog()

    def open_dialog(self, form: Form, chosen: Future[tuple[int, ...]]) -> None:
        """Draws the form in place of the input line; `chosen` is set when the user answers."""
        self.screen.dialog = Dialog(form, chosen.set)
        self.screen.refresh()

    def close_dialog(self) -> None:
        """Draws the input line again; does nothing if no dialog is open."""
        self.screen.dialog = None
        self.screen.refresh()

    @cached_property
    def mcp(self) -> "Mcp":
        """Its servers' tools."""
        from orchestrator.demo.mcp import Mcp, servers  # a session without servers needs none of it

        return Mcp(self.loop, servers(self._flags.mcp_config), self._complain)

    def heard(self, entry: dict[str, Any]) -> None:  # noqa: B027 (not every session listens)
        """An entry of the transcript, as it is written."""

    def tried_again(self, attempt: int, attempts: int, seconds: float) -> None:  # noqa: B027 (as above)
        """The API has failed and is retried in that many seconds."""

    def model_spoke(self, content: list[dict[str, Any]], error: str = "") -> None:
        """The model has answered, or the API failed: recorded in the transcript and counted in the status
        line."""
        tokens = int(self.status_line.context * 2000)
        usage = {"input_tokens": 12, "cache_read_input_tokens": tokens, "output_tokens": 120}
        self.transcript.assistant(content, self.model, usage, error)
        self.status_line.use(COST, CONTEXT)

    def rest(self) -> None:
        """The registry's word between turns: `shell` while commands run in the background."""
        self.registry.show("shell" if self.background else "idle")

    def _redraw(self) -> None:
        self.screen.redraw()

    def _tell(self) -> None:
        self.told.set(None)

    def _complain(self, words: str) -> None:
        self.screen.say(f"{RED}  ⎿  {plain(words)}{OFF}")

    def _show_status_line(self, words: str) -> None:
        words = plain(words)
        if words != self.screen.status_line:
            self.screen.status_line = words
            self.screen.refresh()
