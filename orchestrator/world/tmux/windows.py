"""Opening windows: marked and set up in the one call that makes them."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.tmux.panes import Pane
from orchestrator.world.tmux.server import START_LIMIT, Command, Server
from orchestrator.world.tmux.settings import SESSION, window_settings
from orchestrator.world.tmux.status_line import as_label

_OPENED = "#{window_id}|#{pane_id}|#{pane_pid}"


@dataclass(frozen=True, slots=True)
class Opening:
    """A window to be: what runs in it and where, and the options that its pane is known by."""

    name: str
    cwd: Path
    argv: Sequence[str]
    marks: Mapping[str, str]

    def in_session(self, server: Server) -> Pane:
        """Raises `NoSuchTarget` or `TmuxGone` when there is no session to open it in."""
        return self._open(server, ("new-window", "-d", "-t", f"={SESSION}:"), ())

    def in_new_session(self, server: Server, size: tuple[int, int], more: Sequence[Command]) -> Pane:
        """Starts the server if need be, and runs `more` in the same call.

        Raises `TmuxFailed` (`duplicate session`) when the session is there.
        """
        columns, rows = map(str, size)
        return self._open(server, ("new-session", "-d", "-s", SESSION, "-x", columns, "-y", rows), more)

    def _open(self, server: Server, new: Command, more: Sequence[Command]) -> Pane:
        # One call, so that no crash leaves a window without its marks. What follows in the call finds
        # the window by a name that no other has.
        unique = f"orch-{secrets.token_hex(8)}"
        window = f"={SESSION}:={unique}"
        told = server.run(
            (*new, "-n", unique, "-P", "-F", _OPENED, "--", *never_a_shell(self.argv)),
            *window_settings(window, as_label(self.name)),
            *(("set-option", "-p", "-t", window, option, value) for option, value in self.marks.items()),
            *more,
            ("rename-window", "-t", window, window_name(self.name)),
            # Not by tmux's own -c, which it expands as a format.
            cwd=self.cwd,
            limit=START_LIMIT,
        )
        window_id, pane, pid = told[0].split("|")
        return Pane(window_id, pane, int(pid))


def never_a_shell(argv: Sequence[str]) -> tuple[str, ...]:
    """The arguments such that tmux runs them as they are; it gives a lone one to the user's shell."""
    return ("/bin/sh", "-c", 'exec "$0"', *argv) if len(argv) == 1 else tuple(argv)


def window_name(text: str) -> str:
    """The text as a window name: tmux expands formats in names, and `:` and `.` part its targets."""
    return re.sub(r"[^\w-]+", "-", text) or "-"
