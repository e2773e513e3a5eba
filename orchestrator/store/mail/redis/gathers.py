"""Gathers in Redis: each as it was opened, with a list of its events since."""

import json
from typing import Any

from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.message import Message
from orchestrator.store.mail.codec import GATHER
from orchestrator.store.mail.redis.connection import Connection
from orchestrator.store.mail.redis.encoding import gather_of, tomb
from orchestrator.store.mail.redis.unreadable import Unreadable

_KEPT_S = 30 * 86_400
"""How long one that no message has opened is kept: it ends with no thread."""


class Gathers:
    """The part of `MailStore` about gathers. An unreadable one counts as absent."""

    def __init__(self, connection: Connection, unreadable: Unreadable) -> None:
        self._unreadable = unreadable
        self._connection = connection
        self._prefix = connection.prefix
        self._client = connection.client

    async def one(self, gather: str) -> Gather | None:
        """As `MailStore.gather`; body and reports are read in one transaction."""

        async def ask() -> Any:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hget(f"{self._prefix}gather:{gather}", "body")
                pipe.lrange(f"{self._prefix}reports:{gather}", 0, -1)
                return await pipe.execute()

        body, happened = await self._connection.call(ask)
        found: list[Gather] = []
        with self._unreadable.left_out(f"gather {gather}"):
            found += [gather_of(body, happened)] if body else []
        return found[0] if found else None

    async def all(self, since: float | None) -> tuple[Gather, ...]:
        """As `MailStore.gathers`; also removes complete gathers from the index of open ones."""
        key, lately = f"{self._prefix}gathers", f"{self._prefix}opened"
        names = set(await self._connection.call(lambda: self._client.zrange(key, 0, -1)))
        open_ones = frozenset(names)
        if since is not None:
            ask = lambda: self._client.zrangebyscore(lately, since, "+inf")  # noqa: E731 (one call)
            names |= set(await self._connection.call(ask))
        found = []
        for name in names:
            gather = await self.one(name.decode(errors="replace"))
            if gather is None:  # unreadable here, perhaps from a newer hub
                continue
            if gather.open or since is not None:
                found.append(gather)
            if name in open_ones and not gather.open:  # a complete gather never reopens
                await self._connection.call(lambda name=name: self._client.zrem(key, name))  # type: ignore[misc]
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    async def open(self, gather: Gather) -> Gather:
        """As `MailStore.open_gather`. It expires after 30 days."""

        async def put() -> None:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.hsetnx(f"{self._prefix}gather:{gather.id}", "body", GATHER.dump(gather))
                pipe.hsetnx(f"{self._prefix}gather:{gather.id}", "owner", gather.owner)
                pipe.expire(f"{self._prefix}gather:{gather.id}", _KEPT_S)
                pipe.zadd(f"{self._prefix}gathers", {gather.id: gather.at}, nx=True)
                pipe.zadd(f"{self._prefix}opened", {gather.id: gather.at}, nx=True)
                pipe.zremrangebyscore(f"{self._prefix}opened", "-inf", gather.at - _KEPT_S)
                await pipe.execute()

        await self._connection.call(put)
        return await self.one(gather.id) or gather

    async def count(self, gather: str, report: Message, *, final: bool) -> Gather | None:
        """As `MailStore.count_report`; `None` for an unknown gather."""
        said = {"name": report.sender, "message": report.id, "final": final, "at": repr(report.at)}
        return await self._happened(gather, json.dumps(said))

    async def tombstone(self, gather: str, name: str, why: str, now: float) -> Gather | None:
        return await self._happened(gather, tomb(name, why, now))

    async def _happened(self, gather: str, what: str) -> Gather | None:
        if await self.one(gather) is None:
            return None
        key = f"{self._prefix}reports:{gather}"
        await self._connection.call(lambda: self._client.rpush(key, what))
        return await self.one(gather)
