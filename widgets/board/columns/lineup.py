"""Which cards are in which column, in what order, and which match the filter. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.core.board.views import CardView, in_column, rank
from orchestrator.core.model import Column
from widgets.kit.format import clean

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


def line_up(cards: Iterable[CardView], words: str = "", marked: Iterable[str] = ()) -> Lineup:
    """The cards by column, in its order; only those that match the `words` of a filter. Of the marked cards
    those are left that are there and not finished."""
    all_of: dict[str, list[CardView]] = {column: [] for column in COLUMNS}
    for card in cards:
        all_of.setdefault(card.column, []).append(card)
    wanted = words.casefold().split()
    return Lineup(
        {
            column: tuple(sorted((card for card in of if fits(card, wanted)), key=in_column))
            for column, of in all_of.items()
        },
        {column: len(of) for column, of in all_of.items()},
        words,
        tuple(
            id_
            for id_ in marked
            if any(card.id == id_ and card.finished is None for of in all_of.values() for card in of)
        ),
    )


def fits(card: CardView, words: list[str]) -> bool:
    """Every word (casefolded) is somewhere in the card's title, branch, repo, state, id or reason."""
    if not words:
        return True
    text = clean(f"{card.id} {card.title} {card.branch} {card.repo} {card.state} {card.reason}").casefold()
    text += clean(f" {card.run} {card.stage} {card.where}").casefold() if card.run else ""
    text += " " + card.state.replace("_", " ")
    return all(word in text for word in words)
