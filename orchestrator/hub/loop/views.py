"""The clients' view of the state: each card's and each run's view, and the listeners for changes.

All methods run on the event loop's thread.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from orchestrator.core.board.shown import (
    in_board_order,
    positions,
    view,
    views,
    with_fresh,
    with_mail,
    with_overlaps,
)
from orchestrator.core.board.views import CardView
from orchestrator.core.forge.fresh import Fresh
from orchestrator.core.model import Card, State
from orchestrator.core.overlaps.views import OverlapMarks
from orchestrator.core.workflow.progress import stage_of
from orchestrator.core.workflow.shown import run_view
from orchestrator.core.workflow.views import RunView
from orchestrator.hub.loop.faults import Faults

Listener = Callable[[str, CardView | RunView | None], None]
"""Called with the id of a card or a run and its new view, or `None` if it is gone."""
Letters = Callable[[str], tuple[int, str]]
"""The unread count of a card's mailbox (by slug), and how its session is notified."""

Marks = Callable[[str], OverlapMarks]
"""How many cards change the same files as the card of that id."""

Freshness = Callable[[str], Fresh]
"""How recent is what the card of that id shows of its forge."""


class Views:
    """The views of one state, which is passed again with every change."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._faults = faults
        self._cards = views(state)
        self._runs = {run.id: run_view(state, run) for run in state.runs.values()}
        self._letters: Letters = lambda _: (0, "")
        self._marks: Marks = lambda _: OverlapMarks()
        self._fresh: Freshness = lambda _: Fresh()
        self._listeners: set[Listener] = set()

    @property
    def cards(self) -> tuple[CardView, ...]:
        """Every card's view, in the board's order."""
        return in_board_order(self._cards.values())

    @property
    def runs(self) -> tuple[RunView, ...]:
        """Every run's view, newest first."""
        return tuple(sorted(self._runs.values(), key=lambda run: run.started_at, reverse=True))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` at every change of a view; the returned function unsubscribes it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def with_mail(self, letters: Letters) -> None:
        """From now on views include each card's mail."""
        self._letters = letters

    def with_overlaps(self, marks: Marks) -> None:
        """From now on views include each card's overlaps with others."""
        self._marks = marks

    def with_fresh(self, fresh: Freshness) -> None:
        """From now on views include the age of what they show of a forge."""
        self._fresh = fresh

    def show_mail(self, state: State) -> None:
        """Refreshes the cards whose mail has changed."""
        self.show(
            state,
            [
                card.id
                for card in state.cards.values()
                if (seen := self._cards.get(card.id))
                and (seen.unread_mail, seen.bell) != self._letters(card.slug)
            ],
        )

    def show(self, state: State, touched: Iterable[str]) -> None:
        """Refreshes the cards and runs with these ids from `state`, and all whose view depends on theirs: the
        cards waiting behind them, the runs for which they work."""
        places = positions(state)
        shown = {*touched, *self._moved_in_queue(places)}
        for run_id in {state.cards[each].run for each in shown if each in state.cards} | shown:
            with self._faults.kept_apart("view", run_id):
                self._show_run(state, run_id)
            run = state.runs.get(run_id)
            shown |= {own.card for own in run.stages.values() if own.card} if run else set()
        for card_id in shown:
            with self._faults.kept_apart("view", card_id):
                self._show_card(state, card_id, places.get(card_id))

    def view(self, state: State, card: Card, position: int | None) -> CardView:
        """The card's view in `state`, with its position (from 1) if it waits to start."""
        unread, bell = self._letters(card.slug)
        shown = view(card, position, stage_of(state, card))
        shown = with_overlaps(with_mail(shown, unread, bell), self._marks(card.id))
        shown = with_fresh(shown, self._fresh(card.id))
        return replace(shown, fault=self._faults.on_card(card.id))

    def _show_card(self, state: State, card_id: str, position: int | None) -> None:
        card = state.cards.get(card_id)
        if card is None:
            if self._cards.pop(card_id, None):
                self._tell(card_id, None)
        elif (new := self.view(state, card, position)) != self._cards.get(card_id):
            self._cards[card_id] = new
            self._tell(card_id, new)

    def _show_run(self, state: State, run_id: str) -> None:
        run = state.runs.get(run_id)
        if run is None:
            if self._runs.pop(run_id, None):
                self._tell(run_id, None)
        elif (new := run_view(state, run)) != self._runs.get(run_id):
            self._runs[run_id] = new
            self._tell(run_id, new)

    def _moved_in_queue(self, places: dict[str, int]) -> list[str]:
        return [each.id for each in self._cards.values() if each.queue_position != places.get(each.id)]

    def _tell(self, subject_id: str, new: CardView | RunView | None) -> None:
        for listener in tuple(self._listeners):
            listener(subject_id, new)
