"""The worktree in which a branch is merged: orch's own, detached, removed afterwards.

Whatever goes wrong there, such as a hanging hook or a killed hub, does not affect the user's checkouts.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed
from orchestrator.world.worktrees.landing.occupants import end_occupants
from orchestrator.world.worktrees.repository import Repository, is_there, registered

FOLDER = "orch-landing"
"""Its path, in the repository's git directory."""
_TIDY_UP = 2.0
_BUSY = 120.0
"""Seconds to wait for another orch that merges in the same repository."""


@contextmanager
def alone(repository: Repository) -> Iterator[None]:
    """Keeps other hubs from merging in this repository. Raises `GitFailed` if one does for long."""
    file = os.open(Path(repository.common, f"{FOLDER}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + _BUSY
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise GitFailed(
                        f"{repository.root} is busy", "another orch is merging in it", "Retry later."
                    ) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(file)


def begin(repository: Repository, commit: str) -> str:
    """The path of a fresh worktree with the commit checked out. Raises `GitFailed`."""
    end(repository)
    place = Path(repository.common, FOLDER)
    words = ("worktree", "add", "--quiet", "--detach", "--", str(place), commit)
    try:
        git(
            repository.root,
            *words,
            doing="check out the base for the merge",
            hint="Nothing has changed. Fix the cause, then retry.",
            limit=LONG,
        )
    except GitFailed:
        end(repository)
        raise
    return str(place)


def end(repository: Repository) -> None:
    """Takes the landing place away, whatever state it is in, and ends what still runs in it: the git, a hook
    or the check of a hub that was killed. Raises `GitFailed`."""
    place = Path(repository.common, FOLDER)
    entry = registered(repository.worktrees(), place)
    if entry is None and not is_there(place):
        return
    end_occupants(place, patience=0.0, grace=_TIDY_UP)
    if entry:
        ask(repository.root, "worktree", "remove", "--force", "--force", "--", entry.path, limit=LONG)
    if is_there(place):
        shutil.rmtree(place, ignore_errors=True)
    if entry := registered(repository.worktrees(), place):
        ask(repository.root, "worktree", "remove", "--force", "--force", "--", entry.path)
    if is_there(place):
        raise GitFailed(
            f"cannot remove {place}",
            "an earlier merge left it",
            f"It contains nothing of yours. Delete it, then retry: rm -rf {place}",
        )
