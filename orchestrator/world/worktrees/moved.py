"""Finds a worktree again whose folder, branch or repository has moved."""

import os
import re
from pathlib import Path

from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.repository import (
    Repository,
    exact,
    is_folder,
    is_there,
    open_repository,
    registered,
)

_MOST_LINE = 5000
_MOST_FOLDERS = 2000


def find_again(root: Path, path: Path, branch: str) -> tuple[Path, str]:
    """The present path of a worktree that was created at `path`, and the name of its branch; both as given if
    nothing else is known.

    Follows `git worktree move`, a renamed branch, and a folder that was renamed in place, whose registration
    is then repaired. Raises `GitRefused` if the repository is missing, `GitFailed` or `GitMissing`.
    """
    if not is_there(root):
        raise GitRefused(
            f"the repository {root} is missing",
            "it was moved or deleted",
            f"If it was moved, move it back, or create a link: ln -s NEW_PATH {root}. To remove only the "
            "card: orch rm CARD --keep",
        )
    repository = open_repository(root)
    entries = repository.worktrees()
    entry = registered(entries, path)
    if entry and is_folder(path):
        if entry.branch and entry.branch != branch and _renamed(repository, branch, entry.branch):
            return path, entry.branch
        return path, branch
    for each in entries[1:]:
        same = each.branch == branch or (each.branch and _renamed(repository, branch, each.branch))
        if same and is_folder(Path(each.path)) and _was_made_as(repository, Path(each.path), path):
            return Path(each.path), each.branch
    if entry and not is_there(path) and (found := _beside(repository, path)):
        git(repository.root, "worktree", "repair", str(found), doing=f"repair the worktree {found}")
        return found, branch
    return path, branch


def _renamed(repository: Repository, old: str, new: str) -> bool:
    """Whether the branch `new` is the renamed `old`, by its reflog."""
    if repository.branch_tip(old):
        return False
    said = ask(repository.root, "log", "--walk-reflogs", "--format=%gs", f"refs/heads/{new}", "--")
    return f"renamed refs/heads/{old} to " in said.out.decode(errors="replace")


def _was_made_as(repository: Repository, folder: Path, path: Path) -> bool:
    """Whether git registered this worktree under the name of that path; a move does not change it."""
    admin = _registration(folder)
    return (
        admin is not None
        and os.path.realpath(admin.parent.parent) == repository.common
        and re.fullmatch(rf"{re.escape(path.name)}\d*", admin.name) is not None
    )


def _beside(repository: Repository, path: Path) -> Path | None:
    """The folder near the path that claims to be the worktree registered there."""
    near = dict.fromkeys((path.parent, path.parent.parent, Path(repository.root).parent))
    looked = 0
    for parent in near:
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            looked += 1
            if looked > _MOST_FOLDERS:
                return None
            admin = _registration(folder)
            if admin is None or os.path.realpath(admin.parent.parent) != repository.common:
                continue
            leads = _line(admin / "gitdir")
            if leads and exact(Path(leads).parent) == exact(path):
                return folder
    return None


def _registration(folder: Path) -> Path | None:
    """git's directory for the worktree in this folder, as named in the folder."""
    said = _line(folder / ".git") if is_folder(folder) else ""
    return Path(folder, said.removeprefix("gitdir:").strip()) if said.startswith("gitdir:") else None


def _line(file: Path) -> str:
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as open_:
            return os.fsdecode(open_.read(_MOST_LINE)).strip()
    except OSError:
        return ""
