"""One act on several cards: what came of each. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import OfCard
from widgets.kit.format import Line, clean, fit, fold


def count(number: int) -> str:
    """`1 card`, `2 cards`."""
    return f"{number} card{'' if number == 1 else 's'}"


@dataclass(slots=True)
class Batch:
    """An act on cards, one after another. `doing` and `done` are its words: `Stopping`, `stopped`."""

    doing: str
    done: str
    cards: tuple[CardView, ...]
    request: Callable[[CardView], OfCard]
    outcomes: dict[str, OrchError | None] = field(default_factory=dict)
    """By the ids of the cards that had their turn: the refusal, or `None` if it is done."""
    cancelled: bool = False
    """The rest is left as it is."""
    over: bool = False

    @property
    def well(self) -> tuple[str, ...]:
        """The cards with which it is done."""
        return tuple(card for card, error in self.outcomes.items() if error is None)

    @property
    def refused(self) -> tuple[tuple[CardView, OrchError], ...]:
        """The cards that refused, with the reasons."""
        found = ((card, self.outcomes.get(card.id)) for card in self.cards)
        return tuple((card, error) for card, error in found if error is not None)

    @property
    def left(self) -> tuple[CardView, ...]:
        """The cards that have not had their turn."""
        return tuple(card for card in self.cards if card.id not in self.outcomes)


def head(batch: Batch) -> str:
    """The present state in one line."""
    if not batch.over:
        return f"{batch.doing}: {len(batch.outcomes)} of {len(batch.cards)} done"
    return f"{len(batch.well)} of {count(len(batch.cards))} {batch.done}"


def lines(batch: Batch, width: int) -> Iterator[Line]:
    """What came of each: refusals with their words, then those done, then those not reached."""
    for card, error in batch.refused:
        yield ((f"✗ {card.id} ", "bad"), (fit(card.title, width - 8), "title"))
        for part in fold(_words(error), max(width - 4, 20)):
            yield (("    ", ""), (part, "text"))
    if batch.well:
        for number, part in enumerate(fold(", ".join(batch.well), max(width - 2, 20))):
            yield (("  " if number else "✓ ", "calm"), (part, "muted"))
    if batch.left:
        what = "not done: cancelled" if batch.over else "next"
        for number, part in enumerate(
            fold(f"{what}: {', '.join(each.id for each in batch.left)}", width - 2)
        ):
            yield (("  " if number else "· ", "muted"), (part, "muted"))


def _words(error: OrchError) -> str:
    said = ". ".join(part.rstrip(".") for part in (error.what, error.why, error.hint) if part)
    return clean(f"{said}.")
