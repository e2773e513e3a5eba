"""Which messages have reached the session that leased them: those that a killed hub was delivering have not,
and are delivered again.

What a session does after a call proves that it has received the answer. That is written to a file at once, so
that the next hub knows; if the file is lost, messages are delivered twice, never lost.
"""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

Mark = tuple[str, int]
"""A message's id and the fence of its delivery."""


class UnreceivedMail:
    """Marks by session."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._got: dict[str, set[Mark]] = {}
        self._on_the_way: dict[str, set[Mark]] = {}
        self._out: int | None = None

    def open(self, present: Collection[str]) -> None:
        """Reads the file of the previous hub, for sessions that still exist."""
        for line in self._file.read_text().splitlines() if self._file.exists() else ():
            match line.split(" "):
                case [session, message, fence] if session in present and fence.isdecimal():
                    self._got.setdefault(session, set()).add((message, int(fence)))
        lines = [
            f"{session} {message} {fence}\n" for session, got in self._got.items() for message, fence in got
        ]
        new = self._file.with_name(f"{self._file.name}.new")
        new.unlink(missing_ok=True)
        new.touch(0o600)
        new.write_text("".join(lines))
        new.replace(self._file)
        self._out = os.open(self._file, os.O_WRONLY | os.O_APPEND)

    def close(self) -> None:
        """Closes the file; what is `heard` from then on is only kept in memory."""
        if self._out is not None:
            os.close(self._out)
        self._out = None

    def out(self, session: str, marks: Iterable[Mark]) -> None:
        """An answer with these is on the way."""
        self._on_the_way.setdefault(session, set()).update(marks)

    def heard(self, session: str) -> None:
        """The session has continued: its answers have arrived."""
        if not (arrived := self._on_the_way.pop(session, None)):
            return
        self._got.setdefault(session, set()).update(arrived)
        if self._out is not None:
            lines = "".join(f"{session} {message} {fence}\n" for message, fence in arrived)
            os.write(self._out, lines.encode())

    def has(self, session: str, mark: Mark) -> bool:
        """Whether the session has certainly received this message."""
        return mark in self._got.get(session, ())

    def knows(self, session: str, mark: Mark) -> bool:
        """The same, or this hub's answer with it is on the way."""
        return self.has(session, mark) or mark in self._on_the_way.get(session, ())

    def forget(self, session: str) -> None:
        """The session is over, or has nothing leased."""
        self._got.pop(session, None)
        self._on_the_way.pop(session, None)
