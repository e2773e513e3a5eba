"""A better order in which to land the cards of a repository."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.core.overlaps.overlap import Overlap


@dataclass(frozen=True, slots=True)
class Size:
    """What of a card decides on its place, besides its overlaps."""

    files: int
    created_at: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A card's turn to land."""

    card: str
    files: int
    """How many it changes."""
    conflicts: tuple[str, ...] = ()
    """The cards after it that conflict with it: each has to be rebased once it has landed."""
    after: tuple[str, ...] = ()
    """The cards before it that it contains."""


def landing_order(sizes: Mapping[str, Size], overlaps: Iterable[Overlap]) -> tuple[Turn, ...]:
    """Every card once. A card that another contains comes before it. Cards come first that need no rebase
    after what has landed before; among them the one with the fewest conflicts with the rest, then the one
    with the fewest files, then the oldest."""
    conflicts: dict[str, set[str]] = {card: set() for card in sizes}
    below: dict[str, set[str]] = {card: set() for card in sizes}
    for each in overlaps:
        if not {*each.cards} <= {*sizes}:
            continue
        if each.holds:
            below[each.holds].add(each.other(each.holds))
        elif each.in_conflict:
            conflicts[each.a].add(each.b)
            conflicts[each.b].add(each.a)
    left, order = {*sizes}, list[Turn]()

    def place(card: str) -> tuple[bool, int, int, float, int]:
        size, number = sizes[card], int(card.removeprefix("c"))
        rebased = bool(conflicts[card] - left)
        return rebased, len(conflicts[card] & left), size.files, size.created_at, number

    while left:
        free = [card for card in left if not below[card] & left] or list(left)
        card = min(free, key=place)
        left.remove(card)
        contained = _sorted(below[card] - left)
        order.append(Turn(card, sizes[card].files, _sorted(conflicts[card] & left), contained))
    return tuple(order)


def _sorted(cards: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(cards, key=lambda card: int(card.removeprefix("c"))))
