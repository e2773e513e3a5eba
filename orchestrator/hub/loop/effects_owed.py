"""Carries out pending effects: one at a time for each card and for each stage.

All methods run on the event loop's thread.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from orchestrator.core.effects import CardEffect, FixChange, ReachForge, owed, owed_to_forge
from orchestrator.core.events import Event, SessionClosed, StartCancelled, StartFailed
from orchestrator.core.forge.autofix.due import owed_to_autofix
from orchestrator.core.model import State
from orchestrator.core.workflow.effects import RunEffect, owed_to
from orchestrator.core.workflow.events import ScriptEnded
from orchestrator.hub.loop.faults import Faults

Effect = CardEffect | RunEffect

_PUT_BACK_PAUSE = 3.0
"""Seconds before an effect that changed nothing (a prompt that could not be typed yet) is retried."""
_PAUSE_AT_MOST = 20.0
"""The maximum to which that grows for a stage that waits for its worktree: each check calls git several
times."""
_FREES_A_PLACE = (SessionClosed, ScriptEnded, StartCancelled, StartFailed)
"""After such an event stages that wait for a worktree check again at once."""

_PART = "effect"

_log = logging.getLogger(__name__)


class EffectsOwed:
    """The running effects, and those to be retried."""

    def __init__(
        self,
        state: Callable[[], State],
        take: Callable[[Iterable[Event]], Awaitable[None]],
        faults: Faults,
    ) -> None:
        """`take` adds the resulting events to the state; it returns when they are on disk."""
        self._faults = faults
        self._state = state
        self._take = take
        self._carry_out: Callable[[Effect], Awaitable[Iterable[Event]]] | None = None
        self._under_way: dict[str, Effect] = {}
        self._not_before: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._freed = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: dict[str, list[asyncio.Future[bool]]] = {}

    def begin(self, carry_out: Callable[[Effect], Awaitable[Iterable[Event]]]) -> None:
        """From now on effects are started."""
        self._carry_out = carry_out

    def start(self, subjects: Iterable[str]) -> None:
        """Starts the effects of these cards and runs that are neither running nor to be retried later."""
        if self._carry_out is None:
            return
        now = time.monotonic()
        for subject_id in subjects:
            for key, effect in self._owed(subject_id).items():
                if key not in self._under_way and now >= self._not_before.get(key, 0.0):
                    self._under_way[key] = effect
                    self.spawn(self._carry(subject_id, key, effect))

    def committed(self, events: Sequence[Event], touched: set[str]) -> None:
        """These events, about those cards and runs, are on disk: starts what follows from them."""
        free = any(isinstance(event, _FREES_A_PLACE) for event in events)
        self._freed += free
        again = set(touched)
        for key in list(self._not_before):
            subject_id, _, stage = key.partition(".")
            if subject_id in again or (free and stage):
                del self._not_before[key]
                self._pauses.pop(key, None)
                again.add(subject_id)
        self.start(again)
        for subject_id in again:
            card = self._state().cards.get(subject_id)
            if card is None or card.ending is None:
                self._let_go(subject_id, done=True)

    async def settle(self, card: str) -> None:
        """Returns when the card's ending is complete, was refused, or is to be retried later."""
        while (now := self._state().cards.get(card)) is not None and now.ending:
            waiter = asyncio.get_running_loop().create_future()
            self._settled.setdefault(card, []).append(waiter)
            if not await waiter:
                return

    async def drain(self) -> None:
        """Returns when the running effects have ended; starts no new ones."""
        self._carry_out = None
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Awaitable[None]) -> None:
        """Runs something beside the loop; a bug in it is logged, and the hub's end waits for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    # --- inside

    def _owed(self, subject_id: str) -> dict[str, Effect]:
        """The effects of a card or a run, by what can run at the same time."""
        state = self._state()
        if card := state.cards.get(subject_id):
            each = {
                card.id: owed(card),
                f"{card.id}.forge": owed_to_forge(card),
                f"{card.id}.fix": owed_to_autofix(card),
            }
            return {key: effect for key, effect in each.items() if effect}
        if departed := state.departed.get(subject_id):
            left = owed_to_forge(departed)
            return {f"{departed.id}.forge": left} if left else {}
        run = state.runs.get(subject_id)
        return {f"{run.id}.{effect.stage}": effect for effect in owed_to(run, time.time())} if run else {}

    async def _carry(self, subject_id: str, key: str, effect: Effect) -> None:
        assert self._carry_out is not None
        freed = self._freed
        try:
            with self._faults.kept_apart(_PART, subject_id):
                events = tuple(await self._carry_out(effect))
                await self._take(events)
        finally:
            del self._under_way[key]
        ends_nothing = isinstance(effect, ReachForge | FixChange)
        if wait := self._faults.pause(_PART, subject_id):
            self._not_before[key] = time.monotonic() + wait
            if not ends_nothing:
                self._let_go(subject_id, done=False)
            return
        if self._owed(subject_id).get(key) == effect:
            pause = self._pauses.get(key, _PUT_BACK_PAUSE)
            missed = isinstance(effect, RunEffect) and self._freed != freed
            self._not_before[key] = time.monotonic() + (0.0 if missed else pause)
            if not ends_nothing:
                self._let_go(subject_id, done=False)
            if isinstance(effect, RunEffect) and not missed:
                self._pauses[key] = min(1.5 * pause, _PAUSE_AT_MOST)
        else:
            self._pauses.pop(key, None)
            self.start((subject_id,))

    def _let_go(self, card_id: str, *, done: bool) -> None:
        """Answers the callers that wait for the card's ending."""
        for waiter in self._settled.pop(card_id, ()):
            if not waiter.done():
                waiter.set_result(done)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task of the hub failed", exc_info=error)
