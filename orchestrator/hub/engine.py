"""The one loop through which everything goes: commands and signals in, journal, effects and views out.

All methods run on the event loop's thread. The state in memory is ahead of the disk by what is being
committed; replies and effects wait for the commit, so nobody is told of what could still be lost.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from orchestrator.core.commands import Command, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.effects import CardEffect, owed
from orchestrator.core.events import (
    Event,
    MetersRead,
    SessionChanged,
    SessionClosed,
    StartCancelled,
    StartFailed,
    subject,
)
from orchestrator.core.evidence import said_by, source_of
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import Room, admit, completed, overdue, receipt
from orchestrator.core.model import Card, Evidence, Session, Source, State
from orchestrator.core.session_state import transition, worth_remembering
from orchestrator.core.shown import in_board_order, queue, view, views
from orchestrator.core.signals import MetersSaid, Signal, Tick
from orchestrator.core.views import CardView
from orchestrator.core.workflow.effects import RunEffect, owed_to
from orchestrator.core.workflow.events import ScriptEnded
from orchestrator.core.workflow.follow import due
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.shown import run_view
from orchestrator.core.workflow.views import RunView
from orchestrator.store.journal import Journal

Effect = CardEffect | RunEffect
Listener = Callable[[str, CardView | RunView | None], None]
"""Called with the id of a card or a run and its new view, or `None` when it is no more."""

_PUT_BACK_PAUSE = 3.0
"""Seconds before an effect that changed nothing (a prompt that could not be typed yet) is tried again."""
_PAUSE_AT_MOST = 20.0
"""Seconds to which that grows for a stage that waits for its place: each look there asks git for much."""
_FREES_A_PLACE = (SessionClosed, ScriptEnded, StartCancelled, StartFailed)
"""After such an event whoever waits for a worktree looks again at once."""

_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """A command was refused; nothing has changed."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.what)
        self.rejected = rejected


def refusal(what: str, why: str = "", hint: str = "") -> RefusedError:
    """A refusal in words, for what is found out before a command is decided."""
    return RefusedError(Rejected(what, why, hint))


