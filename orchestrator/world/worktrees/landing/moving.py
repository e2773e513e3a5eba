"""Moving a base to what was made for it: from the commit it was made on, and from no other."""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.core.landing.refusals import not_landed
from orchestrator.core.model import Landed
from orchestrator.world.worktrees.command import LONG, ask
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.landing import place as landing
from orchestrator.world.worktrees.landing.branches import base_of, checkout_of
from orchestrator.world.worktrees.landing.checkout import (
    check_clean,
    check_free,
    check_locks,
    follow,
    put_back_whole,
)
from orchestrator.world.worktrees.repository import Repository, is_folder, open_repository


def move(root: Path, made: Landed, in_use: Mapping[str, str] | None = None) -> str:
    """The base's commit once it holds `made`; empty where the base has moved since that was made, and nothing
    has changed.

    Where the base is checked out, that checkout follows; its tracked files must be clean, and nobody may work
    in it: `in_use` names those who do by their folder. May be called again after it was broken off anywhere.
    Raises `GitRefused` where the base is not in a state to be moved, `GitFailed` or `GitMissing`.
    """
    repository = open_repository(root)
    with repository.lock(), landing.alone(repository):
        now = base_of(repository, made.into)
        if repository.contains(now, made.commit):
            return now
        if now != made.onto or not repository.commit(made.commit):
            return ""
        what = not_landed(made.method, made.branch, made.into)
        place = place_of(repository, made.into, in_use or {}, what)
        check_locks(repository, made.into, place)
        moved = _follow(repository, made, place) if place else _swap(repository, made)
        return made.commit if moved else ""


def place_of(repository: Repository, base: str, in_use: Mapping[str, str], what: str) -> str | None:
    """Where the base is checked out. Raises `GitRefused`, which says `what` is not done, where that can't
    follow: it is gone, or someone of `in_use` works there."""
    entry = checkout_of(repository, base)
    if entry is None:
        if base in repository.busy_branches():
            why = f"a rebase or bisect of {base} is in progress"
            raise GitRefused(what, why, "Finish or abort that, then retry.")
        return None
    if not is_folder(Path(entry.path)):
        why = f"it is checked out in {entry.path}, which is gone"
        raise GitRefused(what, why, "Restore it, or run: git worktree prune")
    if user := in_use.get(entry.path):
        why = f"it is checked out in {entry.path}, where {user} is working"
        raise GitRefused(what, why, f"Wait until its turn ends, or stop it: orch stop {user}")
    return entry.path


def _follow(repository: Repository, made: Landed, place: str) -> bool:
    put_back_whole(place, made.onto, made.commit)
    what = not_landed(made.method, made.branch, made.into)
    before = check_clean(repository, what, place)
    if before.head != made.onto:
        return False
    check_free(place, made.onto, made.commit, what)
    return follow(repository, made.into, before, made.commit)


def _swap(repository: Repository, made: Landed) -> bool:
    ref = f"refs/heads/{made.into}"
    words = ("update-ref", "-m", f"{made.method} {made.branch}", ref, made.commit, made.onto)
    answer = ask(repository.root, *words, hooks=True, limit=LONG)
    now = repository.branch_tip(made.into)
    if now == made.onto:
        raise GitFailed(
            f"git could not move {made.into}",
            answer.last_words,
            "Nothing has changed. Fix the cause, then retry.",
        )
    return repository.contains(now, made.commit)
