"""Messages and deliveries as rows, and back."""

import sqlite3
from dataclasses import replace

from orchestrator.core.mail.message import (
    Delivery,
    Message,
    MessageNotice,
    MessageState,
    Record,
    SendResult,
    SendStatus,
    passing,
)
from orchestrator.store.mail.codec import MESSAGE, SENT


def add_message(db: sqlite3.Connection, message: Message, sent: SendResult) -> int:
    """Stores the message and indexes it for search; returns its number."""
    head = MESSAGE.dump(replace(message, subject="", body=""))
    seq = db.execute(
        "INSERT INTO messages (id, sender, idem, thread, at, subject, body, head, sent) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.id,
            message.sender,
            message.idem,
            message.thread,
            message.at,
            message.subject,
            message.body,
            head,
            SENT.dump(sent),
        ),
    ).lastrowid
    assert seq is not None
    db.execute(
        "INSERT INTO words (rowid, subject, body) VALUES (?, ?, ?)", (seq, message.subject, message.body)
    )
    return seq


def message_of(head: str, subject: str, body: str) -> Message:
    """Combines a row's `head` (JSON of all other fields) with its subject and body."""
    return replace(MESSAGE.load(head), subject=subject, body=body)


def first_answer(db: sqlite3.Connection, message: Message) -> SendResult | None:
    """The answer when this message was first sent; `None` if it never was."""
    found = db.execute(
        "SELECT sent FROM messages WHERE id = ? UNION ALL "
        "SELECT sent FROM messages WHERE sender = ? AND idem = ? AND idem <> '' LIMIT 1",
        (message.id, message.sender, message.idem),
    ).fetchone()
    return SENT.load(found[0]) if found else None


def record_of(db: sqlite3.Connection, seq: int, head: str, subject: str, body: str) -> Record:
    """A message's row with its deliveries, in the order of its recipients."""
    message = message_of(head, subject, body)
    rows = db.execute(
        "SELECT box, place, times, session, fence, until, why, at FROM deliveries WHERE message = ?", (seq,)
    )
    found = {row[0]: Delivery(row[0], MessageState(row[1]), *row[2:]) for row in rows}
    return Record(message, tuple(found[box] for box in message.to if box in found))


def passing_of(head: str, sent: str) -> MessageNotice:
    """Names only the mailboxes that stored the message, from `sent`, its first answer as JSON."""
    return passing(MESSAGE.load(head), SENT.load(sent).boxes(SendStatus.STORED))
