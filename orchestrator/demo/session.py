"""One session: its start-up, its user's keys, its turns one after another, and its end."""

import signal
import sys
from collections import deque
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.demo import dialogs, mailed, settings, transcript, trust
from orchestrator.demo.acts import NOTIFICATION
from orchestrator.demo.dialogs import Dialog, Form
from orchestrator.demo.figures import StatusLine
from orchestrator.demo.flags import VERSION, Flags
from orchestrator.demo.hooks import Hooks
from orchestrator.demo.ids import new_id
from orchestrator.demo.keys import Key
from orchestrator.demo.loop import Future, Loop, Task
from orchestrator.demo.registry import Registry
from orchestrator.demo.screen import BOLD, DIM, OFF, ORANGE, RED, Screen, plain
from orchestrator.demo.script import DEFAULT, Script
from orchestrator.demo.steps import Compact, Step
from orchestrator.demo.terminal import NoTerminal, Terminal
from orchestrator.demo.tools import CONTEXT, COST, Call
from orchestrator.demo.turn import Turn

if TYPE_CHECKING:
    from orchestrator.demo.mcp import Mcp

_MODEL = "claude-demo-1"
NUMBER = VERSION.split()[0]
"""The version alone."""
_MODELESS = ("StopFailure", "SessionEnd", "SessionStart", "Notification", "PreCompact", "PostCompact")
"""Hook events that do not tell the permission mode, as recorded from 2.1.197."""
_NAGS_AFTER = 60.0
"""Seconds of rest after which a Notification says that the session waits."""


