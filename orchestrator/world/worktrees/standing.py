"""The present state of the worktree that contains a folder."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.facts import default_branch, resolve
from orchestrator.world.worktrees.repository import open_repository


@dataclass(frozen=True, slots=True)
class BranchStanding:
    """`branch` is empty for a detached HEAD, `base` if the repository has no default branch."""

    root: str
    path: str
    branch: str
    base: str
    began_at: str
    """The commit at which the branch left the base; its own if they have none in common."""
    main: bool
    """It is the repository's main worktree."""


def standing(folder: Path) -> BranchStanding:
    """Raises `GitRefused` if the folder is in no worktree, `GitFailed` or `GitMissing`."""
    repository = open_repository(folder)
    path = folder.resolve()
    entries = [each for each in repository.worktrees() if path.is_relative_to(each.path)]
    entry = max(entries, key=lambda each: len(each.path), default=repository.worktrees()[0])
    base = default_branch(repository)
    tip = resolve(repository, base)
    answer = ask(repository.root, "merge-base", tip or entry.head, entry.head) if entry.head else None
    common = answer.out.decode(errors="replace").strip() if answer and answer.code == 0 else ""
    return BranchStanding(
        repository.root,
        entry.path,
        entry.branch,
        base,
        common or entry.head,
        entry.path == repository.root,
    )
