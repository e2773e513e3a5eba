"""The session's own terminal: raw keys in, text out, and its size; or none."""

import contextlib
import os
import signal
import stat
import sys
import termios
import tty
from collections.abc import Callable

from orchestrator.demo.keys import Decoder, Key
from orchestrator.demo.loop import Loop

_ESCAPE_WITHIN = 0.05
"""Seconds after which a lone escape is the key Esc."""


class Terminal:
    """Delivers keys from `open` to `close`. Without a terminal there are no keys and the size is 80x24."""

    def __init__(self, loop: Loop, on_key: Callable[[Key], None], on_resize: Callable[[], None]) -> None:
        self._loop, self._on_key, self._on_resize = loop, on_key, on_resize
        self._in, self._out = _keyboard(), sys.stdout.fileno()
        self._decoder = Decoder()
        self._before: list[object] | None = None

    def open(self) -> None:
        """Sets raw mode and bracketed paste; does nothing if standard input is not a terminal."""
        if os.isatty(self._in):
            self._before = termios.tcgetattr(self._in)
            tty.setraw(self._in)
            self.write("\x1b[?2004h")
            self._loop.watch(self._in, self._read)
            self._loop.on_signal(signal.SIGWINCH, self._on_resize)

    def close(self) -> None:
        """Restores the terminal; a second call does nothing."""
        if self._before:
            self._loop.forget(self._in)
            self.write("\x1b[?2004l\x1b[?25h")
            with contextlib.suppress(termios.error):  # the terminal is already gone
                termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)  # type: ignore[arg-type]
            self._before = None

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            width, height = os.get_terminal_size(self._out)
        except OSError:
            return 80, 24
        return max(20, width), max(8, height)

    def write(self, text: str) -> None:
        """Writes all of it, and ignores a missing terminal. Unencodable characters become `?`."""
        data = text.encode(errors="replace")
        with contextlib.suppress(OSError):  # the terminal is gone; SIGHUP is on its way
            while data:
                data = data[os.write(self._out, data) :]

    def _read(self) -> None:
        try:
            data = os.read(self._in, 65_536)
        except OSError:
            data = b""
        if not data:
            self._loop.forget(self._in)
            return
        for key in self._decoder.feed(data):
            self._on_key(key)
        if self._decoder.waits:
            self._loop.later(_ESCAPE_WITHIN, self._flush)

    def _flush(self) -> None:
        for key in self._decoder.flush():
            self._on_key(key)


def _keyboard() -> int:
    """Standard input; if that is a file with the first prompt, the terminal itself."""
    if is_file(stdin := sys.stdin.fileno()) and os.isatty(sys.stdout.fileno()):
        with contextlib.suppress(OSError):
            return os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    return stdin


def is_file(number: int) -> bool:
    """Whether that file descriptor is a regular file. Raises `OSError` for a closed one."""
    return stat.S_ISREG(os.fstat(number).st_mode)


class NoTerminal:
    """Replaces `Terminal` if the session has none: there are no keys, and output is discarded."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def size(self) -> tuple[int, int]:
        return 80, 24

    def write(self, text: str) -> None: ...
