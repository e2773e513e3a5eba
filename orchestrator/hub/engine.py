"""The one loop through which everything goes: commands and signals in, journal, effects and views out.

All methods run on the event loop's thread. The state in memory is ahead of the disk by what is being
committed; replies and effects wait for the commit, so nobody is told of what could still be lost.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime

from orchestrator.core.commands import Command, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.effects import Effect, owed
from orchestrator.core.events import Event, MetersRead, SessionChanged
from orchestrator.core.evidence import said_by, source_of
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import Room, admit, completed, overdue, receipt
from orchestrator.core.model import Card, Evidence, Session, Source, State
from orchestrator.core.session_state import transition, worth_remembering
from orchestrator.core.shown import in_board_order, queue, view, views
from orchestrator.core.signals import MetersSaid, Signal, Tick
from orchestrator.core.views import CardView
from orchestrator.store.journal import Journal

Listener = Callable[[str, CardView | None], None]
"""Called with a card's id and its new view, or `None` when the card is no more."""

_PUT_BACK_PAUSE = 3.0
"""Seconds before an effect that changed nothing (a prompt that could not be typed yet) is tried again."""

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
        self._views = views(self.state)
        self._listeners: set[Listener] = set()
        self._after_change: list[Callable[[str], None]] = []
        self._carry_out: Callable[[Effect], Awaitable[Iterable[Event]]] | None = None
        self._under_way: dict[str, Effect] = {}
        self._not_before: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: dict[str, list[asyncio.Future[None]]] = {}

    # --- reading ---------------------------------------------------------------------------------

    @property
    def cards(self) -> tuple[CardView, ...]:
        """Every card's view, in the order of the board."""
        return in_board_order(self._views.values())

    def queue_position(self, card: str) -> int | None:
        """The card's place in the queue, from 1; `None` when it does not wait for a place."""
        waiting = [each.id for each in queue(self.state)]
        return waiting.index(card) + 1 if card in waiting else None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` at every change of a view; the returned function ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def after_change(self, callback: Callable[[str], None]) -> None:
        """Calls `callback` with a card's id whenever anything about it has changed, shown or not."""
        self._after_change.append(callback)

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
        """Returns when the card's ending is done, or was refused by the world."""
        while (now := self.state.cards.get(card)) is not None and now.ending:
            waiter = asyncio.get_running_loop().create_future()
            self._settled.setdefault(card, []).append(waiter)
            await waiter

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
        self._take(())
        self._start_effects(self.state.cards)

    # --- effects ---------------------------------------------------------------------------------

    def begin(self, carry_out: Callable[[Effect], Awaitable[Iterable[Event]]]) -> None:
        """From now on what the state owes is carried out; one thing at a time for each card."""
        self._carry_out = carry_out
        self._take(())
        self._start_effects(self.state.cards)

    async def drain(self) -> None:
        """Returns when what is under way has ended; nothing new is begun."""
        self._carry_out = None
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_effects(self, cards: Iterable[str]) -> None:
        if self._carry_out is None:
            return
        now = time.monotonic()
        for card_id in cards:
            card = self.state.cards.get(card_id)
            wish = owed(card) if card else None
            if wish and card_id not in self._under_way and now >= self._not_before.get(card_id, 0.0):
                self._under_way[card_id] = wish
                self.spawn(self._carry(card_id, wish))

    async def _carry(self, card_id: str, wish: Effect) -> None:
        assert self._carry_out is not None
        try:
            events = tuple(await self._carry_out(wish))
            await self._take(events)
        finally:
            del self._under_way[card_id]
        card = self.state.cards.get(card_id)
        if card and owed(card) == wish:
            self._not_before[card_id] = time.monotonic() + _PUT_BACK_PAUSE
        else:
            self._start_effects((card_id,))

    # --- inside ----------------------------------------------------------------------------------

    def _take(self, events: Iterable[Event]) -> "asyncio.Future[None]":
        """Takes events, and what follows from them, into the state and its views at once; the journal
        after that, and effects last. The future is done when the events are on the disk."""
        now = time.time()
        before = self.state
        taken: list[Event] = []
        more = tuple(events) or self._following((), now)
        while more:
            for event in more:
                self.state = evolve(self.state, event)
                taken.append(event)
            more = self._following(taken, now)
        touched = {event.card for event in taken}
        if not taken:
            nothing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            nothing.set_result(None)
            return nothing
        try:
            written = self.journal.append(taken, self.state)
        except ValueError:
            self.state = before  # what can't be written has not happened
            raise
        self._show(touched)
        for card_id in touched:
            self.touched(card_id)
        written.add_done_callback(lambda done: self._committed(done, touched))
        return written

    def _committed(self, written: "asyncio.Future[None]", touched: set[str]) -> None:
        if error := written.exception():
            if not self.failed.done():
                self.failed.set_exception(error)
            return
        self._start_effects(touched)
        self._wake(touched)

    def _following(self, taken: Iterable[Event], now: float) -> tuple[Event, ...]:
        for card_id in {event.card for event in taken}:
            card = self.state.cards.get(card_id)
            if card and (done := completed(card, now, str(uuid.uuid4()))):
                return done
        return admit(self.state, self._room(), now) if queue(self.state) else ()

    def _keep(self, card: Card, session: Session) -> None:
        changed = replace(card, session=session)
        self.state = replace(self.state, cards={**self.state.cards, card.id: changed})
        self.touched(card.id)

    def _show(self, touched: Iterable[str]) -> None:
        positions = {card.id: number for number, card in enumerate(queue(self.state), 1)}
        for card_id in {*touched, *self._moved_in_queue(positions)}:
            card = self.state.cards.get(card_id)
            if card is None:
                if self._views.pop(card_id, None):
                    self.heard.pop(card_id, None)
                    self._tell(card_id, None)
                continue
            new = view(card, positions.get(card_id))
            if self._views.get(card_id) != new:
                self._views[card_id] = new
                self._tell(card_id, new)

    def _moved_in_queue(self, positions: dict[str, int]) -> list[str]:
        return [each.id for each in self._views.values() if each.queue_position != positions.get(each.id)]

    def _tell(self, card_id: str, new: CardView | None) -> None:
        for listener in tuple(self._listeners):
            listener(card_id, new)

    def _wake(self, cards: Iterable[str]) -> None:
        for card_id in cards:
            card = self.state.cards.get(card_id)
            if card is None or card.ending is None:
                for waiter in self._settled.pop(card_id, ()):
                    if not waiter.done():
                        waiter.set_result(None)

    def spawn(self, work: Awaitable[None]) -> None:
        """Runs something beside the loop; a bug in it goes to the log, and the hub's end waits for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task of the hub failed", exc_info=error)
