"""Reads what a card changes, from its worktree, wherever that is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.core.model import Card
from orchestrator.core.text.clean import one_line
from orchestrator.hub.overlaps.reading import Reading, session_sign
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home
from orchestrator.world.hosts import HostError
from orchestrator.world.worktrees import WorktreeError, diffs, overlaps


@dataclass(frozen=True, slots=True)
class WorktreeReader:
    """Every method blocks, and may be called in any thread."""

    home: Home
    places: Places
    _stores: dict[str, diffs.ObjectStore] = field(default_factory=dict)
    _tips: dict[tuple[str, str], tuple[overlaps.Sign, str]] = field(default_factory=dict)
    """The commit of each base (repository and name), with the sign by which it is known."""

    def store(self, repo: str) -> diffs.ObjectStore:
        """Where the trees of all cards of a repository are written. Raises an error of git."""
        if repo not in self._stores:
            self._stores[repo] = diffs.object_store(Path(repo), self.home.overlaps(repo))
        return self._stores[repo]

    def read(self, card: Card, before: Reading | None) -> Reading:
        """The card's changes now. Raises nothing."""
        return self._unless_failed(card, lambda: self._changes(self._snapshot(card, before), card, before))

    def after_move_of_base(self, card: Card, before: Reading) -> Reading:
        """The same worktree beside a base that may have moved. Raises nothing."""
        return self._unless_failed(
            card, lambda: self._changes(replace(before, base=self.base(card)), card, before)
        )

    def base(self, card: Card) -> overlaps.Sign:
        """The sign of the card's base, which is another once that has moved. Raises an error of git."""
        return overlaps.sign_of_base(self.store(card.repo).repository.common, card.base)

    def _snapshot(self, card: Card, before: Reading | None) -> Reading:
        path = card.worktree.path if card.worktree else ""
        names = before.names if before else ()
        reading = Reading(card.id, path, session_sign(card), time.monotonic(), time.time_ns(), names=names)
        reading = replace(reading, worktree=overlaps.sign_of_worktree(path, names), base=self.base(card))
        return replace(reading, now=self.places.of(card).snapshot(card, self.store(card.repo)))

    def _changes(self, reading: Reading, card: Card, before: Reading | None) -> Reading:
        """Of what is known from before nothing is read again."""
        store, now = self.store(card.repo), reading.now
        assert now is not None
        tip = self._tip(card, reading.base)
        if before and before.now and (before.tip, before.now.head) == (tip, now.head):
            fork = before.fork
        else:
            began_at = card.worktree.base_commit if card.worktree else ""
            fork = overlaps.fork(store, now.head, tip, began_at)
        reading = replace(reading, tip=tip, fork=fork)
        if before and before.changes and before.now and before.fork == fork and _same(now, before.now):
            return replace(reading, changes=before.changes)
        return replace(reading, changes=overlaps.changes(store, now, fork))

    def _tip(self, card: Card, sign: overlaps.Sign) -> str:
        key = (card.repo, card.base)
        known = self._tips.get(key)
        if known is None or known[0] != sign:
            known = self._tips[key] = (sign, overlaps.base_tip(self.store(card.repo), card.base))
        return known[1]

    def _unless_failed(self, card: Card, work: Callable[[], Reading]) -> Reading:
        try:
            return work()
        except (WorktreeError, HostError, OSError) as error:
            path = card.worktree.path if card.worktree else ""
            return Reading(card.id, path, session_sign(card), time.monotonic(), why=one_line(str(error)))


def _same(one: diffs.Snapshot, other: diffs.Snapshot) -> bool:
    return (one.tree, one.head, one.large) == (other.tree, other.head, other.large)
