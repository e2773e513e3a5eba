"""Opens windows: marked and set up in the one call that creates them."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.tmux import hooks
from orchestrator.world.tmux.panes import Pane
from orchestrator.world.tmux.server import START_LIMIT, Command, Server
from orchestrator.world.tmux.settings import SESSION, window_settings
from orchestrator.world.tmux.status_line import as_label

_OPENED = "#{window_id}|#{pane_id}|#{pane_pid}|#{pid}|#{session_id}"


@dataclass(frozen=True, slots=True)
class Opening:
    """A window to open: its command and directory, and the options that identify its pane.

    `word` is part of the command that it is opened with. tmux stores that with the pane and no hook can
    change it, so that a window is identified even if its options were not set.
    """

    name: str
    cwd: Path
    argv: Sequence[str]
    word: str
    marks: Mapping[str, str]

    def in_session(self, server: Server, session: str) -> Pane:
        """Opens it in the session with this id. Raises `NoSuchTarget` or `TmuxGone` if there is none."""
        quiet = [
            ("set-option", "-qt", session, hook, "") for hook in ("after-set-option", "after-new-window")
        ]
        return self._open(server, quiet, ("new-window", "-d", "-t", f"{session}:"), lambda _: ())

    def in_new_session(
        self, server: Server, size: tuple[int, int], more: Callable[[str], Sequence[Command]]
    ) -> Pane:
        """Starts the server if necessary, and runs the commands of `more` for the new session in the same
        call.

        Raises `TmuxFailed` (`duplicate session`) if there is one with that name.
        """
        columns, rows = map(str, size)
        new = ("new-session", "-d", "-s", SESSION, "-x", columns, "-y", rows)
        return self._open(server, hooks.removed(), new, more)

    def _open(
        self,
        server: Server,
        before: Sequence[Command],
        new: Command,
        more: Callable[[str], Sequence[Command]],
    ) -> Pane:
        # One call, so that no crash leaves a window without its marks. Later commands of the call find the
        # window by a unique name.
        unique = f"orch-{secrets.token_hex(8)}"
        window = f"={SESSION}:={unique}" if new[0] == "new-session" else f"{new[3]}={unique}"
        call = server.chain(
            *before,
            (*new, "-n", unique, "-P", "-F", _OPENED, "--", *worded(self.word, self.argv)),
            *self._settings(window, window),
            *more(f"={SESSION}:"),
            # Not with tmux's own -c, which it expands as a format.
            cwd=self.cwd,
            limit=START_LIMIT,
        )
        told = call.stdout[0].split("|") if call.stdout else []
        if len(told) != _OPENED.count("|") + 1:
            server.fail(call, str(new[0]))
        window_id, pane, pid, own, session = told
        if call.returncode or call.stderr:
            # Another command interfered. The window exists, and has an id.
            server.run(*self._settings(window_id, pane), *more(f"{session}:"))
        return Pane(window_id, pane, int(pid), int(own))

    def settle(self, server: Server, pane: Pane) -> Pane:
        """Sets up a window that an interrupted call has left; returns its pane."""
        server.run(*self._settings(pane.window, pane.pane))
        return pane

    def _settings(self, window: str, pane: str) -> list[Command]:
        return [
            *window_settings(window, as_label(self.name)),
            *(("set-option", "-p", "-t", pane, option, value) for option, value in self.marks.items()),
            ("rename-window", "-t", window, window_name(self.name)),
        ]


def worded(word: str, argv: Sequence[str]) -> tuple[str, ...]:
    """The arguments in a form that tmux runs unchanged, not with the user's shell, preceded by a word that
    identifies the window."""
    return ("/bin/sh", "-c", 'exec "$@"', word, *argv)


def window_name(text: str) -> str:
    """The text as a window name: tmux expands formats in names, and `:` and `.` separate its targets."""
    return re.sub(r"[^\w-]+", "-", text) or "-"
