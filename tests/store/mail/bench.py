"""A mail store to try things on, whichever kind it is; and messages to send."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from orchestrator.core.mail.gather import Gather
from orchestrator.core.mail.leases import Acked, Outcome
from orchestrator.core.mail.message import Kind, Message, Post, Ref
from orchestrator.core.mail.order import Received, ReceiveFilter
from orchestrator.store.mail.protocol import MailStore
from orchestrator.store.mail.sqlite.store import SqliteMail

T = TypeVar("T")
_numbers = itertools.count(1)
VISIBLE_S = 100.0


@dataclass
class Bench:
    """`kind` is `sqlite` or `redis`. Each `run` opens the same mail anew, as a hub does after a restart."""

    kind: str
    make: Callable[[], MailStore]

    def run(self, play: Callable[[MailStore], Awaitable[T]]) -> T:
        async def whole() -> T:
            store = self.make()
            await store.open()
            try:
                return await play(store)
            finally:
                await store.close()

        return asyncio.run(whole())


def sqlite_bench(folder: Path) -> Bench:
    return Bench("sqlite", lambda: SqliteMail(folder / "mail.db", visible_s=VISIBLE_S))


def redis_bench(url: str) -> Bench:
    from orchestrator.store.mail.redis.store import RedisMail

    name = f"bench-{next(_numbers)}"
    return Bench("redis", lambda: RedisMail(url, name=name, visible_s=VISIBLE_S))


def message(
    to: str | tuple[str, ...] = "bob",
    body: str = "hello",
    *,
    name: str = "",
    sender: str = "ann",
    kind: Kind = Kind.NOTE,
    at: float = 10.0,
    subject: str = "",
    thread: str = "",
    refs: tuple[Ref, ...] = (),
    urgent: bool = False,
    idem: str = "",
    expires_at: float | None = None,
    gather: str = "",
) -> Message:
    """A message with an id of its own."""
    name = name or f"m{next(_numbers)}"
    boxes = (to,) if isinstance(to, str) else to
    return Message(
        name,
        sender,
        boxes,
        kind,
        body,
        at,
        thread or name,
        subject,
        refs,
        urgent=urgent,
        idem=idem,
        expires_at=expires_at,
        gather=gather,
    )


def post(sent: Message, *, opens: Gather | None = None, unknown: tuple[str, ...] = ()) -> Post:
    return Post(sent, unknown, opens)


async def fill(store: MailStore, box: str, count: int, *, body: str = "x") -> list[str]:
    """Sends so many messages to the box; their ids."""
    names = []
    for _ in range(count):
        each = message(box, body)
        await store.send(post(each))
        names.append(each.id)
    return names


def ids(received: Received) -> list[str]:
    return [each.message.id for each in received.messages]


async def take(
    store: MailStore, box: str = "bob", session: str = "s1", now: float = 20.0, most: int = 10
) -> Received:
    return await store.receive(box, session, now, ReceiveFilter(most=most))


async def settle(
    store: MailStore,
    received: Received,
    box: str = "bob",
    outcome: Outcome = Outcome.DONE,
    now: float = 30.0,
) -> tuple[Acked, ...]:
    """Acknowledges all that was received."""
    return await store.ack(box, [(each.message.id, each.fence) for each in received.messages], outcome, now)
