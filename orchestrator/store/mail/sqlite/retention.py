"""Retention of the mail file: threads that are over, and blobs without a reference."""

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from orchestrator.core.mail.message import Message
from orchestrator.core.retention import Removable

LOOSE_S = 86_400.0
"""Seconds for which a blob without a reference is kept: a message with one may be about to be sent."""

_AT_ONCE = 5
"""Blobs, of up to 8 MiB, that one step removes."""

_OVER = """
    SELECT thread FROM (SELECT DISTINCT thread FROM messages
        WHERE at < :before AND (:thread = '' OR thread = :thread)) m
    WHERE NOT EXISTS (
        SELECT 1 FROM messages n LEFT JOIN deliveries d ON d.message = n.seq WHERE n.thread = m.thread AND (
            n.at >= :before OR d.place IN ('waiting', 'leased')
            OR (d.place = 'done' AND d.at >= :before) OR (d.place = 'dead' AND d.at >= :dead_before)))
    AND NOT EXISTS (
        SELECT 1 FROM gathers g WHERE g.open = 1 AND (json_extract(g.body, '$.thread') = m.thread
            OR g.id IN (SELECT json_extract(n.head, '$.gather') FROM messages n WHERE n.thread = m.thread)))
"""
"""Threads, or the given one, in which nothing is new, unread, leased, newly dead or expected."""


def threads(path: Path, before: float, dead_before: float) -> dict[str, Removable]:
    """The threads to remove, and the size of each. Reads beside the writer without blocking it."""
    size = (
        "SELECT count(*), sum(length(subject) + length(body) + length(head)) FROM messages WHERE thread = ?"
    )
    with closing(_reader(path)) as db:
        found = db.execute(_OVER, {"thread": "", "before": before, "dead_before": dead_before}).fetchall()
        return {thread: Removable(*db.execute(size, (thread,)).fetchone()) for (thread,) in found}


def forget(db: sqlite3.Connection, thread: str, before: float, dead_before: float) -> bool:
    """Removes the whole thread, unless it continues or is already gone."""
    if not db.execute(_OVER, {"thread": thread, "before": before, "dead_before": dead_before}).fetchone():
        return False
    rows = db.execute("SELECT seq, subject, body FROM messages WHERE thread = ?", (thread,)).fetchall()
    for seq, subject, body in rows:
        db.execute(
            "INSERT INTO words (words, rowid, subject, body) VALUES ('delete', ?, ?, ?)", (seq, subject, body)
        )
        db.execute("DELETE FROM deliveries WHERE message = ?", (seq,))
        db.execute("DELETE FROM messages WHERE seq = ?", (seq,))
    db.execute("DELETE FROM gathers WHERE open = 0 AND json_extract(body, '$.thread') = ?", (thread,))
    return True


def blobs(path: Path) -> Removable:
    """All stored ones."""
    with closing(_reader(path)) as db:
        return Removable(*db.execute("SELECT count(*), ifnull(sum(length(data)), 0) FROM blobs").fetchone())


def loose_blobs(path: Path) -> tuple[str, ...]:
    """The blobs without a reference now."""
    sql = (
        "SELECT sha256 FROM blobs WHERE sha256 NOT IN (SELECT json_extract(r.value, '$.sha256') "
        "FROM messages m, json_each(m.head, '$.refs') r WHERE json_extract(r.value, '$.sha256') IS NOT NULL)"
    )
    with closing(_reader(path)) as db:
        return tuple(name for (name,) in db.execute(sql))


def mark_loose(db: sqlite3.Connection, loose: Collection[str], now: float) -> None:
    """Records since when these blobs, and no others, have no reference."""
    names = json.dumps(list(loose))
    db.execute("DELETE FROM loose WHERE sha256 NOT IN (SELECT value FROM json_each(?))", (names,))
    db.execute("INSERT OR IGNORE INTO loose SELECT value, ? FROM json_each(?)", (now, names))


def drop_blobs(db: sqlite3.Connection, now: float) -> int:
    """Removes some of those that have had no reference for long; returns how many."""
    old = db.execute(
        "SELECT sha256 FROM loose WHERE since <= ? LIMIT ?", (now - LOOSE_S, _AT_ONCE)
    ).fetchall()
    for table in ("blobs", "loose"):
        db.executemany(f"DELETE FROM {table} WHERE sha256 = ?", old)  # noqa: S608 (two names, both here)
    return len(old)


def pointed_at(db: sqlite3.Connection, message: Message) -> None:
    """The stored message refers to its blobs: these have a reference again."""
    for ref in message.refs:
        if ref.sha256:
            db.execute("DELETE FROM loose WHERE sha256 = ?", (ref.sha256,))


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
