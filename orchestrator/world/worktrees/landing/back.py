"""Taking a landing back: the base moves from what was made to the commit that this was made on."""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.core.landing.text import counted
from orchestrator.core.model import Landed
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.landing import place as landing
from orchestrator.world.worktrees.landing.branches import base_of, checkout_of
from orchestrator.world.worktrees.landing.checkout import (
    check_clean,
    check_free,
    check_locks,
    put_back_whole,
)
from orchestrator.world.worktrees.landing.moving import place_of
from orchestrator.world.worktrees.repository import Repository, is_folder, open_repository
from orchestrator.world.worktrees.status import GITLINK, read, shown


def check_back(root: Path, made: Landed, in_use: Mapping[str, str]) -> None:
    """Raises `GitRefused`, which says what to do instead, where the landing can't be taken back: the base has
    moved on, has been pushed, or its checkout can't follow. Raises `GitFailed` or `GitMissing`."""
    repository = open_repository(root)
    if base_of(repository, made.into) != made.onto:
        _check(repository, made, in_use)


def move_back(root: Path, made: Landed, in_use: Mapping[str, str]) -> str:
    """The base's commit, which is the one from before the landing.

    Where the base is checked out, that checkout follows. May be called again after it was broken off
    anywhere. Raises as `check_back` does.
    """
    repository = open_repository(root)
    with repository.lock(), landing.alone(repository):
        if base_of(repository, made.into) != made.onto:
            place = _check(repository, made, in_use)
            check_locks(repository, made.into, place)
            _swap(repository, made)
        entry = checkout_of(repository, made.into)
        if entry and is_folder(Path(entry.path)):
            check_locks(repository, made.into, entry.path)
            _follow(repository, entry.path, made)
        return made.onto


def _check(repository: Repository, made: Landed, in_use: Mapping[str, str]) -> str | None:
    """Where the base is checked out, if it is. Raises `GitRefused` unless it may be moved back."""
    what, instead = f"{made.into} was not moved back", f"Revert it instead: {_revert(repository, made)}"
    now = base_of(repository, made.into)
    if now != made.commit:
        raise GitRefused(what, _moved(repository, made, now), instead)
    words = ("for-each-ref", "--format=%(refname:short)", "--contains", made.commit, "refs/remotes")
    if pushed := git(repository.root, *words, doing="see what was pushed", limit=LONG).split():
        raise GitRefused(what, f"{shown(pushed[0])} has it: it was pushed", instead)
    place = place_of(repository, made.into, in_use, what)
    if place:
        check_clean(repository, what, place)
        check_free(place, made.commit, made.onto, what)
    return place


def _moved(repository: Repository, made: Landed, now: str) -> str:
    if ask(repository.root, "merge-base", "--is-ancestor", made.commit, now).code:
        return f"{made.into} does not have {made.commit[:10]} any more"
    words = ("rev-list", "--count", f"{made.commit}..{now}")
    count = int(git(repository.root, *words, doing="count the commits", limit=LONG))
    return f"{made.into} has {counted(count, 'commit')} since"


def _revert(repository: Repository, made: Landed) -> str:
    """The command that takes the landing back by a commit."""
    if made.method == "rebase":
        return f"git revert {made.onto[:12]}..{made.commit[:12]}"
    second = repository.commit(f"{made.commit}^2")
    return f"git revert {'-m 1 ' if second else ''}{made.commit[:12]}"


def _swap(repository: Repository, made: Landed) -> None:
    ref = f"refs/heads/{made.into}"
    words = ("update-ref", "-m", f"undo {made.method} {made.branch}", ref, made.onto, made.commit)
    answer = ask(repository.root, *words, hooks=True, limit=LONG)
    if base_of(repository, made.into) != made.onto:
        raise GitFailed(
            f"git could not move {made.into} back",
            answer.last_words,
            "Nothing has changed. Fix the cause, then retry.",
        )


def _follow(repository: Repository, place: str, made: Landed) -> None:
    """Takes the checkout from the landing to its branch, which has moved back. Nothing but what the landing
    brought differs there; what somebody has changed meanwhile is kept."""
    try:
        put_back_whole(place, made.onto, made.commit)
        changed = {name for name, mode in read(repository, place).changed.items() if mode != GITLINK}
        if changed and _left_by_us(place, made, changed):
            git(place, "read-tree", "--reset", "-u", made.onto, doing=f"put {place} back", limit=LONG)
    except GitFailed as error:
        raise GitFailed(
            f"{made.into} was moved back, and {place} still has part of the landing",
            f"{error}",
            f"Check its state, then run: git -C {place} reset --keep HEAD",
        ) from error


def _left_by_us(place: str, made: Landed, changed: set[bytes]) -> bool:
    """Whether every changed file is as the landing had it or as it was before: a killed git left them."""
    words = ("diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", "--raw", made.onto, made.commit)
    parts = git(place, *words, doing="see what the landing changed", limit=LONG).split(b"\0")
    touched = {name: about.split()[2:4] for about, name in zip(parts[::2], parts[1::2], strict=False)}
    if not changed <= touched.keys():
        return False
    for name in changed:
        answer = ask(place, "hash-object", "--stdin-paths", stdin=name + b"\n")
        if not answer.code and answer.out.strip() not in touched[name]:
            return False
    return True
