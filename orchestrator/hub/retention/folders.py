"""Folders of sessions of another journal."""

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import psutil

from orchestrator.paths import Home
from orchestrator.world import processes
from orchestrator.world.worktrees import diffs

_BEFORE = "before-"
"""The prefix of a folder from before journals had ids: its windows have none."""


def left(home: Home, running: Collection[str], before: float) -> tuple[Path, ...]:
    """Those unchanged since that time and without running sessions. `running` are the journal ids of all
    windows, with an empty one for windows without an id.

    Raises `OSError` if that cannot be determined.
    """
    if not before:
        return ()
    return tuple(
        folder
        for folder in _foreign(home)
        if ("" if folder.name.startswith(_BEFORE) else folder.name) not in running
        and _newest(folder) < before
        and not _in_use(folder)
    )


def remove(folder: Path) -> None:
    """What cannot be removed stays, without an error."""
    shutil.rmtree(folder, ignore_errors=True)


def prune_diffs(home: Home, used: Collection[str], now: float) -> None:
    """Removes what comparing wrote for cards and repositories that are gone, and what of others is old.
    `used` are the names of the folders of those that are there."""
    for folder in home.diffs.glob("*"):
        if folder.name in used:
            diffs.prune(folder, now)
        else:
            remove(folder)


def size(folder: Path) -> int:
    """Bytes of the files in it; files that disappear meanwhile count as zero."""
    total = 0
    for each in folder.rglob("*"):
        try:
            total += each.lstat().st_size
        except OSError:
            continue
    return total


def _foreign(home: Home) -> Iterator[Path]:
    folder = home.root / "launches"
    own = home.launches.resolve()
    if folder.is_dir():
        yield from (each for each in folder.iterdir() if each.is_dir() and each.resolve() != own)


def _newest(folder: Path) -> float:
    return max(each.lstat().st_mtime for each in (folder, *folder.rglob("*")))


def _in_use(folder: Path) -> bool:
    """Whether a process without a window runs there, or any process was started with a file of it."""
    if any(processes.look(each).state == "running" for each in folder.glob("*/process.*")):
        return True
    name = str(folder.resolve())
    return any(
        name in word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()
    )
