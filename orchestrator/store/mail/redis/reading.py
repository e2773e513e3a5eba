"""Queries of the mail in Redis."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from orchestrator.core.mail.leases import Dead
from orchestrator.core.mail.message import MessageNotice, Record
from orchestrator.core.mail.order import BoxCount, Thread
from orchestrator.store.mail.codec import MESSAGE
from orchestrator.store.mail.redis.connection import Connection
from orchestrator.store.mail.redis.encoding import passing_of, record_of, seconds
from orchestrator.store.mail.redis.search import matches, words_of
from orchestrator.store.mail.redis.signature import Signature
from orchestrator.store.mail.redis.unreadable import Unreadable

_AT_ONCE = 500


class Reading:
    """The part of `MailStore` that changes nothing. Unreadable entries are skipped, and a message without a
    valid signature has the authority `UNPROVEN`."""

    def __init__(self, connection: Connection, seal: Signature, unreadable: Unreadable) -> None:
        self._unreadable = unreadable
        self._seal = seal
        self._connection = connection
        self._prefix = connection.prefix

    @property
    def left_out(self) -> bool:
        """Whether any message was unreadable so far."""
        return self._unreadable.met_any

    async def record(self, message: str) -> Record | None:
        return next(iter(await self._records([message.encode()])), None)

    async def records(self, box: str, limit: int, before: float | None) -> tuple[Record, ...]:
        key = f"{self._prefix}of:{box}" if box else f"{self._prefix}times"
        newest: Any = "+inf" if before is None else f"({before!r}"
        client = self._connection.client
        found = await self._connection.call(
            lambda: client.zrevrangebyscore(key, newest, "-inf", start=0, num=limit)
        )
        return await self._records([each.partition(b":")[2] for each in found])

    async def threads(self, box: str, limit: int) -> tuple[Thread, ...]:
        key = f"{self._prefix}threads" + (f":{box}" if box else "")
        client = self._connection.client
        names = await self._connection.call(lambda: client.zrange(key, 0, -1))
        found: list[Thread] = []
        for name in names:
            with self._unreadable.left_out(f"thread {name!r}"):
                found.append(await self._thread(name.decode()))
        return tuple(sorted(found, key=lambda each: each.last_at, reverse=True)[:limit])

    async def thread(self, thread: str) -> tuple[Record, ...]:
        client = self._connection.client
        names = await self._connection.call(lambda: client.lrange(f"{self._prefix}thread:{thread}", 0, -1))
        return await self._records(names)

    async def search(self, query: str, limit: int) -> tuple[Record, ...]:
        """All messages are read, from the newest on, until that many are found."""
        wanted = words_of(query)
        found: list[Record] = []
        if not wanted:
            return ()
        async for entries in self._log(backwards=True):
            records = await self._records([fields.get(b"id", b"") for fields in entries])
            found += [
                each for each in records if matches(wanted, f"{each.message.subject}\n{each.message.body}")
            ]
            if len(found) >= limit:
                break
        return tuple(sorted(found, key=lambda each: each.message.at, reverse=True)[:limit])

    async def recent(self, since: float) -> tuple[MessageNotice, ...]:
        found: list[MessageNotice] = []
        async for entries in self._log(backwards=True):
            newer, older = 0, 0
            for fields in entries:
                with self._unreadable.left_out(f"log entry of message {fields.get(b'id')!r}"):
                    passing = passing_of(fields)
                    if passing.at < since:
                        older += 1
                        continue
                    newer += 1
                    found.append(passing)
            if older and not newer:
                break
        return tuple(reversed(found))

    async def export(self) -> AsyncIterator[Record]:
        async for entries in self._log(backwards=False):
            for record in await self._records([fields.get(b"id", b"") for fields in entries]):
                yield record

    async def counts(self) -> tuple[BoxCount, ...]:
        answer = await self._connection.script("counts")
        found: list[BoxCount] = []
        for at in range(0, len(answer), 8):
            box, *numbers, old = answer[at : at + 8]
            with self._unreadable.left_out(f"mailbox {box!r}"):
                waiting, held, dead, tasks, urgent, size = map(int, numbers)
                found.append(BoxCount(box.decode(), waiting, held, dead, tasks, urgent, size, seconds(old)))
        return tuple(found)

    async def dead(self, box: str) -> tuple[Dead, ...]:
        client = self._connection.client
        boxes = [box]
        if not box:
            members = await self._connection.call(lambda: client.smembers(f"{self._prefix}boxes"))
            boxes = [each.decode(errors="replace") for each in members]
        found = []
        for each in boxes:
            key = f"{self._prefix}dead:{each}"
            rows = await self._connection.call(lambda key=key: client.zrange(key, 0, -1, withscores=True))  # type: ignore[misc]
            numbers = dict(rows)
            for name, record in await self._named([name for name, _ in rows]):
                for where in (one for one in record.deliveries if one.box == each):
                    dead = Dead(record.message, each, where.why, where.times, where.at)
                    found.append((numbers[name], dead))
        return tuple(each for _, each in sorted(found, key=lambda pair: pair[0], reverse=True))

    async def _thread(self, thread: str) -> Thread:
        prefix = self._prefix

        async def ask() -> Any:
            async with self._connection.client.pipeline(transaction=False) as pipe:
                pipe.lindex(f"{prefix}thread:{thread}", 0)
                pipe.llen(f"{prefix}thread:{thread}")
                pipe.smembers(f"{prefix}writers:{thread}")
                pipe.zscore(f"{prefix}threads", thread)
                found = await pipe.execute()
                pipe.hget(f"{prefix}m:{found[0].decode()}", "message")
                return [*found, *await pipe.execute()]

        _, count, names, last, first = await self._connection.call(ask)
        message = MESSAGE.load(first)
        writers = tuple(sorted(name.decode() for name in names))
        return Thread(thread, message.subject, writers, int(count), message.at, float(last))

    async def _records(self, names: Sequence[bytes]) -> tuple[Record, ...]:
        return tuple(record for _, record in await self._named(names))

    async def _named(self, names: Sequence[bytes]) -> list[tuple[bytes, Record]]:
        """Those messages that exist, each by its name."""

        async def ask() -> Any:
            async with self._connection.client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.hgetall(f"{self._prefix}m:".encode() + name)
                return await pipe.execute(raise_on_error=False)

        read: list[tuple[bytes, Record]] = []
        for name, fields in zip(names, await self._connection.call(ask), strict=True):
            with self._unreadable.left_out(f"message {name!r}"):
                if fields:
                    record = record_of(fields)
                    message = self._seal.opened(record.message, name=name.decode())
                    read.append((name, replace(record, message=message)))
        return read

    async def _log(self, *, backwards: bool) -> AsyncIterator[Sequence[dict[bytes, bytes]]]:
        """The log's entries, in batches."""
        client, key = self._connection.client, f"{self._prefix}log"
        bound: Any = "+" if backwards else "-"
        while True:

            async def ask(bound: Any = bound) -> Any:
                if backwards:
                    return await client.xrevrange(key, bound, "-", count=_AT_ONCE)
                return await client.xrange(key, bound, "+", count=_AT_ONCE)

            entries = await self._connection.call(ask)
            if not entries:
                return
            yield [fields for _, fields in entries]
            bound = f"({entries[-1][0].decode()}"
