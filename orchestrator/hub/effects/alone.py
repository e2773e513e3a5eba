"""Nobody but a card's own session works in its worktree when that is landed or removed."""

from collections.abc import Collection
from pathlib import Path

import psutil

from orchestrator.core.model import Card
from orchestrator.paths import Home
from orchestrator.world import machine, worktrees

_NAMED = 3
"""Maximum processes that are named; for more the number is given."""


def must_be_alone(home: Home, card: Card, but: Collection[int], seconds: float = 0.0) -> None:
    """Raises `GitRefused` while a process works in the card's worktree, except those with the pids `but`:
    what it is about to write there would be lost."""
    assert card.worktree is not None
    path = Path(card.worktree.path)
    if not path.is_dir():
        return
    found = machine.empty_within(path, seconds, home.worktree_lock(str(path)), but)
    if not found:
        return
    named = ", ".join(map(str, found[:_NAMED]))
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    works = "works" if len(found) == 1 else "work"
    raise worktrees.GitRefused(
        f"{path} was not removed",
        f"{named}{more} {works} in it",
        "End that process, or change its directory, then retry.",
    )


def descendants(pid: int) -> frozenset[int]:
    """The process and all its descendants, which end with it."""
    try:
        own = psutil.Process(pid) if pid else None
        return frozenset((pid, *(each.pid for each in own.children(recursive=True)))) if own else frozenset()
    except psutil.Error:
        return frozenset()
