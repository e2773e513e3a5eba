"""Stores a message for all its recipients in one step."""

import sqlite3
from dataclasses import replace

from orchestrator.core.mail.gather import Gather, reported, tombstoned
from orchestrator.core.mail.message import Kind, Message, Post, SendResult, SendStatus
from orchestrator.core.mail.message_limits import room
from orchestrator.store.mail.codec import GATHER
from orchestrator.store.mail.sqlite.retention import pointed_at
from orchestrator.store.mail.sqlite.rows import add_message, first_answer

NOT_STORED = "its mailbox has not accepted the message"


def send(db: sqlite3.Connection, post: Post) -> SendResult:
    """The work behind `MailStore.send`."""
    message = post.message
    if answer := first_answer(db, message):
        return replace(answer, repeated=True)
    fates = {box: _room(db, box, message.size) for box in message.to}
    stored = [box for box, fate in fates.items() if fate is SendStatus.STORED]
    opens = post.opens if stored else None
    sent = SendResult(
        message.id,
        (*fates.items(), *((address, SendStatus.UNKNOWN) for address in post.unknown)),
        opens.id if opens else "",
    )
    if not stored:
        return sent
    seq = add_message(db, message, sent)
    pointed_at(db, message)
    db.executemany(
        "INSERT INTO deliveries (box, message, place, urgent, kind, size, expires, opens, at) "
        "VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?)",
        [
            (
                box,
                seq,
                message.urgent,
                message.kind.value,
                message.size,
                message.expires_at,
                sent.gather,
                message.at,
            )
            for box in stored
        ],
    )
    if opens:
        _open(db, opens, stored, message.at)
    elif message.gather:
        _report(db, message, stored)
    return sent


def load_gather(db: sqlite3.Connection, gather: str) -> Gather | None:
    """`None` if there is no gather with that id."""
    found = db.execute("SELECT body FROM gathers WHERE id = ?", (gather,)).fetchone()
    return GATHER.load(found[0]) if found else None


def _save_gather(db: sqlite3.Connection, gather: Gather) -> None:
    """Inserts the gather, or replaces the one with that id."""
    db.execute(
        "INSERT OR REPLACE INTO gathers VALUES (?, ?, ?, ?)",
        (gather.id, gather.open, gather.at, GATHER.dump(gather)),
    )


def bury(db: sqlite3.Connection, gather: str, name: str, why: str, now: float) -> Gather | None:
    """Sets a tombstone; returns the gather after that."""
    found = load_gather(db, gather)
    if found is None:
        return None
    after = tombstoned(found, name, why, now)
    if after != found:
        _save_gather(db, after)
    return after


def keep_gather(db: sqlite3.Connection, gather: Gather) -> Gather:
    """Stores a gather unless its id is known; returns what is stored."""
    found = load_gather(db, gather.id)
    if found is None:
        _save_gather(db, gather)
    return found or gather


def count(db: sqlite3.Connection, gather: str, report: Message, *, final: bool) -> Gather | None:
    """Marks a message as its sender's report; returns the gather after that."""
    found = load_gather(db, gather)
    if found is None:
        return None
    after = reported(found, report.sender, report.id, report.at, final=final)
    if after != found:
        _save_gather(db, after)
    return after


def _room(db: sqlite3.Connection, box: str, size: int) -> SendStatus:
    count, held = db.execute(
        "SELECT count(*), ifnull(sum(size), 0) FROM deliveries "
        "WHERE box = ? AND place IN ('waiting', 'leased')",
        (box,),
    ).fetchone()
    return room(count, held, size)


def _open(db: sqlite3.Connection, gather: Gather, stored: list[str], at: float) -> None:
    for member in gather.members:
        if member.name not in stored:
            gather = tombstoned(gather, member.name, NOT_STORED, at)
    _save_gather(db, gather)


def _report(db: sqlite3.Connection, message: Message, stored: list[str]) -> None:
    gather = load_gather(db, message.gather)
    if gather is not None and gather.owner in stored:
        count(db, gather.id, message, final=message.kind is not Kind.PARTIAL)
