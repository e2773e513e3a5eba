"""Retention of shared mail. Each thread is removed by one script, so several hubs may do it at once."""

import re
from collections.abc import AsyncIterator

from orchestrator.core.retention import Removable, total
from orchestrator.store.mail.redis.connection import Connection
from orchestrator.store.mail.redis.reading import Reading

LOOSE_S = 86_400.0
"""Seconds for which a blob without a reference is kept: a message with one may be about to be sent."""


class Retention:
    """Removes old mail; the server is free for others between one thread and the next."""

    def __init__(self, connection: Connection, reading: Reading) -> None:
        self._connection = connection
        self._reading = reading
        self._prefix = f"{connection.prefix}blob:"

    async def threads(self, before: float, dead_before: float, *, remove: bool) -> Removable:
        """The threads to remove, removed or only counted."""
        found = []
        async for thread in self._threads(before):
            words = (thread, repr(before), repr(dead_before), "1" if remove else "")
            count, size = await self._connection.script("forget", *words)
            found.append(Removable(count, size))
        return total(found)

    async def blobs(self) -> Removable:
        """As `MailStore.blobs`; scans every key of the database."""
        names = await self._blobs()
        client = self._connection.client

        async def ask() -> list[int]:
            async with client.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.strlen(f"{self._prefix}{name}")
                sizes: list[int] = await pipe.execute()
                return sizes

        return Removable(len(names), sum(await self._connection.call(ask)))

    async def drop_blobs(self, now: float) -> int:
        """Removes blobs without a reference for a day; returns how many."""
        loose = await self._blobs()
        if not loose:
            return 0
        async for record in self._reading.export():
            loose -= {ref.sha256 for ref in record.message.refs}
        if self._reading.left_out:  # an unreadable message may refer to any of them
            return 0
        gone = await self._connection.script("drop_blobs", repr(now), repr(now - LOOSE_S), *loose)
        return int(gone)

    async def _blobs(self) -> set[str]:
        client, pattern = self._connection.client, re.sub(r"([\\\[\]*?])", r"\\\1", self._prefix) + "*"
        found: set[str] = set()
        cursor = 0
        while True:

            async def scan(cursor: int = cursor) -> tuple[int, list[bytes]]:
                at, keys = await client.scan(cursor, match=pattern, count=1000)
                return at, keys

            cursor, keys = await self._connection.call(scan)
            found |= {key.decode().removeprefix(self._prefix) for key in keys}
            if not cursor:
                return found

    async def _threads(self, before: float) -> AsyncIterator[str]:
        """Those whose newest message is that old, in their present state."""
        client, key = self._connection.client, f"{self._connection.prefix}threads"
        found = await self._connection.call(lambda: client.zrangebyscore(key, "-inf", f"({before!r}"))
        for name in found:
            yield name.decode()
