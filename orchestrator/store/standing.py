"""Whether what was committed is where the next start will look for it.

SQLite keeps writing to a removed file, and so commits what is lost with the process.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path


class Standing:
    """A database's files as they were when it was opened."""

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        """`connect` opens the file; `connection` is the open one."""
        self.path = path
        self._connect = connect
        self.connection = connect()
        self.opened = 1
        """Counts how often the file was opened: readers have to reopen it as often."""
        self._note()

    def lost(self) -> str:
        """Why what is committed now would be lost, as text; empty if it would not.

        A removed write-ahead log is restored: its contents are first put into the database.
        """
        if not _same(self.path, self._files[""]):
            return (
                f"{self.path} was moved, removed or replaced while orch used it. Put it back, "
                "or start with what is there now: orch hub restart"
            )
        if all(_same(_beside(self.path, end), self._files[end]) for end in ("-wal", "-shm")):
            return ""
        try:
            busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                return f"{self.path}-wal was removed, and the database is in use"
            self.connection.close()
            self.connection = self._connect()
        except sqlite3.Error as error:
            return f"{self.path}-wal was removed, and its contents cannot be put into the database: {error}"
        self.opened += 1
        self._note()
        return ""

    def _note(self) -> None:
        self.connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens the log
        self._files = {end: _stat(_beside(self.path, end)) for end in ("", "-wal", "-shm")}


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _same(path: Path, before: os.stat_result | None) -> bool:
    now = _stat(path)
    return now is not None and before is not None and os.path.samestat(now, before)


def why(error: sqlite3.Error) -> str:
    """A write error as text."""
    said = str(error)
    if "full" in said or "disk I/O" in said:
        return f"{said}. Free disk space; orch continues automatically"
    return f"{said}. Is the disk full?"
