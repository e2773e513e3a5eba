"""Making what is to become the base, in a worktree of orch's own: nothing of the user's is touched."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from orchestrator.core.landing.queue import CHECKING
from orchestrator.core.landing.refusals import not_landed
from orchestrator.core.model import Landed
from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.errors import CheckFailed, GitRefused
from orchestrator.world.worktrees.landing import place as landing
from orchestrator.world.worktrees.landing.branches import base_of, tip_of
from orchestrator.world.worktrees.landing.checkout import conflicts
from orchestrator.world.worktrees.landing.methods import Wanted, commit_of, start_of
from orchestrator.world.worktrees.landing.proof import Proof, brought, prove, three_way
from orchestrator.world.worktrees.landing.signing import check_signing
from orchestrator.world.worktrees.repository import Repository, open_repository
from orchestrator.world.worktrees.setup import run_setup


def make(
    root: Path,
    wanted: Wanted,
    *,
    stop: threading.Event | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Landed | None:
    """What the base is to become: its commit together with what the branch brought, made with the
    repository's hooks; its check then passes on it. The base itself stays (see `move`).

    Where the base has the content already, by whatever way, the result is its own commit. `None` where `stop`
    ended the check. What an earlier call left is cleaned up first, so it may be called again after it was
    broken off anywhere.
    Raises `GitRefused` on conflicts, naming the files, and where the base can't be landed on; `CheckFailed`;
    `GitFailed` or `GitMissing`. Nothing has changed then.
    """
    repository = open_repository(root)
    with landing.alone(repository):
        ours, theirs = base_of(repository, wanted.into), tip_of(repository, wanted.branch)
        proof = prove(repository, theirs, ours, wanted.since)
        with repository.lock():
            landing.end(repository)
        if proof.held:
            return Landed(wanted.method, wanted.branch, theirs, wanted.into, ours, ours)
        brings = _brought(repository, wanted, proof, ours, theirs)
        try:
            with repository.lock():
                place = landing.begin(repository, start_of(wanted, ours, brings))
            told(f"making the {wanted.method}")
            check_signing(place, not_landed(wanted.method, wanted.branch, wanted.into), wanted.env)
            commit = commit_of(repository, place, wanted, ours, brings)
            if wanted.method == "rebase":
                _same_content(repository, wanted, commit, ours, brings)
            made = Landed(wanted.method, wanted.branch, theirs, wanted.into, ours, commit)
            return _checked(place, made, wanted, stop, told) if wanted.check else made
        finally:
            with repository.lock():
                landing.end(repository)


def _brought(repository: Repository, wanted: Wanted, proof: Proof, ours: str, theirs: str) -> str:
    """The commit that brings the branch's content. Raises `GitRefused` where it can't be landed."""
    if proof.undone:
        raise GitRefused(
            not_landed(wanted.method, wanted.branch, wanted.into),
            f"{wanted.into} merged it as {proof.undone[:12]}, and its changes were reverted since",
            f"Revert the revert, or finish with keep or discard. See: git -C {repository.root} log "
            f"{proof.undone[:12]}..{wanted.into}",
        )
    brings, merged = brought(repository, theirs, ours, proof, wanted.before)
    if merged and merged.conflicts:
        raise conflicts(wanted.method, wanted.branch, wanted.into, list(merged.conflicts), wanted.card)
    return brings


def _same_content(repository: Repository, wanted: Wanted, commit: str, ours: str, brings: str) -> None:
    """Raises `GitRefused` where rebasing loses or changes what a merge would keep."""
    tried = three_way(repository, ours, brings)
    tree = ask(repository.root, "rev-parse", f"{commit}^{{tree}}").out.decode().strip()
    if tried and tried.tree != tree:
        raise GitRefused(
            not_landed(wanted.method, wanted.branch, wanted.into),
            "rebased commit by commit, its content differs from that of a merge",
            "Use --merge or --squash.",
        )


def _checked(
    place: str, made: Landed, wanted: Wanted, stop: threading.Event | None, told: Callable[[str], None]
) -> Landed | None:
    told(f"{CHECKING}: {wanted.check}")
    env = {**wanted.env, "ORCH_LANDING_BRANCH": made.branch, "ORCH_LANDING_BASE": made.into}
    done = run_setup(Path(place), [wanted.check], timeout_s=wanted.check_limit, env=env, stop=stop)
    if done.ok:
        return replace(made, check=wanted.check, output=done.output)
    if stop is not None and stop.is_set():
        return None
    ended = "timed out" if done.exit_code is None else f"ended with exit code {done.exit_code}"
    raise CheckFailed(
        not_landed(made.method, made.branch, made.into),
        f"the check {wanted.check!r} {ended} on the result",
        f"Nothing has changed. Fix it on the branch, then retry. Its output: orch show {wanted.card}",
        done.output,
    )
