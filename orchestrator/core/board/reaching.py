"""Whether cards have got where somebody waits for them, or never will."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestrator.core.board.views import CardView

GOALS: dict[str, str] = {
    "review": "in Review",
    "blocked": "in Blocked",
    "idle": "its session is idle, and no prompt is waiting or being typed",
    "done": "in Done",
    "needs": "it needs you",
}
"""What each goal means."""


def reached(card: CardView, goal: str) -> bool:
    """Whether the card has reached the goal. With a prompt on its way it has not come to rest."""
    under_way = bool(card.queued_prompts or card.typed_prompts)
    match goal:
        case "needs":
            return card.attention > 0
        case "idle":
            return card.state == "idle" and card.finished is None and not under_way
        case "review":
            return card.column == "review" and not under_way
        case _:
            return card.column == goal


@dataclass(slots=True)
class Waiting:
    """Waits until the cards reach one of the goals. Each needs to reach it once, at any time since the start;
    with `one` it is over when the first has."""

    goals: tuple[str, ...]
    cards: Mapping[str, str]
    """The short names of the cards, by their ids."""
    one: bool = False
    there: list[str] = field(default_factory=list)
    """Those that have reached it, in that order."""
    lost: dict[str, str] = field(default_factory=dict)
    """Those that cannot reach it any more, with the reason."""

    def board(self, cards: Iterable[CardView]) -> list[CardView]:
        """Takes the whole board; returns those that have just reached a goal."""
        present = {card.id: card for card in cards}
        for gone in [each for each in self.cards if each not in present]:
            self.gone(gone)
        return [card for card in present.values() if self.changed(card)]

    def changed(self, card: CardView) -> bool:
        """Takes a card; returns whether it has just reached a goal."""
        if card.id not in self.cards or card.id in self.there:
            return False
        self.lost.pop(card.id, None)
        if any(reached(card, goal) for goal in self.goals):
            self.there.append(card.id)
            return True
        if card.column == "done":
            self.lost[card.id] = "it is done"
        return False

    def gone(self, card: str) -> None:
        """The card was removed."""
        if card in self.cards and card not in self.there:
            self.lost[card] = "it was removed"

    @property
    def over(self) -> bool:
        """All that is waited for is reached."""
        return bool(self.there) if self.one else len(self.there) == len(self.cards)

    @property
    def hopeless(self) -> bool:
        """It cannot be reached any more: no card can, or where all must, one cannot."""
        left = len(self.cards) - len(self.there)
        return not self.over and (len(self.lost) == left if self.one else bool(self.lost))

    @property
    def left(self) -> tuple[str, ...]:
        """Those that may still reach it."""
        return tuple(card for card in self.cards if card not in self.there and card not in self.lost)
