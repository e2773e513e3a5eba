"""The end of a process's output, in at most two files per stream.

A file is named after the stream and the position at which it begins: `output-4194304`.
"""

import os
from pathlib import Path

OUTPUT, ERRORS = "output", "errors"
KEPT = 8 * 1024 * 1024
"""Maximum bytes of each stream that are kept; at least the last half of them always are."""


class Log:
    """The writing end, of the runner alone. A full disk loses output and nothing else."""

    def __init__(self, folder: Path, stream: str, kept: int) -> None:
        self._folder, self._stream = folder, stream
        self._largest = max(kept // 2, 1)
        self._starts: list[int] = []
        self._size = 0
        self._file = -1

    def write(self, text: bytes) -> None:
        """Returns when everything is written, or lost because the disk is full."""
        while text:
            try:
                if self._file < 0 or self._size >= self._largest:
                    self._next()
                written = os.write(self._file, text[: self._largest - self._size])
            except OSError:
                return
            self._size += written
            text = text[written:]

    def _next(self) -> None:
        start = self._starts[-1] + self._size if self._starts else 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        new = os.open(self._folder / f"{self._stream}-{start}", flags, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size = new, 0
        self._starts.append(start)
        for old in self._starts[:-2]:
            (self._folder / f"{self._stream}-{old}").unlink(missing_ok=True)
        del self._starts[:-2]


def tail(folder: Path, size: int = 16_384, stream: str = OUTPUT) -> str:
    """The last `size` bytes of output, unchanged; empty for none."""
    starts = _starts(folder, stream)
    if not starts:
        return ""
    text, _ = _read(folder, stream, max(_end(folder, stream, starts) - size, 0), size)
    return text.decode(errors="replace")


def lines(
    folder: Path, position: int = 0, stream: str = OUTPUT, most: int = 1 << 20
) -> tuple[tuple[str, ...], int]:
    """The complete lines of output since that position, and the position after them, from which to continue.

    At most about `most` bytes at once. If the beginning is no longer kept it continues with what is.
    """
    text, start = _read(folder, stream, position, most)
    whole = text.rfind(b"\n") + 1
    if not whole and len(text) >= most:  # a line longer than that
        return lines(folder, position, stream, most * 2)
    # not splitlines(): it splits at characters that JSON does not escape
    return tuple(text[:whole].decode(errors="replace").split("\n")[:-1]), start + whole


def _read(folder: Path, stream: str, position: int, most: int) -> tuple[bytes, int]:
    """At most that many bytes, and the position at which they begin."""
    starts = _starts(folder, stream)
    if not starts:
        return b"", position
    begin = max(position, starts[0])
    found = b""
    for start in starts:
        try:
            with (folder / f"{stream}-{start}").open("rb") as file:
                file.seek(max(begin - start, 0))
                found += file.read(most - len(found))
        except FileNotFoundError:  # it was removed just now
            return _read(folder, stream, position, most)
    return found, begin


def _starts(folder: Path, stream: str) -> list[int]:
    names = (file.name.removeprefix(f"{stream}-") for file in folder.glob(f"{stream}-*"))
    return sorted(int(each) for each in names if each.isdecimal())


def _end(folder: Path, stream: str, starts: list[int]) -> int:
    try:
        return starts[-1] + (folder / f"{stream}-{starts[-1]}").stat().st_size
    except FileNotFoundError:
        return _end(folder, stream, _starts(folder, stream))
