"""What tmux tells of the panes that orch opened."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pane:
    """A window that orch opened, its pane and the process in it: `@3`, `%3` and a process id."""

    window: str
    pane: str
    pid: int


@dataclass(frozen=True, slots=True)
class PaneSeen:
    """A session's pane as one sweep saw it."""

    window: str
    pane: str
    pid: int
    dead: bool
    exit_code: int | None
    """128 + n for signal n; `None` while it runs, and where tmux can't say."""
    card: str
    run: int
    name: str
    last_activity: float
    """When the window last printed something, in whole seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every pane of orch's at one moment. Another `server_pid` means another server: ids start anew."""

    server_pid: int
    panes: tuple[PaneSeen, ...]
    attached: bool
    """Somebody looks at one of the windows."""


# `@orch_card` is an option of the agent's pane alone: a pane that the user splits off has none.
# Formats that an older tmux does not know come out empty.
FORMAT = "|".join(
    (
        "#{pid}",
        "#{session_attached}",
        "#{session_group_attached}",
        "#{window_id}",
        "#{pane_id}",
        "#{pane_pid}",
        "#{pane_dead}",
        "#{pane_dead_status}",
        "#{pane_dead_signal}",
        "#{window_activity}",
        "#{@orch_card}",
        "#{@orch_run}",
        "#{window_name}",
    )
)


def read_sweep(lines: Iterable[str]) -> Sweep:
    """The sweep from the lines of `list-panes -F FORMAT`, of which there is at least one."""
    rows = [line.split("|", FORMAT.count("|")) for line in lines]
    server = int(rows[0][0])
    ours = [row for row in rows if row[10]]
    panes = tuple(_pane(row) for row in ours)
    if any(row[6] == "1" and not pane.dead for row, pane in zip(ours, panes, strict=True)):
        # Where tmux keeps login records it can miss the end of a child (tmux issue 311) and then holds a
        # zombie for as long as no other ends. It looks again when told; to any other process this is nothing.
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGCHLD)
    return Sweep(
        server_pid=server,
        panes=panes,
        attached=any(row[1] not in {"", "0"} or row[2] not in {"", "0"} for row in rows),
    )


def _pane(row: list[str]) -> PaneSeen:
    window, pane, pid, dead, status, killed_by, activity, card, run, name = row[3:]
    exit_code = _exit_code(status, killed_by) if dead == "1" else None
    return PaneSeen(
        window=window,
        pane=pane,
        pid=int(pid or 0),
        # tmux calls a pane dead from when its terminal closed, which is before it knows the exit code.
        dead=dead == "1" and (exit_code is not None or not _runs(int(pid or 0))),
        exit_code=exit_code,
        card=card,
        run=int(run or 0),
        name=name,
        last_activity=float(activity or 0),
    )


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return pid > 0


def _exit_code(status: str, killed_by: str) -> int | None:
    if killed_by.isdecimal():
        return 128 + int(killed_by)
    if killed_by:  # the BSDs and macOS give the name
        number = getattr(signal, f"SIG{killed_by.upper().removeprefix('SIG')}", None)
        return None if number is None else 128 + int(number)
    return int(status) if status.isdecimal() else None
