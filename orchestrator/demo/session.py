"""One session: its start-up, its user's keys, its turns one after another, and its end."""

import signal
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from orchestrator.demo import dialogs, mailed, transcript, trust
from orchestrator.demo.context import NUMBER, Context
from orchestrator.demo.flags import VERSION, Flags
from orchestrator.demo.hooks import NOTIFICATION
from orchestrator.demo.ids import new_id
from orchestrator.demo.keys import Key
from orchestrator.demo.loop import Future, Task
from orchestrator.demo.screen import BOLD, DIM, OFF, ORANGE, plain
from orchestrator.demo.script import DEFAULT, Script
from orchestrator.demo.steps import Compact, Step
from orchestrator.demo.turn import Turn

_NAGS_AFTER = 60.0
"""Seconds of idleness after which a Notification says that the session waits."""


class Session(Context):
    """Runs from its start-up to its end, one turn after another."""

    def __init__(self, flags: Flags, config_dir: Path, session_id: str, script: Script) -> None:
        super().__init__(flags, config_dir, session_id, script)
        self._due: deque[tuple[str, tuple[Step, ...]]] = deque()
        """Prompts, each for a turn, with their steps unless those are the script's."""
        self._arrival: Future[None] = Future()
        self._turn: Task[None] | None = None
        self._play: Turn | None = None
        self._played = self._leaving = False
        self._stop_nagging: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Never returns: the session's end raises `SystemExit` with its exit code."""
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
        """Alongside its first prompt, as Claude Code's terminal does it."""
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
        self._due.append((prompt, steps))
        self._arrival.set(None)

    def woken(self, summary: str, words: str) -> None:
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
        """The script's next step; a finished script continues with the default one."""
        if not self.left:
            over = self._played and not self.script.repeat
            self.left.extend(() if over else self.script.steps)
            self.left.extend(() if self.left else DEFAULT.steps)
            self._played = True
        return self.left.popleft()

    def leave(self, code: int, reason: str = "other") -> None:
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

    # --- its user --------------------------------------------------------------------------------

    def press(self, key: Key) -> None:
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
