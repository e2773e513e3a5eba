"""The present paths of a card's worktree and branch, and which of its ignored files can be rebuilt."""

import time
from pathlib import Path

from orchestrator import config
from orchestrator.core.events import WorktreeMoved
from orchestrator.core.model import Card
from orchestrator.core.worktrees.rebuildable import Rebuildable
from orchestrator.world import worktrees


def spare_in(card: Card) -> Rebuildable:
    """The settings for the card's repository. Raises `ConfigError`."""
    settings = config.load(Path(card.repo)).worktree
    return Rebuildable(settings.rebuildable, settings.rescue_limit_mb * 1024**2)


def found_again(card: Card) -> WorktreeMoved | None:
    """The event that the card's worktree or branch has moved, if it has. Raises `GitRefused` if it cannot be
    found."""
    tree = card.worktree
    if tree is None or not tree.made:
        return None
    path, branch = worktrees.find_again(Path(card.repo), Path(tree.path), tree.branch)
    if (str(path), branch) == (tree.path, tree.branch):
        return None
    return WorktreeMoved(time.time(), card.id, str(path), branch)
