"""Merging a branch into its base: in a worktree of its own, then the base is moved in one step."""

import shlex
from pathlib import Path

from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused, WorktreeError
from orchestrator.world.worktrees.facts import resolve
from orchestrator.world.worktrees.landing import place as landing
from orchestrator.world.worktrees.landing.checkout import (
    check_clean,
    check_locks,
    conflicts,
    follow,
    not_merged,
    put_back_whole,
)
from orchestrator.world.worktrees.landing.proof import Proof, prove, three_way
from orchestrator.world.worktrees.repository import Repository, check_branch_name, open_repository

_TRIES = 3
"""How often a merge is made again because the base has moved meanwhile."""


def merge(root: Path, branch: str, base_branch: str, message: str, *, since: str = "") -> str:
    """Merges a local branch into another one by a merge commit, and returns the base's commit then.

    The merge is made with the user's hooks in a worktree of orch's own, and the base is moved to it only from
    the commit it was made on. Where the base is checked out, that checkout follows; its tracked files must be
    clean. What the base holds already, be it by a merge, a squash or a rebase, changes nothing; `since`
    is the commit the branch began at. Uncommitted work in the branch's own worktree is not looked at: see
    `loss`. May be asked for again after it was broken off anywhere.
    Raises `GitRefused` on conflicts, naming the files, or where the base is not in a state to be merged into;
    nothing has changed then. Raises `GitFailed` or `GitMissing`.
    """
    check_branch_name(branch)
    repository = open_repository(root)
    with repository.lock(), landing.alone(repository):
        for _ in range(_TRIES):
            ours, theirs = _base(repository, base_branch), _tip(repository, branch)
            made = landing.left_over(repository)
            proof = prove(repository, theirs, ours, since)
            if proof.held:
                landing.end(repository)
                return ours
            try:
                if _land(repository, branch, base_branch, message, (ours, theirs, proof, made)):
                    return _tip(repository, base_branch)
            except WorktreeError:
                landing.end(repository)
                raise
    raise not_merged(branch, base_branch, f"{base_branch} moved during every attempt", "Retry.")


def _land(
    repository: Repository, branch: str, base: str, message: str, found: tuple[str, str, Proof, str]
) -> bool:
    """Whether the base was moved; `False` when somebody else moved it meanwhile."""
    ours, theirs, proof, made = found
    if proof.undone:
        raise not_merged(
            branch,
            base,
            f"{base} merged it as {proof.undone[:12]}, and its changes were reverted since",
            f"Revert the revert, or finish with keep or discard. See: git -C {repository.root} log "
            f"{proof.undone[:12]}..{base}",
        )
    place = next((each.path for each in repository.worktrees() if each.branch == base), None)
    if place is None and base in repository.busy_branches():
        raise not_merged(
            branch, base, f"a rebase or bisect of {base} is in progress", "Finish or abort that, then retry."
        )
    check_locks(repository, base, place)
    if place:
        if made:
            put_back_whole(place, ours, made)
        check_clean(repository, branch, base, place)
    brings = proof.again or theirs
    tried = three_way(repository, ours, brings)
    if tried and tried.conflicts:
        raise conflicts(branch, base, list(tried.conflicts))
    if not made or not _is_merge(repository, made, ours, brings):
        made = _merge_apart(repository, branch, base, message, (ours, brings))
    check_locks(repository, base, place)
    if repository.branch_tip(base) != ours:
        return False
    moved = _move(repository, branch, base, place, (ours, made))
    landing.end(repository)
    return moved


def _merge_apart(
    repository: Repository, branch: str, base: str, message: str, commits: tuple[str, str]
) -> str:
    """The commit that merges both, made in a landing place."""
    ours, brings = commits
    place = landing.begin(repository, ours)
    flags = ("--no-ff", "--commit", "--no-squash", "--no-edit", "--no-autostash", "--no-stat", "-m", message)
    try:
        answer = ask(place, "merge", *flags, brings, limit=LONG, hooks=True)
        if answer.code == 0:
            made = git(place, "rev-parse", "HEAD", doing="read the merge").decode().strip()
            if _is_merge(repository, made, ours, brings):
                return made
        unmerged = git(place, "diff", "--name-only", "--diff-filter=U", "-z", doing="list the conflicts")
    except GitFailed as failed:
        signed = ask(repository.root, "config", "--type=bool", "commit.gpgSign").out.strip() == b"true"
        failed.hint = f"{failed.hint} Nothing has changed."
        if signed:
            failed.hint += " Commits are signed here (commit.gpgSign): does that ask for a passphrase?"
        raise
    if unmerged:
        raise conflicts(branch, base, unmerged.split(b"\0"))
    raise GitFailed(
        f"git could not merge {branch} into {base}",
        answer.last_words or answer.out.decode(errors="replace").strip(),
        "Nothing has changed. Fix the cause, then retry.",
    )


def _move(
    repository: Repository, branch: str, base: str, place: str | None, commits: tuple[str, str]
) -> bool:
    """Whether the base was moved from the commit that the merge was made on."""
    ours, made = commits
    if place:
        before = check_clean(repository, branch, base, place)
        return before.head == ours and follow(repository, base, before, made)
    words = ("update-ref", "-m", f"merge {branch}", f"refs/heads/{base}", made, ours)
    answer = ask(repository.root, *words, hooks=True, limit=LONG)
    now = repository.branch_tip(base)
    if now == ours:
        raise GitFailed(
            f"git could not move {base}",
            answer.last_words,
            "Nothing has changed. Fix the cause, then retry.",
        )
    return now == made


def _is_merge(repository: Repository, commit: str, ours: str, theirs: str) -> bool:
    parents = ask(repository.root, "rev-parse", f"{commit}^@").out.decode().split()
    return parents == [ours, theirs]


def _tip(repository: Repository, branch: str) -> str:
    tip = repository.branch_tip(branch)
    if not tip:
        raise GitRefused(f"no local branch {branch}", hint="Create it, or choose another.")
    return tip


def _base(repository: Repository, base: str) -> str:
    tip = "" if base == "HEAD" else repository.branch_tip(base)
    if tip:
        return tip
    hint = "Choose one: orch finish CARD merge --into BRANCH"
    if any(entry.branch == base for entry in repository.worktrees()):
        why, hint = (
            f"{base} has no commit yet",
            "Create a first commit there, or choose another branch: --into",
        )
    elif repository.commit(f"refs/remotes/origin/{base}"):
        why = "it exists only on origin"
        make = shlex.join(["git", "-C", repository.root, "branch", base, f"origin/{base}"])
        hint = f"Create it, then retry: {make}; or choose another: --into BRANCH"
    elif resolve(repository, base):
        why = f"{base} is a tag or a commit, and a merge needs a branch"
    else:
        check_branch_name(base)
        why = "it was deleted or renamed"
        hint = "Choose another: orch finish CARD merge --into BRANCH"
    raise GitRefused(f"no local branch {base}", why, hint)
