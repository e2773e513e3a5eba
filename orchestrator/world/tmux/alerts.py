"""Alerts in terminals that are attached to sessions: a text in the status line, and the bell."""

import os
from contextlib import suppress
from dataclasses import dataclass

from orchestrator.core.text.clean import one_line
from orchestrator.world.tmux.errors import TmuxGone
from orchestrator.world.tmux.server import Server

_SHOWN_MS = "6000"
_FORM = "#{client_activity}|#{client_tty}|#{client_name}|#{session_name}"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A terminal that is attached to a session, and when a key was last pressed in it."""

    active_at: float
    tty: str
    name: str


def viewers(server: Server) -> list[Viewer]:
    """The terminals that view a session; none without a server."""
    try:
        lines = server.run(("list-clients", "-F", _FORM))
    except TmuxGone:
        return []
    found = []
    for line in lines:
        active_at, tty, name, session = line.split("|", 3)
        if session.startswith("orch-view-"):
            found.append(Viewer(float(active_at or 0), tty, name))
    return found


def alert(server: Server, text: str, *, bell: bool) -> int:
    """Shows the text in each of them; returns how many those are."""
    found = viewers(server)
    for each in found:
        # The text is the value of an option: in a format it would be one. `#[` would begin a style.
        server.chain(
            ("set-option", "-s", "@orch_alert", one_line(text, 300).replace("#[", "# [")),
            ("display-message", "-c", each.name, "-d", _SHOWN_MS, "#{@orch_alert}"),
        )
        if bell and each.tty:
            _ring(each.tty)
    return len(found)


def _ring(tty: str) -> None:
    with suppress(OSError):  # it may have left meanwhile
        terminal = os.open(tty, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            if os.isatty(terminal):
                os.write(terminal, b"\a")
        finally:
            os.close(terminal)
