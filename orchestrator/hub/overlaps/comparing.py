"""Compares the cards of a repository by what was read of them: names first, then merges in memory, each
only once for the same question."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from orchestrator.core.model import Card
from orchestrator.core.overlaps.changes import CardChanges, Contact, Question, contact, question
from orchestrator.core.overlaps.order import Size, landing_order
from orchestrator.core.overlaps.overlap import OLD_GIT, Merge, Overlap, overlap
from orchestrator.core.overlaps.views import LeftOut, RepositoryOverlaps, worst_first
from orchestrator.hub.overlaps.reading import Reading
from orchestrator.world.worktrees import diffs, overlaps


@dataclass(slots=True)
class Comparing:
    """Remembers, by repository, every merge that its cards still depend on. `turn` is held while git runs."""

    turn: asyncio.Semaphore
    gone: set[str] = field(default_factory=set)
    """Cards whose commits are no longer stored: they are to be read again."""
    _merges: dict[str, dict[Question, Merge]] = field(default_factory=dict)

    async def compare(
        self,
        store: Callable[[], diffs.ObjectStore],
        cards: Sequence[Card],
        readings: Mapping[str, Reading],
    ) -> RepositoryOverlaps:
        """What these cards of one repository change in common. `store` is called where two of them were read,
        and so the repository was found."""
        ordered = sorted(cards, key=lambda card: int(card.id.removeprefix("c")))
        known = {
            card.id: changes
            for card in ordered
            if (reading := readings.get(card.id)) and (changes := reading.changes)
        }
        touching = await asyncio.to_thread(_touching, known, {each.id: _place(each) for each in cards})
        before = self._merges.get(cards[0].repo, {})
        merges = await asyncio.gather(
            *(self._merge(store, before.get(asked), known[a], known[b]) for a, b, _, asked in touching)
        )
        self._merges[cards[0].repo] = {
            asked: merge for (*_, asked), merge in zip(touching, merges, strict=True) if not merge.gone
        }
        found = list[Overlap]()
        for (a, b, where, _), merge in zip(touching, merges, strict=True):
            if merge.gone:
                self.gone |= {a, b}
            if each := overlap((a, known[a]), (b, known[b]), where, merge):
                found.append(each)
        return _shown(ordered, known, readings, found)

    def forget_others(self, repos: Collection[str]) -> None:
        """Lets go of what is remembered of other repositories."""
        self._merges = {repo: merges for repo, merges in self._merges.items() if repo in repos}

    async def _merge(
        self,
        store: Callable[[], diffs.ObjectStore],
        known: Merge | None,
        one: CardChanges,
        other: CardChanges,
    ) -> Merge:
        if known:
            return known
        async with self.turn:
            return await asyncio.to_thread(lambda: overlaps.merge(store(), one, other))


def _touching(
    known: Mapping[str, CardChanges], places: Mapping[str, str]
) -> list[tuple[str, str, Contact, Question]]:
    """The pairs of cards that are to be merged. Cards in one worktree are one piece of work."""
    pairs = ((a, b) for a, b in combinations(known, 2) if places[a] != places[b])
    return [
        (a, b, where, question(known[a], known[b], where))
        for a, b in pairs
        if (where := contact(known[a], known[b]))
    ]


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
