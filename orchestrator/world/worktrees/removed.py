"""Puts a removed worktree back where it was: its branch, its commits, and what was uncommitted in it."""

from pathlib import Path

from orchestrator.core.model import Gone, Worktree
from orchestrator.world.worktrees.adding import add
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.repository import Repository, is_there, open_repository, registered
from orchestrator.world.worktrees.rescues.saved import ends_of, write_files
from orchestrator.world.worktrees.status import read

_HALF = "orch is restoring it"
"""The reason with which a worktree is locked until all its files are back."""


def check_restorable(root: Path, gone: Gone) -> None:
    """Raises `GitRefused` where the worktree can't be put back as it was; `GitFailed` or `GitMissing`."""
    repository, tree = open_repository(root), gone.worktree
    what, saved = f"{tree.path} cannot be restored", _elsewhere(gone)
    if is_there(Path(tree.path)):
        raise GitRefused(what, "something else is there by now", f"Move it away, then retry.{saved}")
    if not gone.tip or not repository.commit(gone.tip):
        raise GitRefused(what, f"the commits of {tree.branch} are gone", saved.strip())
    tip = repository.branch_tip(tree.branch)
    if tip != gone.tip and (tip or not tree.made_branch):
        now = f"is at {tip[:10]} by now" if tip else "was deleted since"
        raise GitRefused(what, f"the branch {tree.branch} {now}", f"Rename it, then retry.{saved}")
    used = next((each.path for each in repository.worktrees() if each.branch == tree.branch), "")
    if used and used != tree.path:
        raise GitRefused(what, f"the branch {tree.branch} is checked out in {used}", saved.strip())
    if gone.rescue:
        if not repository.commit(gone.rescue):
            raise GitRefused(what, f"its rescue {gone.rescue} was dropped", "")
        if ends_of(root, gone.rescue)[0] != gone.tip:
            raise GitRefused(what, f"it was not at the commit of {tree.branch}", saved.strip())


def restore_removed(root: Path, gone: Gone) -> Worktree:
    """Adds the worktree again, on its branch at its commit, with the files of its rescue, uncommitted. The
    rescue is kept.

    May be called again after it was broken off anywhere: a worktree whose files are not all back is locked
    until they are. Raises `GitRefused`, `GitFailed` or `GitMissing`; nothing of it is left then.
    """
    tree, path = gone.worktree, Path(gone.worktree.path)
    added = add(root, path, tree.branch, gone.tip, existing=not tree.made_branch, began=True)
    repository = open_repository(root)
    with repository.lock():
        if gone.rescue:
            _with_files(repository, path, gone)
    return Worktree(added.path, tree.branch, tree.base_commit, tree.made, tree.made_branch)


def _with_files(repository: Repository, path: Path, gone: Gone) -> None:
    entry = registered(repository.worktrees(), path)
    half = entry is not None and entry.locked == _HALF
    if not half and not read(repository, str(path)).clean:
        return  # all files were back, and nobody was told
    if not half:
        words = ("worktree", "lock", "--reason", _HALF, "--", str(path))
        git(repository.root, *words, doing=f"lock {path}")
    try:
        write_files(str(path), *ends_of(Path(repository.root), gone.rescue))
    except (GitFailed, OSError) as error:
        ask(repository.root, "worktree", "remove", "--force", "--force", "--", str(path), limit=LONG)
        if gone.worktree.made_branch:
            ask(
                repository.root,
                "update-ref",
                "--no-deref",
                "-d",
                f"refs/heads/{gone.worktree.branch}",
                gone.tip,
            )
        if isinstance(error, GitFailed):
            raise
        hint = f"Nothing was restored. Fix the cause, then retry.{_elsewhere(gone)}"
        raise GitFailed("cannot write the rescued files", str(error), hint) from error
    git(repository.root, "worktree", "unlock", "--", str(path), doing=f"unlock {path}")


def _elsewhere(gone: Gone) -> str:
    return f" To restore it elsewhere: orch rescue restore {gone.rescue}" if gone.rescue else ""
