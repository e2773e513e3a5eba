"""Adds a worktree: on a new branch or an existing one, completely or not at all."""

import time
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.model import Worktree
from orchestrator.world.worktrees.command import LONG, ask
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.repository import (
    Repository,
    WorktreeEntry,
    check_branch_name,
    check_commit_id,
    is_folder,
    is_there,
    open_repository,
    registered,
)

_HALF_MADE = "initializing"
"""The reason with which git locks a worktree while it is creating it."""
_WAIT = 15.0
"""Seconds for a git that outlived its hub to complete a worktree."""
_PATIENT = ("-c", "core.filesRefLockTimeout=3000", "-c", "core.packedRefsTimeout=5000")


@dataclass(frozen=True, slots=True)
class _Order:
    path: Path
    branch: str
    base: str
    existing: bool
    began: bool


def add(
    root: Path, path: Path, branch: str, base_commit: str, *, existing: bool, began: bool = False
) -> Worktree:
    """Adds a worktree at `path`, on a new branch from the commit `base_commit`, or on an `existing` branch;
    its submodules are checked out too.

    `began` means that orch has started to create this very worktree before: what exists of it, including the
    branch, then counts as created. Without it a worktree that is registered at `path` with that branch is
    returned as not created by orch. Raises `GitRefused`; or `GitFailed`, after which nothing of it is left,
    unless its `worktree` is set. Raises `GitMissing`.
    """
    check_branch_name(branch)
    check_commit_id(base_commit)
    repository, path = open_repository(root), path.absolute()
    with repository.lock():
        entry = registered(repository.worktrees(), path)
        if entry and is_folder(path):
            _check_standing(repository, entry, branch, path)
            worktree = Worktree(str(path), branch, base_commit, began, began and not existing)
        else:
            order = _Order(path, branch, base_commit, existing, began)
            worktree = _make(repository, entry, order)
        _prepare_submodules(worktree)
    _check_out_submodules(worktree)
    return worktree


def _check_standing(repository: Repository, entry: WorktreeEntry, branch: str, path: Path) -> None:
    """Raises unless the worktree at the path is complete and has the branch checked out."""
    deadline = time.monotonic() + _WAIT
    while entry.locked == _HALF_MADE:
        if time.monotonic() > deadline:
            raise GitFailed(
                f"the worktree {path} is incomplete",
                "git is still creating it, or was killed",
                f"Retry; if that does not help, delete {path} and run: git -C {repository.root} worktree "
                f"unlock {path}",
            )
        time.sleep(0.1)
        entry = registered(repository.worktrees(), path) or WorktreeEntry(str(path))
    if entry.branch != branch:
        has = f"the branch {entry.branch}" if entry.branch else "no branch"
        raise GitRefused(
            f"{path} already exists", f"it is a worktree with {has} checked out", "Choose another name."
        )


def _make(repository: Repository, entry: WorktreeEntry | None, order: _Order) -> Worktree:
    path, branch = order.path, order.branch
    if is_there(path):
        raise GitRefused(
            f"{path} already exists", "git has no worktree there", "Move it away or choose another name."
        )
    tip = repository.branch_tip(branch)
    # After a crash the branch may exist alone, or the folder may have been deleted by hand.
    ours = entry is not None and entry.branch == branch
    taken_up = order.began and bool(tip) and (tip == order.base or ours)
    _check_branch(repository, order, tip, wanted=order.existing or taken_up)
    if entry:
        _forget(repository, entry, branch)
    made_parents = _make_parents(path)
    new = () if tip else ("--no-track", "-b", branch)
    command = (*_PATIENT, "worktree", "add", *new, "--", str(path), order.base if new else branch)
    worktree = Worktree(str(path), branch, order.base, made=True, made_branch=not order.existing)
    try:
        answer = ask(repository.root, *command, limit=LONG, hooks=True)
    except GitFailed as failed:
        _undo_or_keep(repository, worktree, made_parents, bool(new), str(failed))
        raise
    if answer.code:
        _undo_or_keep(repository, worktree, made_parents, bool(new), answer.last_words)
        raise GitFailed(
            f"git cannot add the worktree {path}", answer.last_words, "Fix the cause, then retry."
        )
    return worktree