class Engine:
    """The state, and the only way to change it."""

    def __init__(self, journal: Journal, room: Callable[[], Room], stall: tuple[float, float]) -> None:
        """`room` is asked whenever somebody waits for a place; `stall` is `stall_after` and
        `stall_after_tool` in seconds."""
        self.journal = journal
        self.state: State = journal.load()
        self.heard: dict[str, dict[Source, Evidence]] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Fails when the journal can't be written: the hub must end."""
        self._room = room
        self._stall = stall
        self._letters: Callable[[str], tuple[int, str]] = lambda _: (0, "")
        self._views = views(self.state)
        self._run_views = {run.id: run_view(self.state, run) for run in self.state.runs.values()}
        self._listeners: set[Listener] = set()
        self._after_change: list[Callable[[str], None]] = []
        self._after_commit: list[Callable[[Sequence[Event]], None]] = []
        self._carry_out: Callable[[Effect], Awaitable[Iterable[Event]]] | None = None
        self._under_way: dict[str, Effect] = {}
        self._not_before: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._freed = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: dict[str, list[asyncio.Future[bool]]] = {}

    # --- reading ---------------------------------------------------------------------------------

    @property
    def cards(self) -> tuple[CardView, ...]:
        """Every card's view, in the order of the board."""
        return in_board_order(self._views.values())

    @property
    def runs(self) -> tuple[RunView, ...]:
        """Every run's view, the newest first."""
        return tuple(sorted(self._run_views.values(), key=lambda run: run.started_at, reverse=True))

    def view(self, card: Card) -> CardView:
        """The card as clients see it now."""
        return self._with_mail(card, self.queue_position(card.id))

    def queue_position(self, card: str) -> int | None:
        """The card's place in the queue, from 1; `None` when it does not wait for a place."""
        waiting = [each.id for each in queue(self.state)]
        return waiting.index(card) + 1 if card in waiting else None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` at every change of a view; the returned function ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def after_change(self, callback: Callable[[str], None]) -> None:
        """Calls `callback` with a card's or run's id whenever anything about it has changed, shown or not."""
        self._after_change.append(callback)

    def after_commit(self, callback: Callable[[Sequence[Event]], None]) -> None:
        """Calls `callback` with the events of each commit, once they are on the disk."""
        self._after_commit.append(callback)

    def with_mail(self, letters: Callable[[str], tuple[int, str]]) -> None:
        """From now on views show how much mail is unread in a card's box (by slug), and how its session is
        told of it."""
        self._letters = letters

    def show_mail(self) -> None:
        """Shows those cards anew whose mail has changed."""
        self._show(
            [
                card.id
                for card in self.state.cards.values()
                if (seen := self._views.get(card.id))
                and (seen.unread_mail, seen.bell) != self._letters(card.slug)
            ]
        )

    def touched(self, card: str) -> None:
        """Tells that something about the card has changed which is not in the state."""
        for callback in self._after_change:
            callback(card)

    # --- changing --------------------------------------------------------------------------------

    async def submit(self, command: Command) -> None:
        """Decides and journals. Raises `RefusedError`; returns when the decision is on the disk."""
        decision = decide(self.state, command, time.time())
        if isinstance(decision, Rejected):
            raise RefusedError(decision)
        await self._take(decision)

    async def settle(self, card: str) -> None:
        """Returns when the card's ending is done, was refused by the world, or is to be tried again later."""
        while (now := self.state.cards.get(card)) is not None and now.ending:
            waiter = asyncio.get_running_loop().create_future()
            self._settled.setdefault(card, []).append(waiter)
            if not await waiter:
                return

    async def has_session(self, card_id: str, run: int) -> bool:
        """Whether this run is the card's present session. An agent may report before its window's
        opening is known here, so a run that is being launched is waited for, a few seconds at most."""
        for _ in range(100):
            card = self.state.cards.get(card_id)
            if card is None:
                return False
            if card.session and card.session.run >= run:
                return card.session.run == run
            if card.launch is None or card.launch.run != run:
                return False
            await asyncio.sleep(0.05)
        return False

    def record(self, events: Iterable[Event]) -> "asyncio.Future[None]":
        """Takes up what has happened in the world; the future is done when it is on the disk."""
        return self._take(events)

    def signal(self, card_id: str, signal: Signal) -> None:
        """Takes a source's word on a card's session. Without a session it is dropped."""
        card = self.state.cards.get(card_id)
        if card is None or card.session is None:
            return
        if not isinstance(signal, Tick):
            said = Evidence(source_of(signal), said_by(signal), signal.at)
            self.heard.setdefault(card_id, {})[said.source] = said
        before = card.session
        after = transition(before, signal)
        events: list[Event] = [*receipt(card, signal)]
        if after == before and not events:
            return
        if worth_remembering(before, after):
            events.insert(0, SessionChanged(signal.at, card_id, after))
        if isinstance(signal, MetersSaid) and after.meters.cost_usd != before.meters.cost_usd:
            after = replace(after, meters=before.meters)
            day = datetime.fromtimestamp(signal.at).astimezone().date().isoformat()
            events.append(MetersRead(signal.at, card_id, before.run, day, signal.meters))
        if after != before:
            self._keep(card, after)
        if events:
            self._take(events)
        elif after != before:
            self._show((card_id,))

    def tick(self) -> None:
        """Does what only time brings: stalls, late receipts, places in the queue, put-back effects."""
        now = time.time()
        for card in list(self.state.cards.values()):
            if card.session:
                self.signal(card.id, Tick(now, *self._stall))
            if late := overdue(card, now):
                self._take(late)
        for run in list(self.state.runs.values()):
            if more := due(self.state, run, now):
                self._take(more)
        self._take(())
        self._start_effects((*self.state.cards, *self.state.runs))

    # --- effects ---------------------------------------------------------------------------------

    def begin(self, carry_out: Callable[[Effect], Awaitable[Iterable[Event]]]) -> None:
        """From now on what the state owes is carried out; one thing at a time for each card and stage."""
        self._carry_out = carry_out
        self._take(())
        self._start_effects((*self.state.cards, *self.state.runs))

    async def drain(self) -> None:
        """Returns when what is under way has ended; nothing new is begun."""
        self._carry_out = None
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_effects(self, subjects: Iterable[str]) -> None:
        if self._carry_out is None:
            return
        now = time.monotonic()
        for subject_id in subjects:
            for key, wish in self._owed(subject_id).items():
                if key not in self._under_way and now >= self._not_before.get(key, 0.0):
                    self._under_way[key] = wish
                    self.spawn(self._carry(subject_id, key, wish))

    def _owed(self, subject_id: str) -> dict[str, Effect]:
        """What is to be done for a card or a run, by what can be worked on at the same time."""
        if card := self.state.cards.get(subject_id):
            wish = owed(card)
            return {card.id: wish} if wish else {}
        run = self.state.runs.get(subject_id)
        return {f"{run.id}.{wish.stage}": wish for wish in owed_to(run, time.time())} if run else {}

    async def _carry(self, subject_id: str, key: str, wish: Effect) -> None:
        assert self._carry_out is not None
        freed = self._freed
        try:
            events = tuple(await self._carry_out(wish))
            await self._take(events)
        finally:
            del self._under_way[key]
        if self._owed(subject_id).get(key) == wish:
            pause = self._pauses.get(key, _PUT_BACK_PAUSE)
            missed = isinstance(wish, RunEffect) and self._freed != freed
            self._not_before[key] = time.monotonic() + (0.0 if missed else pause)
            self._let_go(subject_id, done=False)
            if isinstance(wish, RunEffect) and not missed:
                self._pauses[key] = min(1.5 * pause, _PAUSE_AT_MOST)
        else:
            self._pauses.pop(key, None)
            self._start_effects((subject_id,))

    # --- inside ----------------------------------------------------------------------------------

    def _take(self, events: Iterable[Event]) -> "asyncio.Future[None]":
        """Takes events, and what follows from them, into the state and its views at once; the journal
        after that, and effects last. The future is done when the events are on the disk."""
        now = time.time()
        before = self.state
        taken: list[Event] = []
        try:
            more = tuple(events) or self._following((), before, now)
            while more:
                for event in more:
                    self.state = evolve(self.state, event)
                    taken.append(event)
                more = self._following(taken, before, now)
            touched = self._touched(taken, before)
            if not taken:
                nothing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                nothing.set_result(None)
                return nothing
            written = self.journal.append(taken, self.state)
        except BaseException:
            self.state = before  # what is not written has not happened
            raise
        self._show(touched)
        for subject_id in touched:
            self.touched(subject_id)
        written.add_done_callback(lambda done: self._committed(done, touched, taken))
        return written

    def _committed(self, written: "asyncio.Future[None]", touched: set[str], taken: Sequence[Event]) -> None:
        if error := written.exception():
            if not self.failed.done():
                self.failed.set_exception(error)
            return
        for callback in self._after_commit:
            callback(taken)
        free = any(isinstance(event, _FREES_A_PLACE) for event in taken)
        self._freed += free
        for key in list(self._not_before):
            if key.partition(".")[0] in touched or (free and "." in key):
                del self._not_before[key]
                self._pauses.pop(key, None)
                touched.add(key.partition(".")[0])
        self._start_effects(touched)
        self._wake(touched)

    def _touched(self, taken: Iterable[Event], before: State) -> set[str]:
        """The cards and runs that these events are about, and the runs for which the cards work or worked."""
        touched = {subject(event) for event in taken}
        cards = {**before.cards, **self.state.cards}
        return touched | {cards[each].run for each in touched if each in cards and cards[each].run}

    def _following(self, taken: Iterable[Event], before: State, now: float) -> tuple[Event, ...]:
        for subject_id in self._touched(taken, before):
            card = self.state.cards.get(subject_id)
            if card and (done := completed(card, now, str(uuid.uuid4()))):
                return done
            run = self.state.runs.get(subject_id)
            if run and (more := due(self.state, run, now)):
                return more
        return admit(self.state, self._room(), now) if queue(self.state) else ()

    def _keep(self, card: Card, session: Session) -> None:
        changed = replace(card, session=session)
        self.state = replace(self.state, cards={**self.state.cards, card.id: changed})
        self.touched(card.id)

    def _show(self, touched: Iterable[str]) -> None:
        positions = {card.id: number for number, card in enumerate(queue(self.state), 1)}
        shown = {*touched, *self._moved_in_queue(positions)}
        for run_id in {self.state.cards[each].run for each in shown if each in self.state.cards} | shown:
            self._show_run(run_id)
            run = self.state.runs.get(run_id)
            shown |= {own.card for own in run.stages.values() if own.card} if run else set()
        for card_id in shown:
            card = self.state.cards.get(card_id)
            if card is None:
                if self._views.pop(card_id, None):
                    self.heard.pop(card_id, None)
                    self._tell(card_id, None)
                continue
            new = self._with_mail(card, positions.get(card_id))
            if self._views.get(card_id) != new:
                self._views[card_id] = new
                self._tell(card_id, new)

    def _with_mail(self, card: Card, position: int | None) -> CardView:
        unread, bell = self._letters(card.slug)
        return replace(view(card, position, stage_of(self.state, card)), unread_mail=unread, bell=bell)

    def _show_run(self, run_id: str) -> None:
        run = self.state.runs.get(run_id)
        if run is None:
            if self._run_views.pop(run_id, None):
                self._tell(run_id, None)
        elif (new := run_view(self.state, run)) != self._run_views.get(run_id):
            self._run_views[run_id] = new
            self._tell(run_id, new)

    def _moved_in_queue(self, positions: dict[str, int]) -> list[str]:
        return [each.id for each in self._views.values() if each.queue_position != positions.get(each.id)]

    def _tell(self, subject_id: str, new: CardView | RunView | None) -> None:
        for listener in tuple(self._listeners):
            listener(subject_id, new)

    def _wake(self, cards: Iterable[str]) -> None:
        for card_id in cards:
            card = self.state.cards.get(card_id)
            if card is None or card.ending is None:
                self._let_go(card_id, done=True)

    def _let_go(self, card_id: str, *, done: bool) -> None:
        """Answers those who wait for the card's ending."""
        for waiter in self._settled.pop(card_id, ()):
            if not waiter.done():
                waiter.set_result(done)

    def spawn(self, work: Awaitable[None]) -> None:
        """Runs something beside the loop; a bug in it goes to the log, and the hub's end waits for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task of the hub failed", exc_info=error)
