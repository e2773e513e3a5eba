"""The checkout of a base: whether it may be updated with its branch, and updating it."""

import os
import time
from pathlib import Path

from orchestrator.core.landing.refusals import conflict, listed
from orchestrator.core.landing.survey import BranchSurvey
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.landing.obstacles import in_the_way
from orchestrator.world.worktrees.landing.occupants import occupants
from orchestrator.world.worktrees.repository import Repository
from orchestrator.world.worktrees.status import GITLINK, WorkingTree, own_git_dir, read, shown

LOCKS = 15.0
"""Seconds to wait for a lock that another git holds."""


def check_locks(repository: Repository, base: str, place: str | None) -> None:
    """Waits for the locks of other gits on the base. Raises `GitRefused`, naming one that stays."""
    own = Path(own_git_dir(repository, place)) if place else None
    common = Path(repository.common)
    files = [common / f"refs/heads/{base}.lock", common / "packed-refs.lock"]
    files += [own / "index.lock", own / "HEAD.lock"] if own else []
    deadline = time.monotonic() + LOCKS
    while left := [file for file in files if file.exists()]:
        if time.monotonic() > deadline:
            raise GitRefused(
                f"nothing was merged into {base}",
                f"{left[0]} exists, {_holder(left[0], place or repository.root)}",
                f"Wait for that git process. If there is none, delete the file, then retry: rm {left[0]}",
            )
        time.sleep(0.1)


def _holder(lock: Path, place: str) -> str:
    gits = [each for each in occupants(Path(place)) if each.name.startswith("git")]
    if gits:
        return f"and {gits[0].name} (process {gits[0].pid}) is working there"
    try:
        age = max(0, int(time.time() - lock.stat().st_mtime))
    except OSError:
        age = 0
    return f"created {age} seconds ago, and no git process is working there: a crashed one left it"


def dirty(tree: WorkingTree) -> tuple[bytes, ...]:
    """The tracked files of a checkout that keep it from following its branch. A submodule that stands at
    another commit does not: nothing is written in it."""
    return tuple(name for name, mode in tree.changed.items() if mode != GITLINK)


def check_clean(repository: Repository, what: str, place: str) -> WorkingTree:
    """The checkout as it is. Raises `GitRefused` unless its tracked files are clean and nothing is under way
    in it; `what` is what it says is not done."""
    tree = read(repository, place)
    if tree.operations:
        why = f"there is {tree.operations[0]} in {place}"
        raise GitRefused(what, why, "Finish or abort that, then retry.")
    if changed := dirty(tree):
        names = listed(tuple(shown(name) for name in changed))
        raise GitRefused(what, f"{place} has uncommitted changes ({names})", "Commit them, then retry.")
    return tree


def check_free(place: str, before: str, after: str, what: str) -> None:
    """Raises `GitRefused` where untracked files of the checkout, which is at `before`, are in the way of
    files that `after` adds; `what` is what it says is not done."""
    if taken := in_the_way(place, before, after):
        why = f"{place} has untracked files in the way ({listed(taken)})"
        raise GitRefused(what, why, "Move them away, then retry.")


def follow(repository: Repository, base: str, before: WorkingTree, commit: str) -> bool:
    """Moves the base, and its clean checkout with it, to a commit ahead of it: by a fast-forward, which git
    refuses if the base has moved. Ignored and untracked files are not overwritten.

    `False` if the base was moved by someone else. Raises `GitFailed`; nothing has changed then, unless it
    says so.
    """
    place = before.path
    own = ("-c", "submodule.recurse=false")
    flags = ("--ff-only", "--no-overwrite-ignore", "--no-squash", "--no-autostash", "--no-stat", "--quiet")
    said = ""
    try:
        answer = ask(place, *own, "merge", *flags, commit, limit=LONG, hooks=True)
        said = answer.said
    except GitFailed as late:  # a post-merge hook may hang after everything is done
        said = late.why
    now = repository.branch_tip(base)
    if repository.contains(now, commit):  # a post-merge hook may have committed on top of it
        return True
    if now != before.head:
        return False
    _put_back(repository, before, commit, said)
    raise GitFailed(
        f"cannot update {place} to {base}",
        said,
        "Nothing has changed. Fix the cause, then retry.",
    )


def _put_back(repository: Repository, before: WorkingTree, commit: str, said: str) -> None:
    """Undoes what an interrupted fast-forward has written. The tracked files were clean before it, so what
    differs and is among the paths of the merge was written by it."""
    try:
        put_back_whole(before.path, before.head, commit)
        now = read(repository, before.path)
        if now == before:
            return
        words = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", before.head, commit)
        out = git(before.path, *words, doing="see what the merge changed", limit=LONG)
        touched = {name for name in out.split(b"\0") if name}
        if now.head != before.head or not set(now.changed) <= touched:
            return  # someone else works there: their changes are kept
        made = (set(now.untracked) - set(before.untracked)) & touched
        for name in made:
            Path(before.path, os.fsdecode(name)).unlink(missing_ok=True)
        if now.changed:
            stdin = b"\0".join(now.changed) + b"\0"
            flags = ("--pathspec-from-file=-", "--pathspec-file-nul")
            doing = "put the checkout back"
            git(before.path, "checkout", before.head, *flags, doing=doing, stdin=stdin, limit=LONG)
    except (GitFailed, OSError) as error:
        raise GitFailed(
            f"nothing was merged, and {before.path} contains part of the merge",
            f"{said}\n{error}".strip(),
            f"Check its state, then run: git -C {before.path} reset --keep HEAD",
        ) from error


def put_back_whole(place: str, ours: str, made: str) -> None:
    """Resets a checkout that is completely at the merge, while its branch is not, to its branch."""
    if ask(place, "rev-parse", "HEAD").out.decode().strip() != ours:
        return
    staged = ask(place, "diff-index", "--cached", "--quiet", made, "--").code
    apart = ask(place, "diff-files", "--quiet").code
    if not staged and not apart and ask(place, "diff-index", "--cached", "--quiet", ours, "--").code:
        git(place, "read-tree", "-m", "-u", made, ours, doing=f"put {place} back", limit=LONG)


def conflicts(method: str, branch: str, base: str, names: list[bytes], card: str) -> GitRefused:
    """The error to raise; `names` are paths as git reports them, which may be empty or repeated."""
    files = tuple(sorted({shown(name) for name in names if name}))
    no = conflict(BranchSurvey(branch, base, conflicts=files), method, card)
    assert no is not None
    return GitRefused(no.what, no.why, no.hint)
