"""The central loop: commands and signals in, journal, effects and views out.

All methods run on the event loop's thread. The state in memory is ahead of the disk by what is being
committed; replies and effects wait for the commit, so nobody is told of anything that could still be lost.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from orchestrator.core.board.shown import positions, start_queue
from orchestrator.core.board.views import CardView
from orchestrator.core.commands import Command, Rejected
from orchestrator.core.decide import decide
from orchestrator.core.errors import Refused, Unsaved
from orchestrator.core.events import Event, MetersRead, SessionChanged, subject
from orchestrator.core.evolve import evolve
from orchestrator.core.follow import Capacity, admit
from orchestrator.core.forge.following import following, progressed
from orchestrator.core.forge.issues.status import Rules, StatusRules
from orchestrator.core.landing.queue import admitted
from orchestrator.core.model import Card, State
from orchestrator.core.sessions.evidence import said_by, source_of
from orchestrator.core.sessions.model import Evidence, Session, Source
from orchestrator.core.sessions.prompts import overdue, receipt
from orchestrator.core.sessions.signals import MetersSaid, Signal, Tick
from orchestrator.core.sessions.transitions import transition, worth_remembering
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.undo.acts import with_act
from orchestrator.core.workflow.follow import due
from orchestrator.core.workflow.views import RunView
from orchestrator.hub.loop.effects_owed import Effect, EffectsOwed
from orchestrator.hub.loop.faults import Faults
from orchestrator.hub.loop.views import Freshness, Letters, Listener, Marks, Views
from orchestrator.store.journal import Journal

_TIME = "timer"
"""The part that handles timers."""


_LOOKS_AT_THE_DISK = 0.5


class RefusedError(Refused):
    """A command was refused; nothing has changed."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.what, rejected.why, rejected.hint)
        self.rejected = rejected


class UnsavedError(Unsaved):
    """It was decided, and is not on disk yet; says why."""

    def __init__(self, why: str) -> None:
        hint = "It takes effect once saved, and is lost if the hub ends first. Check before you retry."
        super().__init__("not saved yet", why, hint)


def refusal(what: str, why: str = "", hint: str = "") -> RefusedError:
    """A refusal for something that is found before a command is decided."""
    return RefusedError(Rejected(what, why, hint))


