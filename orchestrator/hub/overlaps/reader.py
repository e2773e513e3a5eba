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
        return self._unless_failed(card, lambda: self._changes(self._signed(before, card), card, before))

    def base_moved(self, card: Card, before: Reading) -> bool:
        """Whether the base may have moved since."""
        return self._signed(before, card).base != before.base

    def _snapshot(self, card: Card, before: Reading | None) -> Reading:
        path = card.worktree.path if card.worktree else ""
        names = before.names if before else ()
        reading = Reading(card.id, path, session_sign(card), time.monotonic(), time.time_ns(), names=names)
        reading = replace(reading, worktree=overlaps.sign_of_worktree(path, names))
        now = self.places.of(card).snapshot(card, self.store(card.repo))
        return self._signed(replace(reading, now=now), card)

    def _signed(self, reading: Reading, card: Card) -> Reading:
        common = self.store(card.repo).repository.common
        return replace(reading, base=overlaps.sign_of_base(common, card.base))

    def _changes(self, reading: Reading, card: Card, before: Reading | None) -> Reading:
        """Of a snapshot that is known the changes are, too."""
        store, now = self.store(card.repo), reading.now
        assert now is not None
        reading = replace(reading, tip=overlaps.base_tip(store, card.base))
        if before and before.changes and _same(reading, before):
            return replace(reading, changes=before.changes)
        began_at = card.worktree.base_commit if card.worktree else ""
        return replace(reading, changes=overlaps.changes(store, now, reading.tip, began_at))

    def _unless_failed(self, card: Card, work: Callable[[], Reading]) -> Reading:
        try:
            return work()
        except (WorktreeError, HostError, OSError) as error:
            path = card.worktree.path if card.worktree else ""
            return Reading(card.id, path, session_sign(card), time.monotonic(), why=one_line(str(error)))


def _same(reading: Reading, before: Reading) -> bool:
    one, other = reading.now, before.now
    return bool(
        one
        and other
        and (one.tree, one.head, one.large, reading.tip) == (other.tree, other.head, other.large, before.tip)
    )
