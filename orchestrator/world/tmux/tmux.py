"""The tmux server that holds the hub and every session, as the hub uses it."""

import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.core.views import Attachment
from orchestrator.world.tmux import panes, paste, settings, status_line, views
from orchestrator.world.tmux.capture import capture
from orchestrator.world.tmux.errors import NoSuchTarget, TmuxFailed, TmuxGone
from orchestrator.world.tmux.panes import Pane, Sweep
from orchestrator.world.tmux.server import Command, Server, is_tmux
from orchestrator.world.tmux.settings import SESSION
from orchestrator.world.tmux.windows import Opening, never_a_shell

_ALL = ("list-panes", "-s", "-t", f"={SESSION}:", "-F")
_ATTEMPTS = 3
_ENDS_WITHIN = 10.0


class Tmux:
    """One private tmux server. Calls block, may come from any thread, and end in time.

    They raise `TmuxGone` when no server runs on the socket, `TmuxFailed` when tmux refuses or does
    not answer, and `TmuxMissing`. `back_key` and `next_key` are tmux's names of keys; `size` is the
    (columns, rows) of windows that nobody has looked at.
    """

    def __init__(
        self,
        socket: str,
        *,
        back_key: str = "F12",
        next_key: str = "F11",
        mouse: bool = True,
        size: tuple[int, int] = (200, 50),
    ) -> None:
        self._server = Server(socket)
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
        """Makes the window `hub` run `argv` unless something runs in it, and applies our settings.

        Raises `TmuxFailed` when the server carries the hub of another state directory.
        """
        listing = (*_ALL, "#{@orch_hub}|#{pane_dead}|#{window_id}|#{@orch_home}")
        mark = ("set-option", "-t", f"={SESSION}:", "@orch_home", str(home))
        hub = Opening("hub", home, argv, {"@orch_hub": "1"})
        with self._opening:
            for _ in range(_ATTEMPTS):
                try:
                    rows = [line.split("|", 3) for line in self._server.run(listing)]
                    if rows[0][3] not in {"", str(home)}:
                        raise TmuxFailed(
                            f"the tmux socket {self._server.socket} already carries the hub of {rows[0][3]}",
                            hint="Set ORCH_TMUX_SOCKET to another name for this one.",
                        )
                    self._server.run(mark, *self._settings())
                    hubs = [(window, dead) for is_hub, dead, window, _ in rows if is_hub]
                    if not hubs:
                        hub.in_session(self._server)
                    elif all(dead == "1" for _, dead in hubs):
                        self._server.run(("respawn-window", "-t", hubs[0][0], "--", *never_a_shell(argv)))
                    return
                except (TmuxGone, NoSuchTarget):  # at once, or in between: the hub before was just ending
                    if self._open_session(hub, mark):
                        return
        raise self._will_not_start()

    def open_window(self, name: str, cwd: Path, argv: Sequence[str], card: str, run: int) -> Pane:
        """A window that runs `argv` in `cwd` for that run of the card, or the one that was opened for it
        before. Starts the server where there is none.

        Raises `TmuxFailed` when `cwd` is not a directory.
        """
        if not cwd.is_dir():
            raise TmuxFailed(f"no window was opened for {card}", f"{cwd} is not a directory")
        opening = Opening(name, cwd, argv, {"@orch_card": card, "@orch_run": str(run)})
        with self._opening:
            for _ in range(_ATTEMPTS):
                try:
                    for seen in self.sweep().panes:
                        if (seen.card, seen.run) == (card, run):
                            return Pane(seen.window, seen.pane, seen.pid)
                    return opening.in_session(self._server)
                except (TmuxGone, NoSuchTarget):
                    if opened := self._open_session(opening):
                        return opened
        raise self._will_not_start()

    def close_window(self, window: str) -> None:
        """Ends what runs in the window and closes it. Whoever looks at it returns to the board."""
        _check("@", window)
        try:
            views.send_viewers_home(self._server, window)
            self._server.run(("kill-window", "-t", window))
        except (NoSuchTarget, TmuxGone):
            return

    # --- looking ---------------------------------------------------------------------------------

    def sweep(self) -> Sweep:
        """Every pane that `open_window` opened and that is still there, by one call."""
        try:
            seen = panes.read_sweep(self._server.run((*_ALL, panes.FORMAT)))
        except NoSuchTarget:
            seen = Sweep(int(self._server.run(("display-message", "-p", "#{pid}"))[0]), (), attached=False)
        self._server.last_pid = seen.server_pid
        return seen

    @property
    def server_pid(self) -> int | None:
        """The server's process when it last told; `None` until then."""
        return self._server.last_pid

    def windows_by_process(self) -> dict[int, str]:
        """The window of each process that runs in a pane, those that were split off included."""
        rows = [line.split("|") for line in self._server.run((*_ALL, "#{pane_pid}|#{window_id}"))]
        return {int(pid): window for pid, window in rows if pid.isdecimal()}

    def capture(self, wanted: Sequence[str], *, colour: bool = False) -> dict[str, str]:
        """The text in each of these panes, a line per row, by one call. Panes that are gone are left out."""
        for pane in wanted:
            _check("%", pane)
        return {seen.pane: seen.text for seen in capture(self._server, wanted, colour=colour)}

    def capture_sized(self, pane: str) -> tuple[str, int, int]:
        """The pane's text with its colours as escape sequences, its width and its height.

        Raises `NoSuchTarget` when it is gone.
        """
        _check("%", pane)
        for seen in capture(self._server, [pane], colour=True):
            return seen.text, seen.width, seen.height
        raise NoSuchTarget(f"there is no pane {pane}")

    # --- typing ----------------------------------------------------------------------------------

    def paste(self, pane: str, text: str) -> None:
        """Pastes the text, less control characters but `\\n` and `\\t`, and presses Enter.

        Raises `NoSuchTarget` when the pane is gone, `TmuxFailed` when its program has ended or the text
        is empty.
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

    def attach(self, window: str, viewer_tmux: str) -> Attachment:
        """How a terminal whose `$TMUX` is `viewer_tmux` gets to the window. The back key returns it.

        Raises `NoSuchTarget` when the window is closed.
        """
        _check("@", window)
        self.kill_view_leftovers()
        return views.open_view(
            self._server, window, viewer_tmux, mouse=self._mouse, status_line=self._status_line
        )

    def publish(self, labels: Mapping[str, str], waiting: int, queue: tuple[str, ...]) -> None:
        """Tells the status lines what each window's card is and does, how many cards wait for a human,
        and which windows the next key goes through, in order.

        Each call repaints the attached terminals: call it while `sweep().attached`, when something changed.
        """
        for window in (*labels, *queue):
            _check("@", window)
        self._server.run(*status_line.labelling(labels, waiting, queue))

    def kill_view_leftovers(self, older_than: float = 60.0) -> None:
        """Removes views that nobody looks at, save those made less than that many seconds ago, to which
        somebody may be on the way. `attach` does so, too."""
        views.kill_unused(self._server, older_than)

    def end_server(self) -> None:
        """Ends the server with all that runs in it, and returns once it is gone. For `orch demo` and tests.

        Raises `TmuxFailed` on the sockets `default` and `orch`, and when it won't end.
        """
        if self._server.socket in {"default", "orch"}:
            raise TmuxFailed(f"the tmux server on the socket {self._server.socket} is not ended by orch")
        try:
            told = self._server.run(("display-message", "-p", "#{pid}|#{socket_path}"))[0]
            self._server.run(("kill-server",))
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

    def _settings(self) -> list[Command]:
        """For the server and the session; repeating them changes nothing."""
        return [
            *settings.server_settings(),
            *settings.session_settings(SESSION, mouse=self._mouse, status_line=self._status_line),
            ("set-option", "-t", f"={SESSION}:", "default-size", "{}x{}".format(*self._size)),
            *status_line.bindings(*self._keys),
        ]

    def _open_session(self, first: Opening, *more: Command) -> Pane | None:
        """`None` when the server was just ending, or another process made the session first."""
        try:
            return first.in_new_session(self._server, self._size, [*more, *self._settings()])
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
            hint=f"Look for the line of your tmux.conf that ends it: tmux -L {socket}-try new-session",
        )


def _check(kind: str, target: str) -> None:
    # An empty target would be whatever tmux takes for the current one.
    if not re.fullmatch(rf"{kind}\d+", target):
        raise NoSuchTarget(f"{target!r} is not the id of a tmux {'window' if kind == '@' else 'pane'}")
