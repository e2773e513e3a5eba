"""Undoing: a removed worktree is put back, and a base is moved back to what it was."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.events import Event
from orchestrator.core.model import Card, Ending, State
from orchestrator.core.undo.events import BaseMovedBack, WorktreeRestored
from orchestrator.hub.landing.survey import in_use
from orchestrator.world import worktrees


@dataclass(frozen=True, slots=True)
class UndoEffects:
    """Each may be asked for again after a crash: it looks first what is done already."""

    state: Callable[[], State]
    told: Callable[[str, str], None] = lambda _card, _words: None
    """Hears from any thread how far the undoing of a card is."""

    def restore_worktree(self, card: Card) -> Iterable[Event]:
        """Raises `GitRefused` where something else is in its place."""
        gone = _ending(card).gone
        assert gone is not None
        self.told(card.id, "restoring the worktree")
        tree = worktrees.restore_removed(Path(card.repo), gone)
        return (WorktreeRestored(time.time(), card.id, tree),)

    def move_base_back(self, card: Card) -> Iterable[Event]:
        """Raises `GitRefused` where the base can't be moved back now."""
        made = _ending(card).made
        assert made is not None
        self.told(card.id, f"moving {made.into} back")
        commit = worktrees.move_back(Path(card.repo), made, in_use(self.state(), card))
        return (BaseMovedBack(time.time(), card.id, commit),)


def _ending(card: Card) -> Ending:
    assert card.ending is not None
    return card.ending
