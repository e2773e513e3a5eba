"""The observable ancestors of a process, and the mark on what orch starts."""

import contextlib
import os
import re

import psutil

from orchestrator.core.sessions.lineage import ProcessFacts
from orchestrator.world.processes.identity import identity

_OURS = ("ORCH_CARD", "ORCH_TOKEN", "ORCH_RUN", "ORCH_STAGE")
_LOCKS = re.compile(rb"^Max file locks\s+\S+\s+(\d+)", re.MULTILINE)
_ATTEMPTS = 5
_MOST = 64
"""Maximum ancestors that are checked; there are rarely ten."""


def lineage(pid: int, began: str) -> tuple[ProcessFacts, ...]:
    """The process and its ancestors, nearest first; empty if it is not the one with that `identity`, or if an
    ancestor ended meanwhile.

    Information that the system hides about another user's process is omitted.
    """
    for _ in range(_ATTEMPTS):
        chain = _ancestors(pid)
        if chain is not None:
            return chain if began and identity(pid) == began else ()
    return ()


def mark(pid: int, value: int) -> bool:
    """Marks a process of ours and everything that it starts from now on, see
    `core.sessions.lineage.marked`; returns whether it succeeded. It fails if the system has no such limits
    or if the process has a lower mark."""
    if not hasattr(psutil.Process, "rlimit"):
        return False
    try:
        psutil.Process(pid).rlimit(psutil.RLIMIT_LOCKS, (value, value))
    except (psutil.Error, OSError, ValueError):
        return False
    return True


def own_mark() -> int | None:
    """The mark of this process."""
    return _mark_of(os.getpid())


def _ancestors(pid: int) -> tuple[ProcessFacts, ...] | None:
    """`None` if one of them ended meanwhile: its own ancestors can no longer be known."""
    chain: dict[int, ProcessFacts] = {}
    while pid > 0 and pid not in chain and len(chain) < _MOST:
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                parent, name = process.ppid(), process.name()
        except psutil.Error:
            if not psutil.pid_exists(pid):
                return None
            break  # another user's, which some systems hide
        chain[pid] = ProcessFacts(pid, name, _environment(process), _mark_of(pid), _runner(process))
        pid = parent
    return tuple(chain.values())


def _environment(process: psutil.Process) -> dict[str, str]:
    with contextlib.suppress(psutil.Error, OSError):
        given = process.environ()
        return {name: given[name] for name in _OURS if name in given}
    return {}


def _mark_of(pid: int) -> int | None:
    # not with psutil, which may not read this for a process with another group
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/limits", "rb") as limits:  # noqa: PTH123 (twice as fast as Path's)
            found = _LOCKS.search(limits.read())
        return int(found[1]) if found else None
    return None


def _runner(process: psutil.Process) -> str:
    """The last word of the runner's command line is its folder, see `starting.runner`."""
    with contextlib.suppress(psutil.Error, OSError):
        words = process.cmdline()
        if any("orchestrator.world.processes.runner" in word for word in words):
            return words[-1]
    return ""
