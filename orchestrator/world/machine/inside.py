"""Which processes work in a folder: those whose working directory is in it."""

import fcntl
import os
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOKS_FOR = 5.0
"""Seconds for checking all processes, however many there are."""
_LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """A process that works there."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


def inside(folder: Path, lock: Path | None = None, but: Collection[int] = ()) -> tuple[Found, ...]:
    """The user's processes that work in the folder, except this one and those with the pids `but`, and the
    holder of the `lock` of the agent that works there, wherever its working directory is.

    Raises `TimeoutError` if that takes too long. Information that the system restricts to other users is
    omitted.
    """
    there = os.path.realpath(folder)
    deadline = time.monotonic() + _LOOKS_FOR
    found = {}
    for process in psutil.process_iter():
        if time.monotonic() > deadline:
            raise TimeoutError(f"cannot list the processes in {folder} within {_LOOKS_FOR:g} s")
        if process.pid == os.getpid() or process.pid in but:
            continue
        with suppress(psutil.Error, OSError):
            cwd = process.cwd()
            if cwd == there or cwd.startswith(f"{there}{os.sep}"):
                found[process.pid] = Found(process.pid, process.name())
    if lock and (pid := _holder(lock)) and pid not in found and pid not in but:
        with suppress(psutil.Error):
            found[pid] = Found(pid, psutil.Process(pid).name())
    return tuple(found[pid] for pid in sorted(found))


def empty_within(
    folder: Path, seconds: float, lock: Path | None = None, but: Collection[int] = ()
) -> tuple[Found, ...]:
    """As `inside`, after at most that many seconds for processes that are just ending."""
    until = time.monotonic() + seconds
    while (found := inside(folder, lock, but)) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)
    return found


def _holder(lock: Path) -> int:
    """The process that holds the lock, as written in it; 0 for none."""
    try:
        file = os.open(lock, os.O_RDWR)
    except OSError:
        return 0
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        said = os.pread(file, 32, 0).decode(errors="replace").strip()
        return int(said) if said.isdecimal() else 0
    finally:
        os.close(file)
    return 0
