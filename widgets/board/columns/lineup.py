"""Which cards are in which column, in what order, and which match the filter. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.core.board.views import CardView, in_column, rank
from orchestrator.core.filter.language import EVERYTHING, Filter
from orchestrator.core.model import Column

COLUMNS: tuple[str, ...] = tuple(Column)
NAMES = {
    "backlog": "Backlog",
    "in_progress": "In Progress",
    "blocked": "Blocked",
    "review": "Review",
    "done": "Done",
}


@dataclass(frozen=True, slots=True)
class Lineup:
    """The displayed board: for each column its cards in order, and their total number."""

    cards: Mapping[str, tuple[CardView, ...]]
    totals: Mapping[str, int]
    words: str = ""
    """The text of the filter."""
    marked: tuple[str, ...] = ()
    """The marked cards, in the order in which they were marked."""

    def column_of(self, card_id: str) -> str | None:
        """`None` if the filter hides the card, or it is gone."""
        for column, cards in self.cards.items():
            if any(card.id == card_id for card in cards):
                return column
        return None

    def card(self, card_id: str) -> CardView | None:
        """`None` if the filter hides the card, or it is gone."""
        return next((card for cards in self.cards.values() for card in cards if card.id == card_id), None)

    @property
    def empty(self) -> bool:
        """Whether there is no card at all, including hidden ones."""
        return not any(self.totals.values())

    def waiting(self) -> list[CardView]:
        """The displayed cards that need a person, most urgent first."""
        shown = (card for cards in self.cards.values() for card in cards if card.attention)
        return sorted(shown, key=rank)


def line_up(
    cards: Iterable[CardView], filter_: Filter = EVERYTHING, marked: Iterable[str] = (), now: float = 0.0
) -> Lineup:
    """The cards by column, in its order; only those that fit the filter at the time `now`. Of the marked
    cards those are left that are there."""
    all_of: dict[str, list[CardView]] = {column: [] for column in COLUMNS}
    for card in cards:
        all_of.setdefault(card.column, []).append(card)
    return Lineup(
        {
            column: tuple(sorted((card for card in of if filter_.fits(card, now)), key=in_column))
            for column, of in all_of.items()
        },
        {column: len(of) for column, of in all_of.items()},
        filter_.text,
        tuple(id_ for id_ in marked if any(card.id == id_ for of in all_of.values() for card in of)),
    )
