"""Leftover worktrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.worktrees.repository import exact, is_folder, open_repository


@dataclass(frozen=True, slots=True)
class Stale:
    """Paths, each sorted."""

    gone: tuple[str, ...]
    """Registered, and the folder is missing."""
    unknown: tuple[str, ...]
    """Folders in `<repo>-orch` that git does not know as worktrees of this repository."""
    forgotten: tuple[str, ...]
    """Worktrees in `<repo>-orch` without a card."""


def stale(root: Path, known: Sequence[Path]) -> Stale:
    """The leftover worktrees next to a repository; `known` are those of cards.

    Changes nothing. Raises `GitRefused`, `GitFailed` or `GitMissing`.
    """
    repository = open_repository(root)
    others = {entry.path for entry in repository.worktrees()[1:]}
    beside = Path(f"{repository.root}-orch")
    folders = {exact(each) for each in beside.iterdir() if is_folder(each)} if beside.is_dir() else set()
    carded = {exact(path) for path in known}
    return Stale(
        gone=tuple(sorted(path for path in others if not is_folder(Path(path)))),
        unknown=tuple(sorted(folders - others)),
        forgotten=tuple(sorted((folders & others) - carded)),
    )
