"""Ends a process that was started earlier, by any process."""

import contextlib
import os
import signal
import time
from pathlib import Path

from orchestrator.world.processes.identity import identity
from orchestrator.world.processes.outcome import Outcome, look

_LOOK_EVERY = 0.02
_BEGINS_WITHIN = 5.0
"""Seconds within which a runner that has the folder knows its command's pid."""
_AFTER_KILL = 5.0
"""Seconds after SIGKILL within which the runner records the command's result."""


def end(folder: Path, patience: float) -> Outcome:
    """Ends the command and its children, and returns its state.

    Its process group gets SIGTERM, after `patience` seconds SIGKILL; waits for it. Never affects a process
    that only has the same pid.
    """
    outcome = _wait(folder, 0.0)
    if outcome.state != "running":
        return outcome
    _signal(outcome, signal.SIGTERM)
    ended = _wait(folder, patience)
    if ended.state == "running":
        _signal(ended, signal.SIGKILL)
        return _wait(folder, _AFTER_KILL)
    # its children may have missed the first one
    _signal(outcome, signal.SIGKILL)
    return ended


def _wait(folder: Path, seconds: float) -> Outcome:
    """Until it is not running, or that long; a little longer if its pid is not known yet."""
    began = time.monotonic()
    while True:
        outcome = look(folder)
        patience = seconds if outcome.pid else max(seconds, _BEGINS_WITHIN)
        if outcome.state != "running" or time.monotonic() - began >= patience:
            return outcome
        time.sleep(_LOOK_EVERY)


def _signal(outcome: Outcome, number: signal.Signals) -> None:
    # A group's number is not reused while the group has members, so if no process has that pid the group is
    # still the command's.
    if outcome.pid and identity(outcome.pid) in (outcome.identity, ""):
        # macOS refuses it if only zombies are left
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(outcome.pid, number)
