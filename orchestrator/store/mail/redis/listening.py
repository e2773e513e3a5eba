"""Receives each message that any hub sends, by one blocking call on the log."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from redis import exceptions

from orchestrator.store.mail.protocol import MailEvent
from orchestrator.store.mail.redis.connection import ANSWERS_S, Connection
from orchestrator.store.mail.redis.encoding import passing_of
from orchestrator.store.mail.redis.unreadable import Unreadable

_BLOCK_S = 5.0
_TRY_AGAIN_S = 0.5


async def end_of_log(connection: Connection) -> str:
    """The id of the newest entry; `0-0` for none."""
    return await connection.call(lambda: _newest(connection.client, f"{connection.prefix}log"))


async def listen(
    connection: Connection, after: str | None, unreadable: Unreadable
) -> AsyncIterator[MailEvent]:
    """The entries after that one. While the server is unreachable it waits; then it reports that something
    may have been missed, and continues from there. `after` is `None` if the server was unreachable from the
    start."""
    client = connection.listening()
    key = f"{connection.prefix}log"
    try:
        while True:
            try:
                if after is None:
                    after = await _newest(client, key)
                    yield MailEvent()
                async with asyncio.timeout(_BLOCK_S + ANSWERS_S):
                    answer: Any = await client.xread({key: after}, count=500, block=round(_BLOCK_S * 1000))
            except (exceptions.ConnectionError, exceptions.TimeoutError, OSError):
                await asyncio.sleep(_TRY_AGAIN_S)
                try:
                    newest = await _newest(client, key)
                except (exceptions.RedisError, OSError):
                    continue
                # a server that lost its newest entries continues before the last one received
                after = newest if after is None else min(after, newest, key=_number)
                yield MailEvent()
                continue
            for entry, fields in answer[0][1] if answer else ():
                after = entry.decode()
                passing = None
                with unreadable.left_out(f"log entry {after}"):
                    passing = passing_of(fields)
                if passing:
                    yield MailEvent(passing)
    finally:
        await client.aclose()


async def _newest(client: Any, key: str) -> str:
    async with asyncio.timeout(ANSWERS_S):
        entries: list[tuple[bytes, Mapping[bytes, bytes]]] = await client.xrevrange(key, count=1)
    return entries[0][0].decode() if entries else "0-0"


def _number(entry: str) -> tuple[int, ...]:
    return tuple(map(int, entry.split("-")))
