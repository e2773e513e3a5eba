"""The state of a process, from its folder and the running processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestrator.world.processes import record
from orchestrator.world.processes.identity import identity

ProcessState = Literal["absent", "running", "ended", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is `absent` (it was never started), `running`, `ended`, or `unknown`: it was started, is gone,
    and its end was not recorded. Times are in seconds since the epoch."""

    state: ProcessState
    pid: int = 0
    """The command's, which leads its own process group; 0 if unknown."""
    identity: str = ""
    """What distinguishes the command's process from others with the same pid."""
    exit_code: int | None = None
    """-n for signal n; 127 if it could not be started, and the output says why."""
    began_at: float | None = None
    ended_at: float | None = None


def look(folder: Path) -> Outcome:
    """Reads a few small files. Raises `OSError` if they cannot be read."""
    began = record.read(folder, record.BEGAN)
    if began is None:
        return Outcome("absent")
    if ended := _ended(folder, began):
        return ended
    command = record.read(folder, record.COMMAND) or {}
    if _runs(began) or _runs(command):
        return _outcome("running", began, command)
    # it may have ended since the first check
    return _ended(folder, began) or _outcome("unknown", began, command)


def _ended(folder: Path, began: dict[str, Any]) -> Outcome | None:
    ended = record.read(folder, record.ENDED)
    return None if ended is None else _outcome("ended", began, ended)


def _outcome(state: ProcessState, began: dict[str, Any], said: dict[str, Any]) -> Outcome:
    return Outcome(
        state,
        pid=said.get("pid", 0),
        identity=said.get("identity", ""),
        exit_code=said.get("exit_code"),
        began_at=began.get("at"),
        ended_at=said.get("ended_at"),
    )


def _runs(said: dict[str, Any]) -> bool:
    return "identity" in said and identity(said["pid"]) == said["identity"]
