"""Queries of the mail that change nothing."""

import re
import sqlite3
from collections.abc import Iterable

from orchestrator.core.mail.leases import Dead
from orchestrator.core.mail.message import MessageNotice, Record
from orchestrator.core.mail.order import BoxCount, Thread
from orchestrator.store.mail.sqlite.rows import message_of, passing_of, record_of


def record(db: sqlite3.Connection, message: str) -> Record | None:
    """`None` if no message has that id."""
    return next(
        iter(_records(db, "SELECT m.seq, m.head, m.subject, m.body FROM messages m WHERE m.id = ?", message)),
        None,
    )


def records(db: sqlite3.Connection, box: str, limit: int, before: float | None) -> tuple[Record, ...]:
    """As `MailStore.records`: an empty `box` means all."""
    return _records(
        db,
        "SELECT m.seq, m.head, m.subject, m.body FROM messages m WHERE (?1 = '' OR m.sender = ?1 OR EXISTS "
        "(SELECT 1 FROM deliveries d WHERE d.message = m.seq AND d.box = ?1)) "
        "AND (?2 IS NULL OR m.at < ?2) ORDER BY m.at DESC, m.seq DESC LIMIT ?3",
        box,
        before,
        limit,
    )


def thread(db: sqlite3.Connection, name: str) -> tuple[Record, ...]:
    """Oldest first; empty if no message is in that thread."""
    return _records(
        db, "SELECT m.seq, m.head, m.subject, m.body FROM messages m WHERE m.thread = ? ORDER BY m.seq", name
    )


def export(db: sqlite3.Connection, after: int, limit: int) -> tuple[int, tuple[Record, ...]]:
    """The next messages after that number, oldest first, and the number to continue from."""
    rows = db.execute(
        "SELECT m.seq, m.head, m.subject, m.body FROM messages m WHERE m.seq > ? ORDER BY m.seq LIMIT ?",
        (after, limit),
    ).fetchall()
    return (rows[-1][0] if rows else after), tuple(record_of(db, *row) for row in rows)


def search(db: sqlite3.Connection, query: str, limit: int) -> tuple[Record, ...]:
    """As `MailStore.search`: empty if the query has no letter or digit."""
    # Only letters and digits reach FTS5, each word in quotes: no query can be a syntax error.
    words = re.findall(r"[^\W_]+", query)
    if not words:
        return ()
    match = " ".join(f'"{word}"' for word in words) + "*"
    return _records(
        db,
        "SELECT m.seq, m.head, m.subject, m.body FROM messages m "
        "WHERE m.seq IN (SELECT rowid FROM words WHERE words MATCH ?) "
        "ORDER BY m.at DESC, m.seq DESC LIMIT ?",
        match,
        limit,
    )


def threads(db: sqlite3.Connection, box: str, limit: int) -> tuple[Thread, ...]:
    """As `MailStore.threads`: an empty `box` means all. The subject is that of the first message."""
    rows = db.execute(
        "SELECT m.thread, count(*), min(m.at), max(m.at), group_concat(DISTINCT m.sender) FROM messages m "
        "WHERE ?1 = '' OR m.thread IN (SELECT o.thread FROM messages o WHERE o.sender = ?1 OR EXISTS "
        "(SELECT 1 FROM deliveries d WHERE d.message = o.seq AND d.box = ?1)) "
        "GROUP BY m.thread ORDER BY max(m.at) DESC, max(m.seq) DESC LIMIT ?2",
        (box, limit),
    ).fetchall()
    found = []
    for name, count, first, last, senders in rows:
        (subject,) = db.execute(
            "SELECT subject FROM messages WHERE thread = ? ORDER BY seq LIMIT 1", (name,)
        ).fetchone()
        found.append(Thread(name, subject, tuple(sorted(senders.split(","))), count, first, last))
    return tuple(found)


def counts(db: sqlite3.Connection) -> tuple[BoxCount, ...]:
    """As `MailStore.counts`: without mailboxes that have only settled messages. Sizes are in bytes."""
    rows = db.execute(
        "SELECT d.box, sum(place = 'waiting'), sum(place = 'leased'), sum(place = 'dead'), "
        "sum(place = 'waiting' AND kind = 'task'), sum(place = 'waiting' AND urgent), "
        "sum(iif(place = 'dead', 0, size)), min(iif(place = 'waiting', m.at, NULL)) "
        "FROM deliveries d JOIN messages m ON m.seq = d.message WHERE place <> 'done' "
        "GROUP BY d.box ORDER BY d.box"
    )
    return tuple(BoxCount(*row) for row in rows)


def dead(db: sqlite3.Connection, box: str) -> tuple[Dead, ...]:
    """As `MailStore.dead`: an empty `box` means all."""
    rows = db.execute(
        "SELECT m.head, m.subject, m.body, d.box, d.why, d.times, d.at FROM deliveries d "
        "JOIN messages m ON m.seq = d.message WHERE d.place = 'dead' AND (?1 = '' OR d.box = ?1) "
        "ORDER BY d.at DESC, d.seq DESC",
        (box,),
    )
    return tuple(Dead(message_of(*row[:3]), *row[3:]) for row in rows)


def recent(db: sqlite3.Connection, since: float) -> tuple[MessageNotice, ...]:
    """Records of messages sent at or after `since` (seconds since the epoch), in the order of storing."""
    rows = db.execute("SELECT head, sent FROM messages WHERE at >= ? ORDER BY seq", (since,))
    return tuple(passing_of(*row) for row in rows)


def _records(db: sqlite3.Connection, sql: str, *values: object) -> tuple[Record, ...]:
    rows: Iterable[tuple[int, str, str, str]] = db.execute(sql, values).fetchall()
    return tuple(record_of(db, *row) for row in rows)
