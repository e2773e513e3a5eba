"""The tmux server that contains the hub and every session, as the hub uses it."""

import contextlib
import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.core.board.views import Attachment
from orchestrator.world.tmux import alerts, panes, paste, settings, status_line, views
from orchestrator.world.tmux.capture import capture
from orchestrator.world.tmux.errors import NoSuchTarget, TmuxFailed, TmuxGone
from orchestrator.world.tmux.panes import HUB_WORD, Mark, Pane, PaneSeen, Sweep
from orchestrator.world.tmux.server import Command, Server, is_tmux
from orchestrator.world.tmux.windows import Opening, worded

_ALL = ("list-panes", "-a", "-F")
_ATTEMPTS = 3
_ENDS_WITHIN = 10.0


class Tmux:
    """One private tmux server. Calls block, are thread-safe, and have a timeout.

    They raise `TmuxGone` if no server is running on the socket, `TmuxFailed` if tmux refuses or does not
    respond, and `TmuxMissing`. `back_key` and `next_key` are tmux's names of keys; `size` is the (columns,
    rows) of windows without a client; `journal` is the id of the journal whose sessions are ours, with
    `unmarked` also those from before journals had ids.
    """

    def __init__(
        self,
        socket: str,
        *,
        back_key: str = "F12",
        next_key: str = "F11",
        mouse: bool = True,
        size: tuple[int, int] = (200, 50),
        journal: str = "",
        unmarked: bool = True,
    ) -> None:
        self._server = Server(socket)
        self._journal = journal
        self._ours = frozenset({journal, *([""] if unmarked else [])})
        self._keys = (back_key, next_key)
        self._mouse = mouse
        self._size = size
        self._status_line = status_line.status_line(back_key, next_key)
        self._opening = threading.Lock()
        self._typing: dict[str, threading.Lock] = {}

    def version(self) -> str:
        """Such as `3.3a`. Needs no server."""
        return self._server.run(("-V",))[0].removeprefix("tmux ")

    # --- windows ---------------------------------------------------------------------------------

    def open_hub(self, argv: Sequence[str], home: Path) -> None:
        """Makes the window `hub` run `argv` unless something is running in it, and applies our settings.

        Raises `TmuxFailed` if the server contains the hub of another state directory.
        """
        hub = Opening("hub", home, argv, HUB_WORD, {"@orch_hub": "1"})
        with self._opening:
            for _ in range(_ATTEMPTS):
                try:
                    session, hubs = self._look_for_hubs(home)
                    self._server.run(*self._settings(f"{session}:", home))
                    if not hubs:
                        hub.in_session(self._server, session)
                    elif not any(running for _, running in hubs):
                        again = ("respawn-window", "-t", hubs[0][0], "--", *worded(HUB_WORD, argv))
                        self._server.run(again)
                    return
                except (TmuxGone, NoSuchTarget):  # at once, or in between: the previous hub was just ending
                    if self._open_session(hub, home):
                        return
        raise self._will_not_start()

    def _look_for_hubs(self, home: Path) -> tuple[str, list[tuple[str, bool]]]:
        """The session that contains the windows, and the hub's windows in it, each with whether one is
        running there.

        Raises `NoSuchTarget` if there is no session, `TmuxFailed` if it is another state directory's.
        """
        listing = "#{@orch_home}|#{window_id}|#{pane_dead}|#{@orch_hub}|#{pane_start_command}"
        session = self.sweep().session
        if not session:
            raise NoSuchTarget("orch has no session on its tmux server")
        rows = [
            line.split("|", 4)
            for line in self._server.run(("list-panes", "-s", "-t", f"{session}:", "-F", listing))
        ]
        if rows[0][0] not in {"", str(home)}:
            raise TmuxFailed(
                f"the tmux socket {self._server.socket} already contains the hub of {rows[0][0]}",
                hint="Set ORCH_TMUX_SOCKET to another name for this one.",
            )
        return session, [(row[1], row[2] != "1") for row in rows if panes.is_hub(row[3], row[4])]

    def open_window(self, name: str, cwd: Path, argv: Sequence[str], card: str, run: int) -> Pane:
        """A window that runs `argv` in `cwd` for that run of the card, or the one that was opened for it
        before. Starts the server if there is none.

        Raises `TmuxFailed` if `cwd` is not a directory, or while another run of the card has its window.
        """
        if not cwd.is_dir():
            raise TmuxFailed(f"no window was opened for {card}", f"{cwd} is not a directory")
        mark = Mark(card, run, self._journal)
        opening = Opening(name, cwd, argv, mark.word, mark.options)
        with self._opening:
            for _ in range(_ATTEMPTS):
                try:
                    seen = self.sweep()
                    if there := _opened(seen, card, run):
                        pane = Pane(there.window, there.pane, there.pid, seen.server_pid)
                        return pane if there.set_up else opening.settle(self._server, pane)
                    if not seen.session:
                        raise NoSuchTarget("orch has no session on its tmux server")
                    return opening.in_session(self._server, seen.session)
                except (TmuxGone, NoSuchTarget):
                    if opened := self._open_session(opening):
                        return opened
        raise self._will_not_start()

    def opened(self, card: str, run: int) -> Pane | None:
        """The window that was opened for that run of the card, even if its opening was interrupted.

        Raises `TmuxFailed` while another run of the card has its window.
        """
        try:
            seen = self.sweep()
        except TmuxGone:
            return None
        there = _opened(seen, card, run)
        return Pane(there.window, there.pane, there.pid, seen.server_pid) if there else None

    def close_window(self, window: str) -> None:
        """Ends what runs in the window and closes it. Attached clients return to the board."""
        _check("@", window)
        try:
            views.send_viewers_home(self._server, window)
            self._server.window(window).kill()
        except (NoSuchTarget, TmuxGone):
            return

    def close_pane(self, pane: str) -> None:
        """The same for the one pane: a window with panes that the user has split off stays."""
        _check("%", pane)
        with contextlib.suppress(NoSuchTarget, TmuxGone):
            told = self._server.run(("display-message", "-p", "-t", pane, "#{window_id}|#{window_panes}"))
            window, _, panes_there = told[0].partition("|")
            if panes_there == "1":
                self.close_window(window)
            elif window:
                self._server.pane(pane).kill()

    # --- looking ---------------------------------------------------------------------------------

    def sweep(self) -> Sweep:
        """Every pane that `open_window` opened and that still exists, in one call."""
        try:
            lines = self._server.run((*_ALL, panes.FORMAT))
        except NoSuchTarget:
            lines = []
        if lines:
            seen = panes.read_sweep(lines, self._ours)
        else:
            seen = Sweep(int(self._server.run(("display-message", "-p", "#{pid}"))[0]), (), attached=False)
        self._server.last_pid = seen.server_pid
        if seen.altered:  # by a tmux.conf that was loaded again
            self._server.run(*settings.server_settings())
        return seen

    @property
    def server_pid(self) -> int | None:
        """The server's last known process; `None` until then."""
        return self._server.last_pid

    def windows_by_process(self) -> dict[int, str]:
        """The window of each process that runs in a pane, including panes that were split off."""
        rows = [line.split("|") for line in self._server.run((*_ALL, "#{pane_pid}|#{window_id}"))]
        return {int(pid): window for pid, window in rows if pid.isdecimal()}

    def capture(self, wanted: Sequence[str], *, colour: bool = False) -> dict[str, str]:
        """The text in each of these panes, a line per row, in one call. Panes that are gone are omitted."""
        for pane in wanted:
            _check("%", pane)
        return {seen.pane: seen.text for seen in capture(self._server, wanted, colour=colour)}

    def capture_sized(self, pane: str) -> tuple[str, int, int]:
        """The pane's text with its colours as escape sequences, its width and its height.

        Raises `NoSuchTarget` if it is gone.
        """
        _check("%", pane)
        for seen in capture(self._server, [pane], colour=True):
            return seen.text, seen.width, seen.height
        raise NoSuchTarget(f"no pane {pane}")

    # --- typing ----------------------------------------------------------------------------------

    def paste(self, pane: str, text: str) -> None:
        """Pastes the text, without control characters except `\n` and `\t`, and presses Enter.

        Raises `NoSuchTarget` if the pane is gone, `TmuxFailed` if its program has ended or the text is empty.
        """
        _check("%", pane)
        with self._typing.setdefault(pane, threading.Lock()):
            paste.paste(self._server, pane, text)

    def send_keys(self, pane: str, *keys: str) -> None:
        """Presses keys by tmux's names for them, such as `Escape`, `C-c` or `Enter`."""
        _check("%", pane)
        with self._typing.setdefault(pane, threading.Lock()):
            paste.press(self._server, pane, keys)

    # --- viewers ---------------------------------------------------------------------------------

    def attach(self, window: str, viewer_tmux: str, pane: str = "") -> Attachment:
        """How a terminal whose `$TMUX` is `viewer_tmux` attaches to the window, or to the session's `pane`
        wherever it is now. The back key returns it.

        Raises `NoSuchTarget` if the window is closed.
        """
        _check("@", window)
        self.kill_view_leftovers()
        seen = self.sweep()
        if not (session := seen.session):
            raise NoSuchTarget("orch has no session on its tmux server")
        if pane and (now := next((each.window for each in seen.panes if each.pane == pane), "")):
            window = now
            self._server.run(("select-pane", "-t", pane))
        return views.open_view(
            self._server, session, window, viewer_tmux, mouse=self._mouse, status_line=self._status_line
        )

    def seen_last(self, view: str) -> str:
        """The window that the view of an `Attachment` showed last; empty if unknown."""
        return views.seen_last(self._server, view)

    def publish(self, labels: Mapping[str, str], waiting: int, queue: tuple[str, ...]) -> None:
        """Sets the card and its state for each window's status line, the number of entries in the queue, and
        the windows that the next key goes through, in order.

        Each call repaints the attached terminals: call it while `sweep().attached`, when something changed.
        """
        for window in (*labels, *queue):
            _check("@", window)
        self._server.run(*status_line.labelling(labels, waiting, queue))

    def alert(self, text: str, *, bell: bool) -> int:
        """Shows the text for a few seconds in every terminal that is attached to a session, and rings its
        bell; returns how many those are."""
        return alerts.alert(self._server, text, bell=bell)

    def viewer_active_at(self) -> float:
        """When a key was last pressed in a terminal that is attached to a session; 0 if there is none."""
        return max((each.active_at for each in alerts.viewers(self._server)), default=0.0)

    def kill_view_leftovers(self, older_than: float = 60.0) -> None:
        """Removes views without a client, except those created less than that many seconds ago, which may be
        about to be attached. `attach` does so, too."""
        views.kill_unused(self._server, older_than)

    def end_server(self) -> None:
        """Ends the server with everything in it, and returns once it is gone. For `orch demo` and tests.

        Raises `TmuxFailed` on the sockets `default` and `orch`, and if it does not end.
        """
        if self._server.socket in {"default", "orch"}:
            raise TmuxFailed(f"orch does not end the tmux server on the socket {self._server.socket}")
        try:
            told = self._server.run(("display-message", "-p", "#{pid}|#{socket_path}"))[0]
            self._server.kill()
        except TmuxGone:
            return
        pid, _, path = told.partition("|")
        deadline = time.monotonic() + _ENDS_WITHIN
        while is_tmux(int(pid)):
            if time.monotonic() > deadline:
                raise TmuxFailed(f"the tmux server on the socket {self._server.socket} did not end")
            time.sleep(0.01)
        Path(path).unlink(missing_ok=True)  # tmux leaves it behind

    # --- below -----------------------------------------------------------------------------------

    def _settings(self, session: str, home: Path | None) -> list[Command]:
        """For the server and the session that `session` targets; idempotent."""
        marks = [("set-option", "-t", session, "@orch_session", "1")]
        if home:
            marks.append(("set-option", "-t", session, "@orch_home", str(home)))
        return [
            *settings.server_settings(),
            *marks,
            *settings.session_settings(session, mouse=self._mouse, status_line=self._status_line),
            ("set-option", "-t", session, "default-size", "{}x{}".format(*self._size)),
            *status_line.bindings(*self._keys),
        ]

    def _open_session(self, first: Opening, home: Path | None = None) -> Pane | None:
        """`None` if the server was just ending, or another process created the session first."""
        try:
            return first.in_new_session(self._server, self._size, lambda new: self._settings(new, home))
        except TmuxGone:
            time.sleep(0.1)
        except TmuxFailed as error:
            if "duplicate session" not in error.why:
                raise
        return None

    def _will_not_start(self) -> TmuxFailed:
        socket = self._server.socket
        return TmuxFailed(
            f"the tmux server on the socket {socket} ends as soon as it starts",
            hint=f"Find the line of your tmux.conf that ends it: tmux -L {socket}-try new-session",
        )


def _opened(seen: Sweep, card: str, run: int) -> PaneSeen | None:
    """The pane of that run; one that a call set up takes precedence over one that only has its word."""
    own = [pane for pane in seen.panes if pane.card == card]
    found = sorted((pane for pane in own if pane.run == run), key=lambda pane: not pane.set_up)
    other = next((pane for pane in own if pane.run != run and not pane.dead), None)
    if other and not found:
        raise TmuxFailed(
            f"cannot open a second window for {card}",
            f"its run {other.run} is still running in the window {other.window} (process {other.pid})",
            "Stop the card, or end that process; then start it again.",
        )
    return found[0] if found else None


def _check(kind: str, target: str) -> None:
    # An empty target would be tmux's current one.
    if not re.fullmatch(rf"{kind}\d+", target):
        raise NoSuchTarget(f"{target!r} is not the id of a tmux {'window' if kind == '@' else 'pane'}")
