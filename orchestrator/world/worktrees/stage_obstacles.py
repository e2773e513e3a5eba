"""What prevents working and merging in an existing worktree."""

import os
from collections.abc import Iterable
from pathlib import Path

from orchestrator.core.text.clean import one_line
from orchestrator.core.worktrees.repo import Loss
from orchestrator.world.worktrees.command import LONG, ask
from orchestrator.world.worktrees.errors import WorktreeError
from orchestrator.world.worktrees.repository import Repository, check_branch_name, open_repository
from orchestrator.world.worktrees.status import read, shown

_NAMED = 3
"""Maximum files that are named."""


def unclean(root: Path, path: Path, since: float = 0.0) -> str:
    """The uncommitted changes in the worktree at `path`, as text with the first few files; empty for none.
    Untracked files older than the time `since` are not counted.

    Raises `GitFailed` or `GitMissing`, also if it is missing.
    """
    tree = read(open_repository(root), str(path))
    others = [name for name in (*tree.untracked, *tree.nested) if _written_at(path, name) >= since]
    return _in_words(tree.changed, others, tree.operations)


def obstacles(root: Path, path: Path, branches: Iterable[str] = ()) -> str:
    """What in the worktree at `path` prevents others from working and from merging these branches there, as
    text; empty for nothing. These are the changes that `unclean` names, without untracked files that no
    branch has.

    Raises as `unclean` does.
    """
    repository = open_repository(root)
    tree = read(repository, str(path))
    others = (*tree.untracked, *tree.nested)
    brought = (
        {name: branch for branch in branches for name in _brought(repository, tree.path, branch)}
        if others
        else {}
    )
    folders = {folder: brought[name] for name in brought for folder in _parents(name)}
    hit = {name: branch for name in others if (branch := _hit(name.rstrip(b"/"), brought, folders))}
    said = _in_words(tree.changed, list(hit), tree.operations)
    return f"{said}, which {' and '.join(dict.fromkeys(hit.values()))} would overwrite" if hit else said


def _hit(name: bytes, brought: dict[bytes, str], folders: dict[bytes, str]) -> str:
    """The branch that has a file there, below it, or at one of its parent folders; empty for none."""
    ways = (name, *_parents(name))
    return next((brought[each] for each in ways if each in brought), folders.get(name, ""))


def _brought(repository: Repository, path: str, branch: str) -> list[bytes]:
    """The paths in which the branch differs from what is checked out there; none for no branch."""
    try:
        check_branch_name(branch)
    except WorktreeError:
        return []
    if not (tip := repository.branch_tip(branch)):
        return []
    looks = ("diff", "--name-only", "-z", "--no-renames", "HEAD", tip, "--")
    return [name for name in ask(path, *looks, limit=LONG).out.split(b"\0") if name]


def _parents(name: bytes) -> list[bytes]:
    parts = name.split(b"/")
    return [b"/".join(parts[:end]) for end in range(1, len(parts))]


def _written_at(path: Path, name: bytes) -> float:
    """When it was last changed or moved there."""
    try:
        return os.lstat(os.path.join(os.fsencode(path), name)).st_ctime  # noqa: PTH118
    except OSError:
        return 0.0


def _in_words(changed: Iterable[bytes], others: Iterable[bytes], operations: tuple[str, ...]) -> str:
    tracked, untracked = tuple(map(shown, changed)), tuple(map(shown, others))
    words = Loss(changed=tracked, untracked=untracked, other=operations).in_words()
    if not (files := (*tracked, *untracked)):
        return words
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return f"{words} ({', '.join(map(one_line, files[:_NAMED]))}{more})"
