"""The record of what was told, in a SQLite file of its own: nothing is told twice, and people can look it up.

A message is written before it is sent (`claim`), its outcome afterwards (`settle`). One without an outcome
was cut off by the hub's end: it may have been delivered, so it counts as told.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from orchestrator.core.notifications.policy import Told
from orchestrator.core.notifications.views import NotificationView, Outcome
from orchestrator.store import database

RETRY_AFTER = (30.0, 300.0)
"""Seconds after the first and the second failure; the third is final."""
KEPT_S = 90 * 86_400.0
"""Messages older than that are removed, unless what they told still stands."""

_MIGRATIONS = (
    """
    CREATE TABLE messages (
        id       INTEGER PRIMARY KEY,
        at       REAL NOT NULL,
        channel     TEXT NOT NULL,
        kinds    TEXT NOT NULL,
        needs    TEXT NOT NULL,
        text     TEXT NOT NULL,
        state    TEXT NOT NULL,
        why      TEXT NOT NULL DEFAULT '',
        retry_at REAL NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE told (
        channel    TEXT NOT NULL,
        key     TEXT NOT NULL,
        message INTEGER NOT NULL,
        tries   INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (channel, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX told_by_message ON told (message);
    CREATE TABLE channels (
        name  TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    """,
)
_CUT_OFF = "the hub ended before the outcome was known"

T = TypeVar("T")


class NotificationsError(Exception):
    """The file cannot be read or written; says why."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message about to be sent, and the keys of the occurrences that it tells."""

    at: float
    channel: str
    keys: tuple[str, ...]
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    text: str


class NotificationLog:
    """All methods block for a moment, and are thread-safe. They raise `NotificationsError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def is_fresh(self) -> str:
        """Whether nothing was told yet: `new` if this is the first hub that looks, `begun` if it is not; else
        empty. Afterwards there is a file, an empty one."""
        try:
            if self.path.exists():
                return "" if self.path.stat().st_size else "begun"
            self.path.touch(mode=0o600)
        except OSError as error:
            raise NotificationsError(f"cannot use {self.path}: {error}") from error
        return "new"

    def begin(self, channels: Collection[str], standing: Collection[str], now: float) -> Told:
        """What was told, for a hub that begins; `standing` are the keys of what stands now. They count as
        told by a channel that is new: it tells only what happens from now on."""

        def work(db: sqlite3.Connection) -> Told:
            db.execute("UPDATE messages SET state = 'unknown', why = ? WHERE state = 'sending'", (_CUT_OFF,))
            known = {name for (name,) in db.execute("SELECT name FROM channels")}
            for gone in known - {*channels}:
                db.execute("DELETE FROM channels WHERE name = ?", (gone,))
                db.execute("DELETE FROM told WHERE channel = ?", (gone,))
            for new in sorted({*channels} - known):
                db.execute("INSERT INTO channels VALUES (?)", (new,))
                rows = [(new, key) for key in standing]
                db.executemany("INSERT OR IGNORE INTO told (channel, key, message) VALUES (?, ?, 0)", rows)
            _forget(db, standing, now - KEPT_S)
            return _told(db)

        return self._do(work)

    def claim(self, claim: Claim) -> int:
        """Writes a message that is about to be sent; returns its id."""

        def work(db: sqlite3.Connection) -> int:
            row = (claim.at, claim.channel, json.dumps(claim.kinds), json.dumps(claim.needs), claim.text)
            made = db.execute(
                "INSERT INTO messages (at, channel, kinds, needs, text, state) "
                "VALUES (?, ?, ?, ?, ?, 'sending')",
                row,
            ).lastrowid
            assert made is not None
            db.executemany(
                "INSERT INTO told (channel, key, message) VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET message = excluded.message, tries = tries + 1",
                [(claim.channel, key, made) for key in claim.keys],
            )
            return made

        return self._do(work)

    def settle(self, message: int, outcome: Outcome, now: float) -> float:
        """Writes what became of a message. Returns when it is tried again; 0 for never."""

        def work(db: sqlite3.Connection) -> float:
            retry_at = 0.0
            if outcome.state == "failed" and outcome.again:
                (tries,) = db.execute(
                    "SELECT coalesce(max(tries), 1) FROM told WHERE message = ?", (message,)
                ).fetchone()
                retry_at = now + RETRY_AFTER[tries - 1] if tries <= len(RETRY_AFTER) else 0.0
            db.execute(
                "UPDATE messages SET state = ?, why = ?, retry_at = ? WHERE id = ?",
                (outcome.state, outcome.why, retry_at, message),
            )
            return retry_at

        return self._do(work)

    def latest(self, most: int, *, skipped: bool = False) -> tuple[NotificationView, ...]:
        """The latest messages, newest first; nothing if none was ever told."""
        if not (self.path.exists() and self.path.stat().st_size):
            return ()

        def work(db: sqlite3.Connection) -> tuple[NotificationView, ...]:
            rows = db.execute(
                "SELECT id, at, channel, needs, kinds, text, state, why, retry_at FROM messages "
                "WHERE state != 'skipped' OR ? ORDER BY id DESC LIMIT ?",
                (skipped, most),
            )
            return tuple(_view(row) for row in rows)

        return self._do(work)

    def close(self) -> None:
        """Closes the file; nothing may be called afterwards."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._lock, self._transaction() as db:
                return work(db)
        except (sqlite3.Error, OSError, database.NewerFileError) as error:
            raise NotificationsError(f"cannot use {self.path}: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._db is None:
            self._db = database.connect(self.path, _MIGRATIONS)
            self._db.execute("PRAGMA synchronous = NORMAL")  # survives the hub, not a power failure
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _told(db: sqlite3.Connection) -> Told:
    rows = db.execute(
        "SELECT told.channel, key, retry_at FROM told LEFT JOIN messages ON messages.id = told.message"
    ).fetchall()
    retry = {(channel, key): at for channel, key, at in rows if at}
    return Told(frozenset((channel, key) for channel, key, _ in rows), retry, {})


def _forget(db: sqlite3.Connection, standing: Collection[str], before: float) -> None:
    """Removes old messages, except those about what still stands."""
    old = [each for (each,) in db.execute("SELECT id FROM messages WHERE at < ?", (before,))]
    for message in old:
        keys = [key for (key,) in db.execute("SELECT key FROM told WHERE message = ?", (message,))]
        if not {*keys} & {*standing}:
            db.execute("DELETE FROM told WHERE message = ?", (message,))
            db.execute("DELETE FROM messages WHERE id = ?", (message,))


def _view(row: Sequence[Any]) -> NotificationView:
    number, at, channel, needs, kinds, text, state, why, retry_at = row
    about = tuple(json.loads(needs)), tuple(json.loads(kinds))
    return NotificationView(number, at, channel, *about, text, state, why, retry_at)
