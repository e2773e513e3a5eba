"""A turn from its prompt to its end: hooks, registry, pane and transcript in the order of the real agent."""

import time
from collections import deque

from orchestrator.demo import mailed
from orchestrator.demo.acts import RejectedError
from orchestrator.demo.context import Context
from orchestrator.demo.directives import directives
from orchestrator.demo.hooks import NOTIFICATION
from orchestrator.demo.play import Player
from orchestrator.demo.refusal import Refusal
from orchestrator.demo.screen import DIM, OFF, plain
from orchestrator.demo.steps import Compact, Fail, Say, Step, Think

_BLOCKS_IN_A_ROW = 8


class Turn:
    """One turn of a session. `steps` replace the script's; without a prompt the session started the turn."""

    def __init__(self, session: Context, prompt: str, steps: tuple[Step, ...] = ()) -> None:
        self._session, self._prompt = session, prompt
        self._steps = deque(steps)
        self._own = bool(steps)
        self._player = Player(session)
        self._began = time.monotonic()
        self.last_words = ""
        self.error = ""
        """The API's error, if one has ended the turn."""

    async def run(self) -> None:
        """Executes the turn to its end, also a refused one; a cancelled one leaves `interrupted` to the
        caller."""
        session = self._session
        if self._prompt:
            self._show_prompt()
            session.transcript.user(self._prompt)
            await session.fire("UserPromptSubmit", prompt=self._prompt, session_title=session.name)
        session.registry.show("busy")
        try:
            self._take_directives()
            await self._until_it_may_end()
        except RejectedError:
            self.interrupted()
            return
        except Refusal as refusal:
            await self._speak(f"The script cannot be executed: {refusal}")
            await self._stop(active=False)
        self._say_how_long()
        self._rest()

    def _say_how_long(self) -> None:
        running = len(self._session.background)
        shells = f" · {running} shell{'s' if running > 1 else ''} still running" if running else ""
        self._session.screen.say(f"{DIM}✻ Worked for {time.monotonic() - self._began:.0f}s{shells}{OFF}")

    def _show_prompt(self) -> None:
        first, *rest = self._prompt.splitlines() or [""]
        if first != NOTIFICATION:
            lines = [f"❯ {plain(first)} ", *(f"  {plain(line)} " for line in rest)]
            self._session.screen.say(*(f"\x1b[48;5;237m{line}{OFF}" for line in lines))

    def interrupted(self) -> None:
        """Cleans up after a turn that the user has interrupted: no hook reports it."""
        self._session.transcript.interrupted(in_tool=self._player.in_tool)
        self._session.screen.add(f"{DIM}  ⎿  Interrupted · What should Claude do instead?{OFF}")
        self._rest()

    def _rest(self) -> None:
        self._session.screen.spinner = ""
        self._session.screen.refresh()
        self._session.rest()

    def _take_directives(self) -> None:
        if steps := directives(self._prompt):
            self._steps, self._own = deque(steps), True

    async def _until_it_may_end(self) -> None:
        session, active = self._session, False
        for _ in range(_BLOCKS_IN_A_ROW + 1):
            end = await self._until_it_speaks()
            if isinstance(end, Fail):
                self.error = end.error
                self.last_words = await self._player.fail(end)
                return
            if end is None:  # a compaction requested by the user
                return
            reason = await self._stop(active=active)
            if not reason:
                return
            active = True
            session.screen.say(f"{DIM}  ⎿  Stop hook feedback: {plain(reason)}{OFF}")
            session.transcript.feedback(reason)
            again = Think(1.0), Say(f"I have done so: {reason}")
            self._steps = deque(end.then or mailed.steps(reason, session.left) or again)
            self._own = True

    async def _until_it_speaks(self) -> Say | Fail | None:
        only_compact = (
            self._own and not self._prompt and all(isinstance(each, Compact) for each in self._steps)
        )
        while True:
            step = self._next()
            if isinstance(step, Say):
                await self._speak(step.text)
                return step
            if isinstance(step, Fail):
                return step
            await self._player.play(step, by_prompt=bool(self._prompt))
            if only_compact and not self._steps:
                return None

    def _next(self) -> Step:
        if self._own:
            return self._steps.popleft() if self._steps else Say()
        return self._session.next_step()

    async def _speak(self, words: str) -> None:
        self.last_words = words
        await self._player.speak(words)

    async def _stop(self, *, active: bool) -> str:
        """Reports the end of the turn; returns a hook's reason to continue, or nothing."""
        answers = await self._session.fire(
            "Stop",
            stop_hook_active=active,
            last_assistant_message=self.last_words,
            background_tasks=list(self._session.background.values()),
            session_crons=[],
        )
        return next((str(each.get("reason", "")) for each in answers if each.get("decision") == "block"), "")
