"""Removes a worktree and its branch, without losing work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestrator.core.model import Landed
from orchestrator.core.worktrees.rebuildable import Rebuildable
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused, WorktreeError, WouldLose
from orchestrator.world.worktrees.losses import Finding, examine
from orchestrator.world.worktrees.repository import Repository, is_there, open_repository, registered
from orchestrator.world.worktrees.rescues.saving import save
from orchestrator.world.worktrees.status import read
from orchestrator.world.worktrees.unseen.hidden import hidden


@dataclass(frozen=True, slots=True)
class Removal:
    """The result of a removal. A branch that is checked out or in use elsewhere is kept."""

    rescue_ref: str | None
    branch_removed: bool
    notes: tuple[str, ...] = ()
    """What stays or could not be saved, and is not a loss, as text."""
    tip: str = ""
    """The commit of the branch; empty if there was none."""


def remove(
    root: Path,
    path: Path,
    branch: str,
    *,
    made_branch: bool,
    base: str,
    rescue_as: str | None,
    at: datetime | float,
    spare: Rebuildable | None = None,
    since: str = "",
    landed: Landed | None = None,
    merged: str = "",
    told: Callable[[str], None] = lambda _: None,
) -> Removal:
    """Removes the worktree at `path`, and its branch if orch created that, once nothing can be lost.

    What would be lost is found out here and now. If anything would, it is first saved under the card id
    `rescue_as` (see `rescue`); without one `WouldLose` is raised. `spare`, `since`, `landed` and `merged` are
    as in `loss`; `told` is called with how far it is, in words. Where the folder or the registration is gone
    already, the rest is removed.
    Raises `GitRefused` when the path is the main worktree, locked, or not a worktree of this repository;
    nothing has changed then. Raises `GitFailed` or `GitMissing`.
    """
    repository = open_repository(root)
    with repository.lock():
        _check(repository, path)
        finding = examine(
            repository,
            path,
            branch,
            base,
            branch_stays=not made_branch,
            spare=spare,
            since=since,
            landed=landed,
            merged=merged,
        )
        ref = None
        if not finding.loss.nothing:
            if rescue_as is None:
                raise WouldLose(str(path), finding.loss)
            ref = save(repository, finding, rescue_as, at, told)
        try:
            told("removing the files")
            _remove_worktree(repository, path, finding, spare or Rebuildable())
            gone = made_branch and _remove_branch(repository, branch, finding.tip)
            return Removal(ref, gone, finding.loss.notes, finding.tip)
        except WorktreeError as error:
            if ref:
                error.hint = f"{error.hint} Its contents are saved as {ref}.".lstrip()
            raise


def _check(repository: Repository, path: Path) -> None:
    entries = repository.worktrees()
    entry = registered(entries, path)
    if entry is entries[0]:
        raise GitRefused(f"{path} was not removed", "it is the repository's main worktree")
    if entry and entry.locked is not None:
        reason = f" ({entry.locked})" if entry.locked else ""
        raise GitRefused(
            f"{path} was not removed",
            f"the worktree is locked{reason}",
            f"To unlock it, run: git -C {repository.root} worktree unlock {path}",
        )


def _remove_worktree(repository: Repository, path: Path, finding: Finding, spare: Rebuildable) -> None:
    entry, tree = finding.entry, finding.tree
    if entry is None:
        return
    force: tuple[str, ...] = ()
    if tree:
        unseen = hidden(entry.path, repository.root, spare)
        if read(repository, entry.path) != tree or unseen != finding.hidden:
            raise GitRefused(
                f"{path} was not removed",
                "it changed while it was being inspected",
                "Stop whatever writes to it, then retry.",
            )
        # Git refuses any worktree with files that are saved by now, and any with submodules.
        force = () if tree.clean and not tree.has_submodules else ("--force",)
    arguments = ("worktree", "remove", *force, "--", entry.path)
    hint = f"Delete the rest yourself: {path}"
    git(repository.root, *arguments, doing=f"remove the worktree {path}", hint=hint, limit=LONG)
    if is_there(path):
        raise GitFailed(f"{path} still exists", "something was written to it meanwhile", hint)


def _remove_branch(repository: Repository, branch: str, tip: str) -> bool:
    """Whether the branch was removed; only from the commit that the loss was determined from."""
    in_use = {entry.branch for entry in repository.worktrees()} | repository.busy_branches()
    if not tip or branch in in_use:
        return False
    answer = ask(repository.root, "update-ref", "--no-deref", "-d", f"refs/heads/{branch}", tip)
    if answer.code:
        raise GitFailed(
            f"the branch {branch} still exists",
            answer.last_words,
            "Its worktree was removed; check what moved the branch, then retry.",
        )
    return True
