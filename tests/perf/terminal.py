"""A terminal of our own: a program in a pty, and the time at which each of its bytes arrived."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Sequence
from types import TracebackType


class Terminal:
    """Runs `argv` at this size. Times are those of `time.time()`, in seconds, taken when a read returned."""

    def __init__(self, argv: Sequence[str], columns: int = 200, rows: int = 50) -> None:
        self.started = time.time()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            # os.environ to the letter: readline has set COLUMNS behind its back, and Textual believes it
            os.execvpe(argv[0], list(argv), os.environ)  # noqa: S606 (an argument list)
        self._chunks: list[tuple[float, bytes]] = []
        self._more = threading.Condition()
        self._closed = False
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self._closed = True

    def press(self, keys: bytes) -> float:
        """Types; when."""
        at = time.time()
        os.write(self._fd, keys)
        return at

    def bytes_since(self, at: float) -> int:
        with self._more:
            return sum(len(data) for when, data in self._chunks if when >= at)

    def text_since(self, at: float) -> str:
        with self._more:
            return b"".join(data for when, data in self._chunks if when >= at).decode(errors="replace")

    def chunks_since(self, at: float) -> list[tuple[float, bytes]]:
        with self._more:
            return [chunk for chunk in self._chunks if chunk[0] >= at]

    def sees(self, pattern: str, since: float, within: float) -> float | None:
        """When the bytes since then first matched; `None` when they did not in time."""
        wanted = re.compile(pattern.encode(), re.DOTALL)
        deadline = time.monotonic() + within
        text, taken = b"", 0
        with self._more:
            while True:
                while taken < len(self._chunks):
                    when, data = self._chunks[taken]
                    taken += 1
                    if when >= since:
                        text += data
                        if wanted.search(text):
                            return when
                if not self._more.wait(deadline - time.monotonic()):
                    return None

    def _read(self) -> None:
        while not self._closed:
            if not select.select([self._fd], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self._fd, 1 << 18)
            except OSError:
                return
            with self._more:
                self._chunks.append((time.time(), data))
                self._more.notify_all()
