"""Messages that wait, in a file of this hub's own, until the shared store is back."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

from orchestrator.core.mail.message import Message, Post, SendResult, SendStatus
from orchestrator.store.mail.codec import POST
from orchestrator.store.mail.protocol import MailError
from orchestrator.store.mail.sqlite.writer import Writer
from orchestrator.store.standing import Standing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    id     TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    idem   TEXT NOT NULL,
    full   INTEGER NOT NULL DEFAULT 0,
    body   TEXT NOT NULL
) STRICT
"""


class Outbox:
    """A queue on disk, in the order of sending. `waiting` counts messages not tried since the store became
    unreachable, `full` those that full mailboxes refused, which are retried from time to time. Messages for
    full mailboxes only wait behind the refused ones, so that none overtakes another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._full_boxes: set[str] = set()
        self.waiting = 0
        self.full = 0

    def open(self) -> None:
        """Creates the file if there is none. Raises `MailError` if it cannot be read or written."""
        try:
            self._standing = Standing(self._path, self._connect)
            db = self._standing.connection
            for (body,) in db.execute("SELECT body FROM outbox WHERE full = 1"):
                self._full_boxes.update(POST.load(body).message.to)
            self._count(db)
        except sqlite3.Error as error:
            raise MailError(f"cannot use {self._path} as an outbox: {error}. Move it away.") from error
        self._writer = Writer(self._standing)
        self._writer.start()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._path.chmod(0o600)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(_SCHEMA)
        return db

    async def close(self) -> None:
        """Completes queued writes, then closes the file; what waits in it stays for the next hub."""
        await asyncio.to_thread(self._writer.close)
        self._standing.connection.close()

    async def put(self, post: Post) -> SendResult:
        """Stores the message on disk before it returns; one with the same id or idem is stored once."""
        message = post.message

        def work(db: sqlite3.Connection) -> SendResult:
            found = _known(db, message)
            if found is None:
                db.execute(
                    "INSERT INTO outbox (id, sender, idem, body) VALUES (?, ?, ?, ?)",
                    (message.id, message.sender, message.idem, POST.dump(post)),
                )
            self._count(db)
            return _queued(found or post, repeated=found is not None)

        return await self._writer.run(work)

    async def next(self) -> Post | None:
        """The oldest that may be tried and has not been."""

        def work(db: sqlite3.Connection) -> Post | None:
            while post := _post(db.execute("SELECT body FROM outbox WHERE full = 0 ORDER BY seq LIMIT 1")):
                if not self._full_boxes.issuperset(post.message.to):
                    break
                db.execute("UPDATE outbox SET full = 1 WHERE id = ?", (post.message.id,))
            self._count(db)
            return post

        return await self._writer.run(work)

    async def settle(self, post: Post, sent: SendResult) -> None:
        """The store has answered: what it accepted is removed, what full mailboxes refused keeps its
        place."""
        refused = sent.boxes(SendStatus.FULL)

        def work(db: sqlite3.Connection) -> None:
            if refused:
                rest = _rest(post, refused, first=len(refused) == len(post.message.to))
                db.execute(
                    "UPDATE outbox SET id = ?, idem = ?, full = 1, body = ? WHERE id = ?",
                    (rest.message.id, rest.message.idem, POST.dump(rest), post.message.id),
                )
                self._full_boxes.update(refused)
            else:
                db.execute("DELETE FROM outbox WHERE id = ?", (post.message.id,))
            self._count(db)

        await self._writer.run(work)

    async def try_full_again(self) -> None:
        """Returns what full mailboxes refused to what `next` returns, in the order of sending."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("UPDATE outbox SET full = 0")
            self._full_boxes.clear()
            self._count(db)

        await self._writer.run(work)

    def _count(self, db: sqlite3.Connection) -> None:
        self.waiting, self.full = db.execute(
            "SELECT count(*) FILTER (WHERE full = 0), count(*) FILTER (WHERE full = 1) FROM outbox"
        ).fetchone()


def _rest(post: Post, refused: tuple[str, ...], *, first: bool) -> Post:
    """The message for those mailboxes only. If others have it already, it becomes a separate message."""
    if first:
        return post
    message = replace(post.message, id=f"{post.message.id}+", to=refused, idem="")
    return Post(message)


def _known(db: sqlite3.Connection, message: Message) -> Post | None:
    return _post(
        db.execute(
            "SELECT body FROM outbox WHERE id = ? OR (idem <> '' AND sender = ? AND idem = ?)",
            (message.id, message.sender, message.idem),
        )
    )


def _post(rows: sqlite3.Cursor) -> Post | None:
    found = rows.fetchone()
    return POST.load(found[0]) if found else None


def _queued(post: Post, *, repeated: bool) -> SendResult:
    fates = [(box, SendStatus.QUEUED) for box in post.message.to]
    fates += [(address, SendStatus.UNKNOWN) for address in post.unknown]
    return SendResult(post.message.id, tuple(fates), post.opens.id if post.opens else "", repeated)