class Session:
    """What its parts share: the loop, the pane, the registry file, hooks, status line and transcript."""

    asks = True
    """Whether a user is there who can be asked."""

    def __init__(self, flags: Flags, config_dir: Path, session_id: str, script: Script) -> None:
        self._flags, self._config_dir, self.script = flags, config_dir, script
        self.session_id, self.name = session_id, flags.name
        self.prompt_id = new_id()
        self.model = flags.model or _MODEL
        given = settings.read(config_dir, flags.settings)
        self.loop = Loop()
        self.terminal = self._terminal()
        self.screen = Screen(self.terminal, flags.name)
        self.hooks = Hooks(self.loop, given.hooks, self._complain, self._woken)
        line = given.status_line if self.asks else ""
        self.status_line = StatusLine(self.loop, line, self._show_status_line)
        self.registry = Registry(self.loop, config_dir, session_id, flags.name, NUMBER, printed=not self.asks)
        self.transcript = transcript.Transcript(config_dir, session_id, NUMBER, self.heard)
        self.background: dict[str, dict[str, str]] = {}
        """Tasks that outlive their turn, as the Stop hook tells of them."""
        self.allowed = {*given.allowed, *flags.allowed_tools.replace(",", " ").split()}
        """Tools, and rules, that need not ask any more."""
        self.permission_tool = flags.permission_tool
        """The MCP tool that is asked where no user is; empty for none."""
        self.denied: list[Call] = []
        """Calls that were refused where no user is."""
        self.told: Future[None] = Future()
        """Set by SIGUSR1, which may come before the step that waits for it: a session looks busy already
        while its prompt's hook is under way."""
        self.left: deque[Step] = deque()
        """The script's steps that are still to be played."""
        self._due: deque[tuple[str, tuple[Step, ...]]] = deque()
        """Prompts, each for a turn of its own, with their steps where those are not the script's."""
        self._arrival: Future[None] = Future()
        self._turn: Task[None] | None = None
        self._play: Turn | None = None
        self._played = self._leaving = False
        self._stop_nagging: Callable[[], None] = lambda: None

    def run(self) -> None:
        for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)):
            self.loop.on_signal(number, lambda code=code: self.leave(code))  # type: ignore[misc]
        self.loop.on_signal(signal.SIGUSR1, self._tell)
        self.terminal.open()
        self.loop.spawn(self._live())
        self.loop.run()

    def _terminal(self) -> Terminal | NoTerminal:
        return Terminal(self.loop, self._press, self._redraw)

    # --- its life --------------------------------------------------------------------------------

    async def _live(self) -> None:
        await self._start_up()
        self.screen.say(
            f"{ORANGE}✻{OFF} {BOLD}{VERSION}{OFF}",
            f"{DIM}  {plain(self._flags.name) or 'no name'} · {self.model} · {Path.cwd()}{OFF}",
        )
        await self._begin()
        if self._flags.mcp_config:
            self.loop.spawn(self._reach_servers())
        if self._flags.prompt:
            self._due.append((self._flags.prompt, ()))
        while True:
            while not self._due:
                self._arrival = Future()
                await self._arrival
            await self._take(*self._due.popleft())

    async def _reach_servers(self) -> None:
        """Beside its first prompt, as Claude Code's terminal does it."""
        for server in self.mcp.servers:
            await self.mcp.reach(server)

    async def _begin(self) -> None:
        self.status_line.identify(self.session_id, self.transcript.path, self.model, NUMBER, self._flags.name)
        self.registry.open()
        await self.fire(
            "SessionStart", source="resume" if self._flags.resume else "startup", model=self.model
        )
        self.status_line.touch()

    async def _start_up(self) -> None:
        if not trust.is_trusted(self._config_dir, Path.cwd()):
            if await self.choose(dialogs.trust(str(Path.cwd()))) != (0,):
                sys.exit(1)
            trust.accept(self._config_dir, Path.cwd())
        for name in self.script.startup:
            if name in dialogs.STARTUP:
                await self.choose(dialogs.STARTUP[name])

    async def _take(self, prompt: str, steps: tuple[Step, ...]) -> None:
        self._show_queued()
        match prompt.strip().split():
            case ["/clear"]:
                await self._clear()
            case ["/exit" | "/quit"]:
                self.leave(0, "prompt_input_exit")
            case ["/compact", *_]:
                await self._play_turn("", (Compact(),))
            case _:
                await self._play_turn(prompt, steps)

    async def _play_turn(self, prompt: str, steps: tuple[Step, ...]) -> Turn:
        self._stop_nagging()
        self.prompt_id = new_id()
        turn = self._play = Turn(self, prompt, steps)
        self._turn = self.loop.spawn(turn.run())
        await self._turn.result
        self._turn = self._play = None
        self._stop_nagging = self.loop.later(_NAGS_AFTER, lambda: self.loop.spawn(self._nag()))
        return turn

    async def _nag(self) -> None:
        await self.fire(
            "Notification",
            "idle_prompt",
            message="Claude is waiting for your input",
            notification_type="idle_prompt",
        )

    def go_on(self, prompt: str, steps: tuple[Step, ...]) -> None:
        """Takes up a turn by itself, as soon as no other is under way."""
        self._due.append((prompt, steps))
        self._arrival.set(None)

    def _woken(self, summary: str, words: str) -> None:
        """A hook that ran beside the session has woken it."""
        self.screen.say(f"● {plain(summary)}")
        task = f"{NOTIFICATION}\n<summary>{summary}</summary>\n</task-notification>"
        self.go_on(f"{task}\n<system-reminder>\n{words}\n</system-reminder>", mailed.steps(words, self.left))

    def _show_queued(self) -> None:
        self.screen.queued = [prompt for prompt, steps in self._due if not steps]
        self.screen.refresh()

    async def _clear(self) -> None:
        await self.fire("SessionEnd", reason="clear")
        self.session_id = new_id()
        self.transcript = transcript.Transcript(self._config_dir, self.session_id, NUMBER, self.heard)
        self.registry.rename(self.session_id)
        self.status_line.identify(self.session_id, self.transcript.path, self.model, NUMBER, self._flags.name)
        self.status_line.context = 8.0
        self.screen.clear()
        await self.fire("SessionStart", source="clear", model=self.model)
        self.status_line.touch()

    def next_step(self) -> Step:
        """The script's next step; one that has ended goes on with the default one."""
        if not self.left:
            over = self._played and not self.script.repeat
            self.left.extend(() if over else self.script.steps)
            self.left.extend(() if self.left else DEFAULT.steps)
            self._played = True
        return self.left.popleft()

    def leave(self, code: int, reason: str = "other") -> None:
        """Ends the session as the real one ends: hooks told, registry file removed, pane left in order."""

        if self._leaving:
            return
        self._leaving = True

        async def end() -> None:
            if self._turn:
                self._turn.cancel()
            await self.fire("SessionEnd", reason=reason)
            self.registry.close()
            self.screen.leave()
            sys.exit(code)

        self.loop.spawn(end())

    # --- what its turns use ----------------------------------------------------------------------

    async def fire(self, event: str, subject: str = "", **fields: Any) -> list[dict[str, Any]]:
        """Tells the hooks; what they answered."""
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
        """What the user chooses in the pane."""
        chosen: Future[tuple[int, ...]] = Future()
        try:
            self.open_dialog(form, chosen)
            return await chosen
        finally:
            self.close_dialog()

    def open_dialog(self, form: Form, chosen: Future[tuple[int, ...]]) -> None:
        self.screen.dialog = Dialog(form, chosen.set)
        self.screen.refresh()

    def close_dialog(self) -> None:
        self.screen.dialog = None
        self.screen.refresh()

    @cached_property
    def mcp(self) -> "Mcp":
        """Its servers' tools."""
        from orchestrator.demo.mcp import Mcp, servers  # a session without servers needs none of it

        return Mcp(self.loop, servers(self._flags.mcp_config), self._complain)

    def heard(self, entry: dict[str, Any]) -> None:
        """An entry of the transcript, as it is written."""

    def tried_again(self, attempt: int, attempts: int, seconds: float) -> None:
        """The API has failed and is tried again in so many seconds."""

    def model_spoke(self, content: list[dict[str, Any]], error: str = "") -> None:
        """The model has answered, or the API failed: the transcript keeps it, the status line counts it."""
        tokens = int(self.status_line.context * 2000)
        usage = {"input_tokens": 12, "cache_read_input_tokens": tokens, "output_tokens": 120}
        self.transcript.assistant(content, self.model, usage, error)
        self.status_line.use(COST, CONTEXT)

    def rest(self) -> None:
        """The registry's word between turns: `shell` while commands run in the background."""
        self.registry.show("shell" if self.background else "idle")

    # --- its user --------------------------------------------------------------------------------

    def _press(self, key: Key) -> None:
        if self.screen.dialog:
            self.screen.dialog.press(key)
            if self.screen.dialog:
                self.screen.refresh()
        elif key.name in ("escape", "ctrl+c") and self._turn and self._play:
            self._turn.cancel()
            self._play.interrupted()
        elif key.name == "ctrl+d" and not self.screen.draft:
            self.leave(0, "prompt_input_exit")
        elif prompt := self.screen.edit(key):
            self._due.append((prompt, ()))
            self._show_queued()
            self._arrival.set(None)

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
