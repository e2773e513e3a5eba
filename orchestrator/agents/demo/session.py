"""One session: its start-up, its user's keys, its turns one after another, and its end."""

import contextlib
import os
import signal
import sys
import uuid
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestrator.agents.demo import dialogs, script, settings, transcript, trust
from orchestrator.agents.demo.dialogs import Dialog, Form
from orchestrator.agents.demo.figures import StatusLine
from orchestrator.agents.demo.flags import VERSION, Flags
from orchestrator.agents.demo.hooks import Hooks
from orchestrator.agents.demo.keys import Key
from orchestrator.agents.demo.loop import Future, Loop, Task
from orchestrator.agents.demo.refusal import Refusal
from orchestrator.agents.demo.registry import Registry
from orchestrator.agents.demo.screen import BOLD, DIM, OFF, ORANGE, RED, Screen, plain
from orchestrator.agents.demo.script import Script, Step
from orchestrator.agents.demo.terminal import Terminal
from orchestrator.agents.demo.tools import CONTEXT, COST
from orchestrator.agents.demo.turn import Turn

_MODEL = "claude-demo-1"
_NUMBER = VERSION.split()[0]
_MODELESS = ("StopFailure", "SessionEnd", "SessionStart", "Notification", "PreCompact", "PostCompact")
"""Hook events that do not tell the permission mode, as recorded from 2.1.197."""
_NAGS_AFTER = 60.0
"""Seconds of rest after which a Notification says that the session waits."""


def start(flags: Flags) -> int:
    """Runs the session to its end and returns its exit code. Raises `Refusal` where it can't begin."""
    config_dir = os.environ.get("CLAUDE_CONFIG_DIR", "")
    if not config_dir:
        raise Refusal("CLAUDE_CONFIG_DIR is not set; the demo agent must not write into your ~/.claude")
    session = Session(flags, Path(config_dir))
    try:
        session.run()
    except SystemExit as left:
        return int(left.code or 0)
    finally:
        session.terminal.close()
    return 0


class Session:
    """What its parts share: the loop, the pane, the registry file, hooks, status line and transcript."""

    def __init__(self, flags: Flags, config_dir: Path) -> None:
        self._flags, self._config_dir = flags, config_dir
        self.session_id = _session_id(flags, config_dir)
        self.name = flags.name
        self.prompt_id = str(uuid.uuid4())
        self.model = flags.model or _MODEL
        self.script = _script(flags.name)
        if flags.mcp_config and not flags.mcp_config.startswith("{") and not Path(flags.mcp_config).is_file():
            raise Refusal(f"MCP config file not found: {flags.mcp_config}")
        given = settings.read(config_dir, flags.settings)
        self.loop = Loop()
        self.terminal = Terminal(self.loop, self._press, self._redraw)
        self.screen = Screen(self.terminal, flags.name)
        self.hooks = Hooks(self.loop, given.hooks, self._complain)
        self.status_line = StatusLine(self.loop, given.status_line, self._show_status_line)
        self.registry = Registry(self.loop, config_dir, self.session_id, flags.name, _NUMBER)
        self.transcript = transcript.Transcript(config_dir, self.session_id, _NUMBER)
        self.background: dict[str, dict[str, str]] = {}
        """Tasks that outlive their turn, as the Stop hook tells of them."""
        self.allowed: set[str] = set()
        """Tools that need not ask any more."""
        self.told: Future[None] = Future()
        """Set by SIGUSR1."""
        self._left: deque[Step] = deque()
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

    # --- its life --------------------------------------------------------------------------------

    async def _live(self) -> None:
        await self._start_up()
        self.screen.say(
            f"{ORANGE}✻{OFF} {BOLD}{VERSION}{OFF}",
            f"{DIM}  {plain(self._flags.name) or 'no name'} · {self.model} · {Path.cwd()}{OFF}",
        )
        self.status_line.identify(
            self.session_id, self.transcript.path, self.model, _NUMBER, self._flags.name
        )
        self.registry.open()
        await self.fire(
            "SessionStart", source="resume" if self._flags.resume else "startup", model=self.model
        )
        self.status_line.touch()
        if self._flags.prompt:
            self._due.append((self._flags.prompt, ()))
        while True:
            while not self._due:
                self._arrival = Future()
                await self._arrival
            await self._take(*self._due.popleft())

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
                await self._play_turn("", (script.Compact(),))
            case _:
                await self._play_turn(prompt, steps)

    async def _play_turn(self, prompt: str, steps: tuple[Step, ...]) -> None:
        self._stop_nagging()
        self.prompt_id = str(uuid.uuid4())
        self._play = Turn(self, prompt, steps)
        self._turn = self.loop.spawn(self._play.run())
        await self._turn.result
        self._turn = self._play = None
        self._stop_nagging = self.loop.later(_NAGS_AFTER, lambda: self.loop.spawn(self._nag()))

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

    def _show_queued(self) -> None:
        self.screen.queued = [prompt for prompt, steps in self._due if not steps]
        self.screen.refresh()

    async def _clear(self) -> None:
        await self.fire("SessionEnd", reason="clear")
        self.session_id = str(uuid.uuid4())
        self.transcript = transcript.Transcript(self._config_dir, self.session_id, _NUMBER)
        self.registry.rename(self.session_id)
        self.status_line.identify(
            self.session_id, self.transcript.path, self.model, _NUMBER, self._flags.name
        )
        self.status_line.context = 8.0
        self.screen.clear()
        await self.fire("SessionStart", source="clear", model=self.model)
        self.status_line.touch()

    def next_step(self) -> Step:
        """The script's next step; one that has ended goes on with the default one."""
        if not self._left:
            over = self._played and not self.script.repeat
            self._left.extend(() if over else self.script.steps)
            self._left.extend(() if self._left else script.DEFAULT.steps)
            self._played = True
        return self._left.popleft()

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
        return await self.hooks.fire(payload, subject)

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

    def model_spoke(self, content: list[dict[str, Any]]) -> None:
        """The model has answered: the transcript keeps it, the status line counts it."""
        tokens = int(self.status_line.context * 2000)
        usage = {"input_tokens": 12, "cache_read_input_tokens": tokens, "output_tokens": 120}
        self.transcript.assistant(content, self.model, usage)
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
        told, self.told = self.told, Future()
        told.set(None)

    def _complain(self, words: str) -> None:
        self.screen.say(f"{RED}  ⎿  {plain(words)}{OFF}")

    def _show_status_line(self, words: str) -> None:
        words = plain(words)
        if words != self.screen.status_line:
            self.screen.status_line = words
            self.screen.refresh()


def _session_id(flags: Flags, config_dir: Path) -> str:
    wanted = flags.resume or flags.session_id or str(uuid.uuid4())
    try:
        uuid.UUID(wanted)
    except ValueError as error:
        raise Refusal("Invalid session ID. Must be a valid UUID.") from error
    known = transcript.path(config_dir, wanted).exists()
    if flags.resume and not known:
        raise Refusal(f"No conversation found with session ID: {wanted}")
    if known and not flags.resume:
        raise Refusal(f"Session ID {wanted} is already in use.")
    return wanted


def _script(name: str) -> Script:
    folder = os.environ.get("ORCH_DEMO_SCRIPTS", "")
    with contextlib.suppress(FileNotFoundError):
        if folder and name:
            return script.read((Path(folder) / f"{name}.json").read_text())
    return script.DEFAULT
