"""Overlaps as clients see them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from orchestrator.core.overlaps.order import Turn
from orchestrator.core.overlaps.overlap import Overlap


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A card whose changes are not known, and why."""

    card: str
    why: str


@dataclass(frozen=True, slots=True)
class RepositoryOverlaps:
    """What the cards of a repository change in common."""

    repo: str
    overlaps: tuple[Overlap, ...] = ()
    """Conflicts first."""
    order: tuple[Turn, ...] = ()
    """A better order in which to land its cards."""
    left_out: tuple[LeftOut, ...] = ()
    slugs: tuple[tuple[str, str], ...] = ()
    """The id and the slug of each card that is named."""
    note: str = ""
    """What keeps git from telling more, as text."""

    def of(self, card: str) -> "RepositoryOverlaps":
        """The same, with the overlaps of one card alone."""
        found = tuple(each for each in self.overlaps if card in each.cards)
        return replace(self, overlaps=found)

    def among(self, cards: Collection[str]) -> "RepositoryOverlaps":
        """The same, of these cards alone."""
        return replace(
            self,
            overlaps=tuple(each for each in self.overlaps if {*each.cards} <= {*cards}),
            order=tuple(
                replace(
                    each,
                    conflicts=tuple(one for one in each.conflicts if one in cards),
                    after=tuple(one for one in each.after if one in cards),
                )
                for each in self.order
                if each.card in cards
            ),
            left_out=tuple(each for each in self.left_out if each.card in cards),
            slugs=tuple(each for each in self.slugs if each[0] in cards),
        )


@dataclass(frozen=True, slots=True)
class OverlapMarks:
    """The numbers of other cards, for the mark on one."""

    overlaps: int = 0
    """Cards that change the same files, those in conflict included."""
    conflicts: int = 0
    """Cards in conflict with it."""
    manifests: int = 0
    """Cards that change the same lock files or manifests."""
    manifest_conflicts: int = 0
    """Those of them in conflict there."""
    unknown: int = 0
    """Cards of which it is unknown whether they conflict with it."""


def marks(card: str, overlaps: Iterable[Overlap]) -> OverlapMarks:
    """What is marked on a card, of all overlaps of its repository."""
    own = [each for each in overlaps if card in each.cards and each.counts]
    return OverlapMarks(
        sum(bool(each.files) for each in own),
        sum(bool(each.conflicts) for each in own),
        sum(bool(each.manifests) for each in own),
        sum(bool(each.manifest_conflicts) for each in own),
        sum(bool(each.unknown) for each in own),
    )


def worst_first(overlaps: Iterable[Overlap]) -> tuple[Overlap, ...]:
    """Conflicts, then what is unknown, then overlaps by their number of files, then stacks."""

    def place(each: Overlap) -> tuple[int, int, int, int]:
        kinds = (each.conflicts, each.manifest_conflicts, each.unknown, each.files, each.manifests)
        kind = next((number for number, said in enumerate(kinds) if said), len(kinds))
        first, second = (int(card.removeprefix("c")) for card in each.cards)
        return kind, -len(each.files), first, second

    return tuple(sorted(overlaps, key=place))
