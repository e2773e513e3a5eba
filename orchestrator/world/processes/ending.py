"""Ending a process that was begun earlier, by whomever."""

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
"""Seconds after SIGKILL within which the runner writes down what became of the command."""


def end(folder: Path, patience: float) -> Outcome:
    """Ends the command and what it started, and says how far it is then.

    Its process group gets SIGTERM, after `patience` seconds SIGKILL; waits for it. Nothing happens to a
    process that only has the same pid.
    """
    outcome = _wait(folder, 0.0)
    if outcome.state != "running":
        return outcome
    _signal(outcome, signal.SIGTERM)
    ended = _wait(folder, patience)
    if ended.state == "running":
        _signal(ended, signal.SIGKILL)
        return _wait(folder, _AFTER_KILL)
    # what it started may have overheard the first
    _signal(outcome, signal.SIGKILL)
    return ended


def _wait(folder: Path, seconds: float) -> Outcome:
    """Until it doesn't run, or that long; a little longer where its pid isn't known yet."""
    began = time.monotonic()
    while True:
        outcome = look(folder)
        patience = seconds if outcome.pid else max(seconds, _BEGINS_WITHIN)
        if outcome.state != "running" or time.monotonic() - began >= patience:
            return outcome
        time.sleep(_LOOK_EVERY)


def _signal(outcome: Outcome, number: signal.Signals) -> None:
    # A group's number isn't given to a new process while the group has members, so if nobody has that pid
    # the group is the command's still.
    if outcome.pid and identity(outcome.pid) in (outcome.identity, ""):
        # macOS forbids it where only ended ones are left
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(outcome.pid, number)
