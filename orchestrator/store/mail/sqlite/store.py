"""Mail in one SQLite file: the store of a single hub."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from orchestrator.core.mail import leases
from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim, Conflict, claimed, live
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.leases import Acked, Dead, GivenBack, Outcome
from orchestrator.core.mail.message import (
    Message,
    MessageNotice,
    Post,
    Record,
    SendResult,
    SendStatus,
    passing,
)
from orchestrator.core.mail.message_limits import BLOB_BYTES
from orchestrator.core.mail.order import BoxCount, Leased, Received, ReceiveFilter, Thread
from orchestrator.core.mail.rate_limits import Pair, Pause
from orchestrator.core.retention import Removable, total
from orchestrator.store import space
from orchestrator.store.mail.claims import dropped
from orchestrator.store.mail.codec import GATHER, PAUSE
from orchestrator.store.mail.listeners import Listeners
from orchestrator.store.mail.presence import Presence
from orchestrator.store.mail.protocol import MailError, MailEvent
from orchestrator.store.mail.sqlite import leasing, reading, retention, sending
from orchestrator.store.mail.sqlite.claims import keep_claims, load_claims, load_pauses
from orchestrator.store.mail.sqlite.schema import connect
from orchestrator.store.mail.sqlite.writer import Work, Writer
from orchestrator.store.standing import Standing

T = TypeVar("T")
_EXPORTED_AT_ONCE = 200


class SqliteMail:
    """A `MailStore` in a file of its own. What it acknowledges is on disk; reads see everything
    acknowledged."""

    def __init__(self, path: Path, visible_s: float = leases.VISIBLE_S) -> None:
        self._path = path
        self._visible_s = visible_s
        self._listeners = Listeners()
        self._presence = Presence()
        self._writer: Writer | None = None
        self._reader: sqlite3.Connection | None = None
        self._standing: Standing | None = None
        self._read_as = 0
        """Which opening of the file the reader has."""
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail-reader")

    @property
    def trouble(self) -> str:
        return self._writer.trouble if self._writer else ""

    async def open(self) -> None:
        self._standing = Standing(self._path, lambda: connect(self._path))
        self._reader = self._open_reader()
        self._writer = Writer(self._standing)
        self._writer.start()

    async def close(self) -> None:
        if self._writer:
            await asyncio.to_thread(self._writer.close)
        self._threads.shutdown()
        if self._reader:
            self._reader.close()
        if self._standing:
            self._standing.connection.close()
        self._writer = self._reader = self._standing = None

    def _open_reader(self) -> sqlite3.Connection:
        assert self._standing
        self._read_as = self._standing.opened
        return sqlite3.connect(
            f"{self._path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )

    # --- sending and receiving

    async def send(self, post: Post) -> SendResult:
        sent = await self._write(lambda db: sending.send(db, post))
        stored = sent.boxes(SendStatus.STORED)
        if stored and not sent.repeated:
            self._listeners.tell(MailEvent(passing(post.message, stored)))
        return sent

    async def receive(self, box: str, session: str, now: float, want: ReceiveFilter) -> Received:
        until = now + self._visible_s
        return await self._write(lambda db: leasing.receive(db, box, session, want, now=now, until=until))

    async def peek(self, box: str, now: float, want: ReceiveFilter) -> Received:
        def look(db: sqlite3.Connection) -> Received:
            chosen, more = leasing.choose(db, box, now, want)
            return Received(tuple(leased for _, leased in chosen), more)

        return await self._read(look)

    async def held(self, box: str, session: str) -> tuple[Leased, ...]:
        return await self._read(lambda db: leasing.held(db, box, session))

    async def ack(
        self, box: str, acks: Sequence[tuple[str, int]], outcome: Outcome, now: float, note: str = ""
    ) -> tuple[Acked, ...]:
        return await self._write(
            lambda db: tuple(leasing.ack(db, box, each, outcome, now=now, note=note) for each in acks)
        )

    async def renew(self, sessions: Collection[tuple[str, str]], now: float) -> None:
        until = now + self._visible_s
        await self._write(lambda db: leasing.renew(db, sessions, until))

    async def give_back(self, box: str, session: str, now: float) -> GivenBack:
        return await self._write(lambda db: leasing.give_back(db, box, session, now))

    async def expire(self, now: float) -> GivenBack:
        return await self._write(lambda db: leasing.expire(db, now))

    async def redrive(self, box: str, messages: Sequence[str], now: float) -> tuple[str, ...]:
        return await self._write(lambda db: leasing.redrive(db, box, messages, now))

    # --- looking

    async def counts(self) -> tuple[BoxCount, ...]:
        return await self._read(reading.counts)

    async def record(self, message: str) -> Record | None:
        return await self._read(lambda db: reading.record(db, message))

    async def records(
        self, box: str = "", limit: int = 100, before: float | None = None
    ) -> tuple[Record, ...]:
        return await self._read(lambda db: reading.records(db, box, limit, before))

    async def threads(self, box: str = "", limit: int = 100) -> tuple[Thread, ...]:
        return await self._read(lambda db: reading.threads(db, box, limit))

    async def thread(self, thread: str) -> tuple[Record, ...]:
        return await self._read(lambda db: reading.thread(db, thread))

    async def search(self, query: str, limit: int = 50) -> tuple[Record, ...]:
        return await self._read(lambda db: reading.search(db, query, limit))

    async def recent(self, since: float) -> tuple[MessageNotice, ...]:
        return await self._read(lambda db: reading.recent(db, since))

    async def dead(self, box: str = "") -> tuple[Dead, ...]:
        return await self._read(lambda db: reading.dead(db, box))

    async def export(self) -> AsyncIterator[Record]:
        after = 0
        while True:
            after, some = await self._read(partial(reading.export, after=after, limit=_EXPORTED_AT_ONCE))
            for each in some:
                yield each
            if not some:
                return

    # --- gathers, blobs, claims, pauses

    async def gather(self, gather: str) -> Gather | None:
        return await self._read(lambda db: sending.load_gather(db, gather))

    async def gathers(self, since: float | None = None) -> tuple[Gather, ...]:
        def look(db: sqlite3.Connection) -> tuple[Gather, ...]:
            asked = "SELECT body, at, id FROM gathers WHERE open = 1"
            if since is not None:
                asked += " UNION SELECT body, at, id FROM gathers WHERE at >= :since"
            rows = db.execute(f"{asked} ORDER BY at, id", {"since": since})
            return tuple(GATHER.load(body) for body, *_ in rows)

        return await self._read(look)

    async def open_gather(self, gather: Gather) -> Gather:
        return await self._write(lambda db: sending.keep_gather(db, gather))

    async def count_report(self, gather: str, report: Message, *, final: bool) -> Gather | None:
        return await self._write(lambda db: sending.count(db, gather, report, final=final))

    async def tombstone(self, gather: str, name: str, why: str, now: float) -> Gather | None:
        return await self._write(lambda db: sending.bury(db, gather, name, why, now))

    async def put_blob(self, data: bytes) -> str:
        if len(data) > BLOB_BYTES:
            raise MailError(f"{len(data):,} bytes are too much for one blob: at most {BLOB_BYTES:,}.")
        name = hashlib.sha256(data).hexdigest()

        def work(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (name, data))
            db.execute("DELETE FROM loose WHERE sha256 = ?", (name,))

        await self._write(work)
        return name

    async def blob(self, sha256: str) -> bytes | None:
        def look(db: sqlite3.Connection) -> bytes | None:
            found = db.execute("SELECT data FROM blobs WHERE sha256 = ?", (sha256,)).fetchone()
            return found[0] if found else None

        return await self._read(look)

    async def claim(self, wanted: Sequence[Claim], now: float) -> Conflict | None:
        def work(db: sqlite3.Connection) -> Conflict | None:
            after = claimed(load_claims(db), wanted, now)
            if isinstance(after, Conflict):
                return after
            keep_claims(db, after)
            return None

        return await self._write(work)

    async def claims(self, now: float) -> tuple[Claim, ...]:
        return live(await self._read(load_claims), now)

    async def drop_claims(self, holder: str, session: str = "", what: Collection[str] = ()) -> None:
        def work(db: sqlite3.Connection) -> None:
            keep_claims(db, [each for each in load_claims(db) if not dropped(each, holder, session, what)])

        await self._write(work)

    async def pause(self, pause: Pause) -> None:
        row = (pause.pair.a, pause.pair.b, PAUSE.dump(pause))
        await self._write(lambda db: db.execute("INSERT OR REPLACE INTO pauses VALUES (?, ?, ?)", row))

    async def unpause(self, pair: Pair) -> None:
        await self._write(lambda db: db.execute("DELETE FROM pauses WHERE a = ? AND b = ?", (pair.a, pair.b)))

    async def paused(self) -> tuple[Pause, ...]:
        return await self._read(load_pauses)

    # --- retention

    async def old(self, before: float, dead_before: float) -> Removable:
        found = await self._beside(lambda: retention.threads(self._path, before, dead_before))
        return total(found.values())

    async def blobs(self) -> Removable:
        return await self._beside(lambda: retention.blobs(self._path))

    async def forget(self, before: float, dead_before: float, now: float) -> Removable:
        gone = []
        found = await self._beside(lambda: retention.threads(self._path, before, dead_before))
        for thread, each in found.items():
            forget = partial(retention.forget, thread=thread, before=before, dead_before=dead_before)
            if await self._write(forget):
                gone.append(each)
        loose = await self._beside(lambda: retention.loose_blobs(self._path))
        await self._write(lambda db: retention.mark_loose(db, loose, now))
        while await self._write(lambda db: retention.drop_blobs(db, now)):
            pass
        assert self._writer
        while await self._writer.run(lambda db: space.shrink(db, self._path), alone=True):
            await asyncio.sleep(0)
        return total(gone)

    async def _beside(self, look: Callable[[], T]) -> T:
        """What `look` reads from the file on a separate connection."""
        try:
            return await asyncio.to_thread(look)
        except sqlite3.Error as error:
            raise MailError(f"cannot read {self._path}: {error}.") from error

    # --- hubs

    async def announce(self, hub: str, peers: Sequence[Peer], now: float) -> tuple[str, ...]:
        return self._presence.announce(hub, peers, now)

    async def peers(self, now: float) -> tuple[Peer, ...]:
        return self._presence.peers(now)

    async def listen(self) -> AsyncIterator[MailEvent]:
        return self._listeners.listen()

    async def _write(self, work: Work[T]) -> T:
        if self._writer is None:
            raise MailError("the mail is not open")
        return await self._writer.run(work)

    async def _read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        if self._reader is None or self._standing is None:
            raise MailError("the mail is not open")

        def in_thread() -> T:
            reader = self._reader
            assert reader
            assert self._standing
            if self._read_as != self._standing.opened:
                reader.close()
                self._reader = reader = self._open_reader()
            # several statements of one call see the same snapshot
            reader.execute("BEGIN")
            try:
                return look(reader)
            finally:
                reader.execute("COMMIT")

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, in_thread)
        except sqlite3.Error as error:
            raise MailError(f"cannot read {self._path}: {error}.") from error
