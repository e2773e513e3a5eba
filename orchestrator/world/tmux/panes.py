"""What tmux reports about the panes that orch opened."""

import os
import re
import signal
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass

from orchestrator import process

HUB_WORD = "orch:hub"
"""Part of the command of the hub's window."""
_WORD = re.compile(r" orch:([0-9a-f]*):([^\s:'\"]+):(\d+) ")


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose session a window contains: which run of which card of which journal (an id; empty if it is from
    before journals had ids)."""

    card: str
    run: int
    journal: str = ""

    @property
    def word(self) -> str:
        """Its form in the command that the window is opened with."""
        return f"orch:{self.journal}:{self.card}:{self.run}"

    @property
    def options(self) -> dict[str, str]:
        """Its form in the options of the window's pane."""
        return {"@orch_card": self.card, "@orch_run": str(self.run), "@orch_journal": self.journal}


@dataclass(frozen=True, slots=True)
class Pane:
    """A window that orch opened, its pane, the process in it and that of the tmux server: `@3`, `%3`, and two
    process ids."""

    window: str
    pane: str
    pid: int
    server: int


@dataclass(frozen=True, slots=True)
class PaneSeen:
    """A session's pane in one sweep."""

    window: str
    pane: str
    pid: int
    dead: bool
    exit_code: int | None
    """128 + n for signal n; `None` while it runs, and if tmux does not know."""
    mark: Mark
    last_activity: float
    """When the window last printed something, in whole seconds since the epoch."""
    set_up: bool = True
    """Whether its options were set; they were not if the call that opened it was interrupted."""

    @property
    def card(self) -> str:
        """The card's id, from the window's own mark; its name may have been changed."""
        return self.mark.card

    @property
    def run(self) -> int:
        """Which run of the card's session, from the window's own mark."""
        return self.mark.run


@dataclass(frozen=True, slots=True)
class Sweep:
    """All of orch's panes at one moment. Another `server_pid` means another server: ids start again."""

    server_pid: int
    panes: tuple[PaneSeen, ...]
    attached: bool
    """A client is attached to one of the windows."""
    foreign: tuple[PaneSeen, ...] = ()
    """Panes of another journal's sessions."""
    session: str = ""
    """The id of the session that contains the windows; empty for none."""
    altered: bool = False
    """The server is set to end when no client is attached."""


# A pane that the user splits off has neither the options, which are set on the agent's pane only, nor the
# word. Formats that an older tmux does not know are empty.
FORMAT = "|".join(
    (
        "#{pid}",
        "#{session_attached}",
        "#{session_id}",
        "#{?@orch_session,1,#{==:#{session_name},orch}}",
        "#{window_id}",
        "#{pane_id}",
        "#{pane_pid}",
        "#{pane_dead}",
        "#{pane_dead_status}",
        "#{pane_dead_signal}",
        "#{window_activity}",
        "#{exit-unattached}",
        "#{@orch_hub}",
        "#{@orch_card}",
        "#{@orch_run}",
        "#{@orch_journal}",
        "#{pane_start_command}",
    )
)


def read_sweep(lines: Iterable[str], journals: Container[str] = frozenset({""})) -> Sweep:
    """The sweep from the lines of `list-panes -a -F FORMAT`, at least one. What was opened by a hub of none
    of these `journals` is foreign."""
    rows = [line.split("|", FORMAT.count("|")) for line in lines]
    server = int(rows[0][0])
    # Each view lists all windows again.
    ours = {row[5]: (row, mark) for row in rows if (mark := _mark(row))}
    panes = [_pane(row, mark) for row, mark in ours.values()]
    if any(row[7] == "1" and not pane.dead for (row, _), pane in zip(ours.values(), panes, strict=True)):
        # If tmux keeps login records it can miss the end of a child (tmux issue 311) and then keeps a zombie
        # until another one ends. SIGCHLD makes it check again; any other process ignores it.
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGCHLD)
    return Sweep(
        server_pid=server,
        panes=tuple(pane for pane in panes if pane.mark.journal in journals),
        attached=any(row[1] not in {"", "0"} for row in rows if row[5] in ours or is_hub(row[12], row[16])),
        foreign=tuple(pane for pane in panes if pane.mark.journal not in journals),
        session=next((row[2] for row in rows if row[3] == "1"), ""),
        altered=rows[0][11] in {"1", "on"},
    )


def is_hub(option: str, start_command: str) -> bool:
    """Whether a pane is the hub's, by its option or by the command that it was opened with."""
    return option == "1" or f" {HUB_WORD} " in start_command


def _mark(row: list[str]) -> Mark | None:
    """By the options, or by the start command; a user's own pane has neither."""
    card, run, journal, command = row[13:]
    if card and run.isdecimal():
        return Mark(card, int(run), journal)
    found = _WORD.search(f"{command} ")
    return Mark(found[2], int(found[3]), found[1]) if found else None


def _pane(row: list[str], mark: Mark) -> PaneSeen:
    window, pane, pid, dead, status, killed_by, activity, _, _, card = row[4:14]
    exit_code = _exit_code(status, killed_by) if dead == "1" else None
    return PaneSeen(
        window=window,
        pane=pane,
        pid=int(pid or 0),
        # tmux calls a pane dead once its terminal closed, before it knows the exit code.
        dead=dead == "1" and (exit_code is not None or not process.exists(int(pid or 0))),
        exit_code=exit_code,
        mark=mark,
        last_activity=float(activity or 0),
        set_up=bool(card),
    )


def _exit_code(status: str, killed_by: str) -> int | None:
    if killed_by.isdecimal():
        return 128 + int(killed_by)
    if killed_by:  # the BSDs and macOS report the name
        number = getattr(signal, f"SIG{killed_by.upper().removeprefix('SIG')}", None)
        return None if number is None else 128 + int(number)
    return int(status) if status.isdecimal() else None
