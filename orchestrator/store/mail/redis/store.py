"""Mail in Redis: the store of several hubs, on one machine or many, that share one mail system."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path

from orchestrator.core.mail import leases
from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim, Conflict
from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.leases import Acked, Dead, GivenBack, Outcome
from orchestrator.core.mail.message import Message, MessageNotice, Post, Record, SendResult
from orchestrator.core.mail.message_limits import BOX_BYTES, BOX_MESSAGES
from orchestrator.core.mail.order import BoxCount, Leased, Received, ReceiveFilter, Thread
from orchestrator.core.mail.rate_limits import Pair, Pause
from orchestrator.core.retention import Removable
from orchestrator.store.mail.codec import GATHER, MESSAGE
from orchestrator.store.mail.protocol import MailAway, MailEvent
from orchestrator.store.mail.redis.connection import ANSWERS_S, WAITS_S, Connection
from orchestrator.store.mail.redis.encoding import facts_of, given_back_of, sent_of
from orchestrator.store.mail.redis.gathers import Gathers
from orchestrator.store.mail.redis.listening import end_of_log, listen
from orchestrator.store.mail.redis.outbox import Outbox
from orchestrator.store.mail.redis.reading import Reading
from orchestrator.store.mail.redis.retention import Retention
from orchestrator.store.mail.redis.shared import Shared
from orchestrator.store.mail.redis.signature import Signature
from orchestrator.store.mail.redis.unreadable import Unreadable

_TRY_AGAIN_S = 1.0
_TRY_FULL_AGAIN_S = 60.0
_RULES = (leases.MOST_DELIVERIES, leases.WORN_OUT, leases.TOO_LATE)


class RedisMail:
    """A `MailStore` in a Redis server (6.2 or later), under keys that begin with `{name}:mail:`.

    A mailbox is one stream with one consumer group; every change is one script. With `strict`, a send that is
    answered as stored is on the server's disk. While the server is unreachable every call raises `MailAway`
    after `waits_s` seconds, or `answers_s` more if it hangs; with an `outbox`, sends are then stored in that
    file, answered as `queued`, and delivered in order once the server is back. The hubs' clocks are assumed
    to agree within seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "orch",
        visible_s: float = leases.VISIBLE_S,
        strict: bool = True,
        waits_s: float = WAITS_S,
        answers_s: float = ANSWERS_S,
        outbox: Path | None = None,
        key: bytes = b"",
    ) -> None:
        """`key` is shared by all hubs of this mail system. Raises `MailError` for an invalid `url`."""
        self._seal = Signature(key, name)
        self._connection = Connection(
            url, f"{{{name}}}:mail:", waits_s=waits_s, answers_s=answers_s, strict=strict
        )
        self._unreadable = Unreadable()
        self._reading = Reading(self._connection, self._seal, self._unreadable)
        self._shared = Shared(self._connection, self._unreadable)
        self._gathers = Gathers(self._connection, self._unreadable)
        self._retention = Retention(self._connection, self._reading)
        self._visible_s = visible_s
        self._outbox = Outbox(outbox) if outbox else None
        self._flushing: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> str:
        parts = [self._connection.trouble, self._unreadable.trouble]
        if self._outbox and (count := self._outbox.waiting):
            parts.append(f"{count} message{'s' if count > 1 else ''} queued until it is back")
        if self._outbox and (count := self._outbox.full):
            parts.append(
                f"{count} of the outbox {'are' if count > 1 else 'is'} waiting for space in a full mailbox"
            )
        return "; ".join(filter(None, parts))

    async def open(self) -> None:
        """Raises `MailError` if the server does not meet the requirements. An unreachable one is no error:
        `trouble` says so, and every call retries."""
        if self._outbox:
            self._outbox.open()
            self._flushing = asyncio.create_task(self._flush(self._outbox))
        with contextlib.suppress(MailAway):
            await end_of_log(self._connection)

    async def close(self) -> None:
        if self._flushing:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        if self._outbox:
            await self._outbox.close()
        await self._connection.close()

    # --- sending and receiving

    async def send(self, post: Post) -> SendResult:
        if self._outbox is None:
            return await self._send(post)
        if self._outbox.waiting:  # what was sent earlier arrives earlier
            return await self._outbox.put(post)
        try:
            return await self._send(post)
        except MailAway:
            return await self._outbox.put(post)

    async def receive(self, box: str, session: str, now: float, want: ReceiveFilter) -> Received:
        return await self._take(box, session, now, want)

    async def peek(self, box: str, now: float, want: ReceiveFilter) -> Received:
        return await self._take(box, "", now, want)

    async def held(self, box: str, session: str) -> tuple[Leased, ...]:
        answer = await self._connection.script("held", box, session)
        found: list[Leased] = []
        for at in range(0, len(answer), 4):
            text, fence, until, times = answer[at : at + 4]
            with self._unreadable.left_out(f"a leased message of {box}: {text!r}"):
                found.append(Leased(self._opened(text, box), int(fence), float(until), int(times)))
        return tuple(found)

    async def ack(
        self, box: str, acks: Sequence[tuple[str, int]], outcome: Outcome, now: float, note: str = ""
    ) -> tuple[Acked, ...]:
        if not acks:
            return ()
        if outcome is Outcome.FAILED:
            note = note or leases.NOT_DONE
        answer = await self._connection.script(
            "ack", box, outcome.value, repr(now), note, *_RULES, json.dumps(acks)
        )
        return tuple(Acked(each.decode()) for each in answer)

    async def renew(self, sessions: Collection[tuple[str, str]], now: float) -> None:
        pairs = [word for pair in sessions for word in pair]
        await self._connection.script("renew", repr(now + self._visible_s), round(now * 1000), *pairs)

    async def give_back(self, box: str, session: str, now: float) -> GivenBack:
        return given_back_of(await self._connection.script("give_back", box, session, repr(now), *_RULES))

    async def expire(self, now: float) -> GivenBack:
        cutoff = round((now - self._visible_s) * 1000)
        return given_back_of(await self._connection.script("expire", repr(now), cutoff, *_RULES))

    async def redrive(self, box: str, messages: Sequence[str], now: float) -> tuple[str, ...]:
        answer = await self._connection.script(
            "redrive", box, repr(now), BOX_MESSAGES, BOX_BYTES, *messages, again=False
        )
        return tuple(each.decode() for each in answer)

    # --- looking

    async def counts(self) -> tuple[BoxCount, ...]:
        return await self._reading.counts()

    async def record(self, message: str) -> Record | None:
        return await self._reading.record(message)

    async def records(
        self, box: str = "", limit: int = 100, before: float | None = None
    ) -> tuple[Record, ...]:
        return await self._reading.records(box, limit, before)

    async def threads(self, box: str = "", limit: int = 100) -> tuple[Thread, ...]:
        return await self._reading.threads(box, limit)

    async def thread(self, thread: str) -> tuple[Record, ...]:
        return await self._reading.thread(thread)

    async def search(self, query: str, limit: int = 50) -> tuple[Record, ...]:
        return await self._reading.search(query, limit)

    async def recent(self, since: float) -> tuple[MessageNotice, ...]:
        return await self._reading.recent(since)

    def export(self) -> AsyncIterator[Record]:
        return self._reading.export()

    async def dead(self, box: str = "") -> tuple[Dead, ...]:
        return await self._reading.dead(box)

    # --- shared by the hubs

    async def gather(self, gather: str) -> Gather | None:
        return await self._gathers.one(gather)

    async def gathers(self, since: float | None = None) -> tuple[Gather, ...]:
        return await self._gathers.all(since)

    async def open_gather(self, gather: Gather) -> Gather:
        return await self._gathers.open(gather)

    async def count_report(self, gather: str, report: Message, *, final: bool) -> Gather | None:
        return await self._gathers.count(gather, report, final=final)

    async def tombstone(self, gather: str, name: str, why: str, now: float) -> Gather | None:
        return await self._gathers.tombstone(gather, name, why, now)

    async def put_blob(self, data: bytes) -> str:
        return await self._shared.put_blob(data)

    async def blob(self, sha256: str) -> bytes | None:
        return await self._shared.blob(sha256)

    async def claim(self, wanted: Sequence[Claim], now: float) -> Conflict | None:
        return await self._shared.claim(wanted, now)

    async def claims(self, now: float) -> tuple[Claim, ...]:
        return await self._shared.claims(now)

    async def drop_claims(self, holder: str, session: str = "", what: Collection[str] = ()) -> None:
        await self._shared.drop_claims(holder, session, what)

    async def pause(self, pause: Pause) -> None:
        await self._shared.pause(pause)

    async def unpause(self, pair: Pair) -> None:
        await self._shared.unpause(pair)

    async def paused(self) -> tuple[Pause, ...]:
        return await self._shared.paused()

    async def old(self, before: float, dead_before: float) -> Removable:
        return await self._retention.threads(before, dead_before, remove=False)

    async def blobs(self) -> Removable:
        return await self._retention.blobs()

    async def forget(self, before: float, dead_before: float, now: float) -> Removable:
        gone = await self._retention.threads(before, dead_before, remove=True)
        await self._retention.drop_blobs(now)
        return gone

    async def announce(self, hub: str, peers: Sequence[Peer], now: float) -> tuple[str, ...]:
        return await self._shared.announce(hub, peers, now)

    async def peers(self, now: float) -> tuple[Peer, ...]:
        return await self._shared.peers(now)

    async def listen(self) -> AsyncIterator[MailEvent]:
        after: str | None = None
        with contextlib.suppress(MailAway):
            after = await end_of_log(self._connection)
        return listen(self._connection, after, self._unreadable)

    async def _send(self, post: Post) -> SendResult:
        opens = GATHER.dump(post.opens) if post.opens else ""
        message = MESSAGE.dump(self._seal.sealed(post.message))
        return sent_of(await self._connection.stored("send", message, facts_of(post), opens))

    def _opened(self, text: bytes, box: str) -> Message:
        return self._seal.opened(MESSAGE.load(text), box=box)

    async def _take(self, box: str, session: str, now: float, want: ReceiveFilter) -> Received:
        until = now + self._visible_s
        asked = json.dumps(
            {
                "most": want.most,
                "most_bytes": want.most_bytes,
                "kinds": want.kinds,
                "senders": want.senders,
                "ids": want.ids,
                "thread": want.thread,
            },
            ensure_ascii=False,
        )
        words = (box, session, repr(now), repr(until), round(now * 1000), asked)
        # If it ran twice, a lost answer's messages would stay leased to a session that has not seen them.
        more, *rows = await self._connection.script("receive", *words, again=not session)
        leased: list[Leased] = []
        for at in range(0, len(rows), 3):
            text, fence, times = rows[at : at + 3]
            with self._unreadable.left_out(f"a message of {box}: {text!r}"):
                message = self._opened(text, box)
                leased.append(Leased(message, int(fence), until if int(fence) else 0.0, int(times)))
        return Received(tuple(leased), bool(more))

    async def _flush(self, outbox: Outbox) -> None:
        """Sends what waits in the outbox, oldest first, as long as the store is open."""
        tried_full = asyncio.get_running_loop().time()
        while True:
            now = asyncio.get_running_loop().time()
            if outbox.full and now >= tried_full + _TRY_FULL_AGAIN_S:
                tried_full = now
                await outbox.try_full_again()
            post = await outbox.next() if outbox.waiting else None
            if post is None:
                await asyncio.sleep(_TRY_AGAIN_S)
                continue
            try:
                sent = await self._send(post)
            except MailAway:
                await asyncio.sleep(_TRY_AGAIN_S)
            else:
                await outbox.settle(post, sent)
