"""Compares the cards of a repository by what was read of them: names first, then merges in memory, each pair
of commits once."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from orchestrator.core.model import Card
from orchestrator.core.overlaps.changes import CardChanges, Contact, contact
from orchestrator.core.overlaps.order import Size, landing_order
from orchestrator.core.overlaps.overlap import OLD_GIT, Merge, Overlap, overlap
from orchestrator.core.overlaps.views import LeftOut, RepositoryOverlaps, worst_first
from orchestrator.hub.overlaps.reading import Reading
from orchestrator.world.worktrees import diffs, overlaps

_Pair = tuple[str, str]


@dataclass(slots=True)
class Comparing:
    """Remembers every merge of two commits that cards still have. `turn` is held while git runs."""

    turn: asyncio.Semaphore
    gone: set[str] = field(default_factory=set)
    """Cards whose commits are no longer stored: they are to be read again."""
    _merges: dict[_Pair, Merge] = field(default_factory=dict)

    async def compare(
        self, store: diffs.ObjectStore, cards: Sequence[Card], readings: Mapping[str, Reading]
    ) -> RepositoryOverlaps:
        """What these cards of one repository change in common."""
        known = {
            card.id: changes
            for card in cards
            if (reading := readings.get(card.id)) and (changes := reading.changes)
        }
        touching = await asyncio.to_thread(_touching, known, {each.id: _place(each) for each in cards})
        await asyncio.gather(*(self._merge(store, known[a], known[b]) for a, b in touching))
        found = list[Overlap]()
        for (a, b), where in touching.items():
            merge = self._merges[_key(known[a], known[b])]
            if merge.gone:
                self.gone |= {a, b}
            if each := overlap((a, known[a]), (b, known[b]), where, merge):
                found.append(each)
        return _shown(cards, known, readings, found)

    def forget_others(self, readings: Iterable[Reading]) -> None:
        """Lets go of the merges of commits that no card has any more, and of those that failed."""
        commits = {each.changes.commit for each in readings if each.changes}
        self._merges = {
            key: merge for key, merge in self._merges.items() if commits.issuperset(key) and not merge.gone
        }

    async def _merge(self, store: diffs.ObjectStore, one: CardChanges, other: CardChanges) -> None:
        if (key := _key(one, other)) not in self._merges:
            async with self.turn:
                self._merges[key] = await asyncio.to_thread(overlaps.merge, store, *key)


def _key(one: CardChanges, other: CardChanges) -> _Pair:
    """A commit says all: the tree, and the commits below it."""
    first, second = sorted((one.commit, other.commit))
    return first, second


def _touching(known: Mapping[str, CardChanges], places: Mapping[str, str]) -> dict[_Pair, Contact]:
    """The pairs of cards that are to be merged. Cards in one worktree are one piece of work."""
    pairs = ((a, b) for a, b in combinations(known, 2) if places[a] != places[b])
    return {(a, b): where for a, b in pairs if (where := contact(known[a], known[b]))}


def _place(card: Card) -> str:
    return card.worktree.path if card.worktree else card.path


def _shown(
    cards: Sequence[Card],
    known: Mapping[str, CardChanges],
    readings: Mapping[str, Reading],
    found: Iterable[Overlap],
) -> RepositoryOverlaps:
    sizes = {
        card.id: Size(len(known[card.id].files), card.created_at)
        for card in cards
        if card.id in known and known[card.id].files
    }
    ordered = worst_first(found)
    old = any(each.unknown == OLD_GIT for each in ordered)
    return RepositoryOverlaps(
        repo=cards[0].repo,
        overlaps=ordered,
        order=landing_order(sizes, ordered),
        left_out=tuple(
            LeftOut(card.id, reading.why if reading else "not read yet")
            for card in cards
            if card.id not in known
            for reading in (readings.get(card.id),)
        ),
        slugs=tuple((card.id, card.slug) for card in cards),
        note=f"{OLD_GIT}. Install git 2.38 or newer." if old else "",
    )