class Engine:
    """The state, and the only way to change it."""

    def __init__(
        self,
        journal: Journal,
        room: Callable[[], Capacity],
        stall: tuple[float, float],
        rules: Rules = lambda _: StatusRules(),
    ) -> None:
        """`room` is called whenever a card waits for a slot; `stall` is `stall_after` and `stall_after_tool`
        in seconds. `rules` are what issues show of their cards."""
        self.journal = journal
        self.state: State = journal.load()
        self.heard: dict[str, dict[Source, Evidence]] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Fails when the journal cannot be written: the hub must end."""
        self.room = room
        self.rules = rules
        self._stall = stall
        self.faults = Faults(self._fault_changed)
        self._views = Views(self.state, self.faults)
        self._carrying = EffectsOwed(lambda: self.state, self._take, self.faults)
        self._after_change: list[Callable[[str], None]] = []
        self._after_commit: list[Callable[[Sequence[Event]], None]] = []

    # --- reading ---------------------------------------------------------------------------------

    @property
    def cards(self) -> tuple[CardView, ...]:
        """Every card's view, in the board's order."""
        return self._views.cards

    @property
    def runs(self) -> tuple[RunView, ...]:
        """Every run's view, newest first."""
        return self._views.runs

    def view(self, card: Card) -> CardView:
        """The card's present view."""
        return self._views.view(self.state, card, positions(self.state).get(card.id))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` at every change of a view; the returned function unsubscribes it."""
        return self._views.listen(listener)

    def after_change(self, callback: Callable[[str], None]) -> None:
        """Calls `callback` with a card's or run's id whenever anything about it has changed, visible or
        not."""
        self._after_change.append(callback)

    def after_commit(self, callback: Callable[[Sequence[Event]], None]) -> None:
        """Calls `callback` with the events of each commit, once they are on disk."""
        self._after_commit.append(callback)

    def with_mail(self, letters: Letters) -> None:
        """From now on views include each card's mail."""
        self._views.with_mail(letters)

    def show_mail(self) -> None:
        """Refreshes the cards whose mail has changed."""
        self._views.show_mail(self.state)

    def with_overlaps(self, marks: Marks) -> None:
        """From now on views include each card's overlaps with others."""
        self._views.with_overlaps(marks)

    def with_fresh(self, fresh: Freshness) -> None:
        """From now on views include the age of what they show of a forge."""
        self._views.with_fresh(fresh)

    def show(self, cards: Iterable[str]) -> None:
        """Refreshes the views of these cards."""
        self._views.show(self.state, cards)

    def retry(self, card: str) -> None:
        """Carries out now what waits for a retry of the card."""
        self._carrying.committed((), {card})

    def touched(self, card: str) -> None:
        """Notifies of a change of the card that is not in the state."""
        for callback in self._after_change:
            with self.faults.kept_apart(_listening(callback)):
                callback(card)

    # --- changing --------------------------------------------------------------------------------

    async def submit(self, command: Command, by: Speaker | None = None) -> None:
        """Decides and journals. Raises `RefusedError`; returns when the decision is on disk. What somebody
        asks for (`by`) is recorded as an act, which can be undone.

        Raises `UnsavedError` if it is decided and the disk cannot be written now.
        """
        self.refuse_unsaved()
        now = time.time()
        decision = with_act(command, decide(self.state, command, now), by, now)
        if isinstance(decision, Rejected):
            raise RefusedError(decision)
        await self.saved(self._take(decision))

    async def saved(self, written: "asyncio.Future[None]") -> None:
        """Returns when it is on disk. Raises `UnsavedError` if that is not possible now; it is retried."""
        while not (await asyncio.wait((written,), timeout=_LOOKS_AT_THE_DISK))[0]:
            if self.journal.trouble:
                raise UnsavedError(self.journal.trouble)
        written.result()

    def refuse_unsaved(self) -> None:
        """Raises `RefusedError` while no change could be saved."""
        if trouble := self.journal.trouble:
            raise refusal("nothing was changed, because it cannot be saved", trouble)

    async def has_session(self, card_id: str, run: int) -> bool:
        """Whether this run is the card's present session. An agent may report before its window is known
        here, so a run that is being launched is waited for, a few seconds at most."""
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
        """Adds events to the state; the future is done when they are on disk."""
        return self._take(events)

    def signal(self, card_id: str, signal: Signal) -> None:
        """Handles a source's report on a card's session. Without a session it is dropped."""
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
            self._views.show(self.state, (card_id,))

    def progress(self, card_id: str, words: str) -> None:
        """Shows the progress of the card's ending. It is not journaled."""
        card = self.state.cards.get(card_id)
        if card and card.ending:
            changed = replace(card, ending=replace(card.ending, progress=words))
            self.state = replace(self.state, cards={**self.state.cards, card_id: changed})
            self._views.show(self.state, (card_id,))

    def tick(self) -> None:
        """Handles timers: stalls, late receipts, slots for waiting cards, effects to retry."""
        now = time.time()
        for subject_id in (*self.state.cards, *self.state.runs):
            if not self.faults.pause(_TIME, subject_id):
                with self.faults.kept_apart(_TIME, subject_id):
                    self._tick(subject_id, now)
        with self.faults.kept_apart("queue of starts"):
            self._take(())
        self._carrying.start((*self.state.cards, *self.state.departed, *self.state.runs))

    # --- effects ---------------------------------------------------------------------------------

    def begin(self, carry_out: Callable[[Effect], Awaitable[Iterable[Event]]]) -> None:
        """From now on effects are carried out; one at a time for each card and stage."""
        self._carrying.begin(carry_out)
        self._take(())
        self._carrying.start((*self.state.cards, *self.state.departed, *self.state.runs))

    async def settle(self, card: str) -> None:
        """Returns when the card's ending is complete, was refused, or is to be retried later."""
        await self._carrying.settle(card)

    async def drain(self) -> None:
        """Returns when the running effects have ended; starts no new ones."""
        await self._carrying.drain()

    def spawn(self, work: Awaitable[None]) -> None:
        """Runs something beside the loop; a bug in it is logged, and the hub's end waits for it."""
        self._carrying.spawn(work)

    # --- inside ----------------------------------------------------------------------------------

    def _tick(self, subject_id: str, now: float) -> None:
        card = self.state.cards.get(subject_id)
        if card and card.session:
            self.signal(card.id, Tick(now, *self._stall))
        if card and (late := overdue(card, now)):
            self._take(late)
        if card and (shows := progressed(self.state, card, self.rules, now)):
            self._take(shows)
        run = self.state.runs.get(subject_id)
        if run and (more := due(self.state, run, now)):
            self._take(more)

    def _fault_changed(self, card: str) -> None:
        if card in self.state.cards:
            self._views.show(self.state, (card,))

    def _take(self, events: Iterable[Event]) -> "asyncio.Future[None]":
        """Applies events, and what follows from them, to the state and its views at once; then the journal,
        and effects last. The future is done when the events are on disk."""
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
        written.add_done_callback(lambda done: self._committed(done, touched, taken))
        with self.faults.kept_apart("board"):
            self._views.show(self.state, touched)
        for subject_id in touched:
            if subject_id not in self.state.cards:
                self.heard.pop(subject_id, None)
                self.faults.forget(subject_id)
            self.touched(subject_id)
        return written

    def _committed(self, written: "asyncio.Future[None]", touched: set[str], taken: Sequence[Event]) -> None:
        if error := written.exception():
            if not self.failed.done():
                self.failed.set_exception(error)
            return
        for callback in self._after_commit:
            with self.faults.kept_apart(_listening(callback)):
                callback(taken)
        self._carrying.committed(taken, touched)

    def _touched(self, taken: Iterable[Event], before: State) -> set[str]:
        """The cards and runs that these events are about, and the runs for which the cards work or worked."""
        touched = {subject(event) for event in taken}
        cards = {**before.cards, **self.state.cards}
        return touched | {cards[each].run for each in touched if each in cards and cards[each].run}

    def _following(self, taken: Iterable[Event], before: State, now: float) -> tuple[Event, ...]:
        for subject_id in self._touched(taken, before):
            card = self.state.cards.get(subject_id)
            if card and (more := following(self.state, card, self.rules, now)):
                return more
            run = self.state.runs.get(subject_id)
            if run and (more := due(self.state, run, now)):
                return more
        landing = admitted(self.state, now)
        return landing or (admit(self.state, self.room(), now) if start_queue(self.state) else ())

    def _keep(self, card: Card, session: Session) -> None:
        changed = replace(card, session=session)
        self.state = replace(self.state, cards={**self.state.cards, card.id: changed})
        self.touched(card.id)


def _listening(callback: Callable[..., None]) -> str:
    """The part's name under which a listener's bugs are reported."""
    return f"listener {getattr(callback, '__qualname__', type(callback).__name__)}"