def _check_branch(repository: Repository, order: _Order, tip: str, *, wanted: bool) -> None:
    branch = order.branch
    for entry in repository.worktrees():
        if entry.branch == branch and registered((entry,), order.path) is None:
            raise GitRefused(
                f"the branch {branch} is already checked out",
                f"in {entry.path}",
                "Choose another branch, or use that worktree.",
            )
    if tip and not wanted:
        raise GitRefused(
            f"the branch {branch} already exists", hint="Choose another name, or ask for the existing branch."
        )
    if not tip and wanted:
        raise GitRefused(f"no branch named {branch}", hint="Use an existing branch, or create a new one.")
    if not tip:
        _check_room_for(repository, branch)


def _check_room_for(repository: Repository, branch: str) -> None:
    """Raises if a branch `a` prevents a branch `a/b`, or the reverse."""
    parts = branch.split("/")
    above = ["/".join(parts[:length]) for length in range(1, len(parts))]
    names = [f"refs/heads/{name}" for name in (*above, f"{branch}/**")]
    answer = ask(repository.root, "for-each-ref", "--count=1", "--format=%(refname:lstrip=2)", *names)
    found = answer.out.decode(errors="replace").split()
    found = [name for name in found if name in above or name.startswith(f"{branch}/")]
    if found:
        raise GitRefused(
            f"cannot create the branch {branch}",
            f"git does not allow it next to the branch {found[0]}",
            "Choose another name.",
        )


def _forget(repository: Repository, entry: WorktreeEntry, branch: str) -> None:
    """Removes the registration of a worktree whose directory is missing, so that it can be created again."""
    if entry.locked is not None or entry.branch != branch:
        raise GitRefused(
            f"{entry.path} is registered as a worktree, but its directory is missing",
            "it is locked" if entry.locked is not None else "it had another branch checked out",
            f"If it is no longer needed, run: git -C {repository.root} worktree remove -f {entry.path}",
        )
    answer = ask(repository.root, "worktree", "remove", "--", entry.path)
    if answer.code:
        raise GitFailed(f"git cannot remove the record of the worktree {entry.path}", answer.last_words)


def _make_parents(path: Path) -> list[Path]:
    """Creates the missing parent folders of the path, and returns them, deepest first."""
    missing = [folder for folder in path.parents if not is_there(folder)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GitFailed(
            f"cannot create the directory {path.parent}", str(error), "Fix that, then retry."
        ) from error
    return missing


def _undo_or_keep(
    repository: Repository, worktree: Worktree, parents: list[Path], new_branch: bool, said: str
) -> None:
    """Removes what this call created of a worktree; raises, and keeps it, if it is complete nevertheless."""
    path = Path(worktree.path)
    entry = registered(repository.worktrees(), path)
    if entry and entry.branch == worktree.branch and entry.locked != _HALF_MADE and is_there(path):
        raise GitFailed(
            f"the repository's post-checkout hook failed in {path}",
            said,
            "The worktree exists; start again to continue with it as it is.",
            worktree,
        )
    if entry and entry.locked == _HALF_MADE:
        # Git was ended in the middle of it; everything there was created by this call.
        ask(repository.root, "worktree", "remove", "--force", "--force", "--", entry.path, limit=LONG)
    if new_branch and not registered(repository.worktrees(), path):
        ask(
            repository.root,
            "update-ref",
            "--no-deref",
            "-d",
            f"refs/heads/{worktree.branch}",
            worktree.base_commit,
        )
    for folder in parents:
        try:
            folder.rmdir()
        except OSError:
            break


def _prepare_submodules(worktree: Worktree) -> None:
    """Writes the submodules' addresses into the repository's config, which all worktrees share."""
    if Path(worktree.path, ".gitmodules").is_file():
        _submodule(worktree, "init")


def _check_out_submodules(worktree: Worktree) -> None:
    if Path(worktree.path, ".gitmodules").is_file():
        _submodule(worktree, "update", "--init", "--recursive")


def _submodule(worktree: Worktree, *arguments: str) -> None:
    answer = ask(worktree.path, "submodule", *arguments, limit=LONG, hooks=True)
    if answer.code:
        raise GitFailed(
            f"cannot check out the submodules of {worktree.path}",
            answer.last_words,
            "The worktree exists. Fix the cause, then start again.",
            worktree,
        )
