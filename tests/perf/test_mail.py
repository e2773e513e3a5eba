"""How fast mail is, and that none is lost in 100,000 sends. Run with: pytest -m perf tests/perf -s"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.core.mail.gather import opened
from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import Kind, SendStatus
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailStore
from orchestrator.store.mail.sqlite.store import SqliteMail
from tests.perf.measure import Spread, Table
from tests.store.mail.bench import message, post
from tests.store.mail.kill import killed_again_and_again
from tests.store.mail.redis_server import RedisServer, needs_redis

pytestmark = [pytest.mark.perf, pytest.mark.timeout(1800)]

CLIENTS = 50
SENDS = 10_000
ROUNDS = 40
KILLED_SENDS = 100_000
KILLS = 25
STORES = ["sqlite", "redis"]


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The store's address: a path, or the URL of a server that writes to its disk before it answers."""
    if request.param == "sqlite":
        yield str(tmp_path / "mail.db")
        return
    needs_redis()
    folder = tmp_path / "redis"
    folder.mkdir()
    server = RedisServer(folder)
    yield server.url
    server.kill()


def play(where: str, measure: Callable[[MailStore], Awaitable[None]]) -> None:
    async def run() -> None:
        if where.startswith("redis:"):
            from orchestrator.store.mail.redis.store import RedisMail

            store: MailStore = RedisMail(where, name="perf")
        else:
            store = SqliteMail(Path(where))
        await store.open()
        try:
            await measure(store)
        finally:
            await store.close()

    asyncio.run(run())


@pytest.mark.parametrize("where", STORES, indirect=True)
def test_durable_sends_of_fifty_clients(where: str) -> None:
    table = Table(f"mail in {where.partition(':')[0][-7:]}: {CLIENTS} clients send")
    waits: list[float] = []

    async def client(store: MailStore, number: int) -> None:
        for _ in range(SENDS // CLIENTS):
            began = time.perf_counter()
            sent = await store.send(post(message(f"box{number}", "x" * 500, sender=f"n{number}")))
            waits.append(time.perf_counter() - began)
            assert sent.fates[0][1] is SendStatus.STORED

    async def measure(store: MailStore) -> None:
        began = time.perf_counter()
        await asyncio.gather(*(client(store, number) for number in range(CLIENTS)))
        rate = SENDS / (time.perf_counter() - began)
        table.add("durable sends", f"{rate:,.0f} a second", "≥ 2,000 a second", 2000 / rate)
        table.add("   one send until it is stored", Spread.of(waits).in_words())

    play(where, measure)
    print(f"\n{table.text()}")


@pytest.mark.parametrize("where", STORES, indirect=True)
def test_from_a_send_to_a_blocked_receiver_and_a_fan_in_of_fifty(where: str) -> None:
    table = Table(f"mail in {where.partition(':')[0][-7:]}: waiting receivers, fan-in")
    wakes: list[float] = []
    closes: list[float] = []

    async def measure(store: MailStore) -> None:
        woken = {f"w{number}": asyncio.Event() for number in range(CLIENTS)} | {"lead": asyncio.Event()}

        async def hear() -> None:
            async for each in await store.listen():
                for box in woken.keys() & each.passing.to if each.passing else woken:
                    woken[box].set()

        async def receiver(box: str, began: dict[str, float]) -> None:
            """What the hub does for a session that is blocked in a receive."""
            for _ in range(ROUNDS):
                while not (received := await store.receive(box, "s1", 20.0, ReceiveFilter(most=1))).messages:
                    await woken[box].wait()
                    woken[box].clear()
                wakes.append(time.perf_counter() - began[received.messages[0].message.id])

        hearing = asyncio.create_task(hear())
        await asyncio.sleep(0)
        began: dict[str, float] = {}
        receivers = [asyncio.create_task(receiver(f"w{number}", began)) for number in range(CLIENTS)]
        await asyncio.sleep(0.5)
        for _, number in itertools.product(range(ROUNDS), range(CLIENTS)):
            each = message(f"w{number}", "x" * 500)
            began[each.id] = time.perf_counter()
            await store.send(post(each))
        await asyncio.gather(*receivers)
        closes.extend([await fan_in(store, woken["lead"], number) for number in range(ROUNDS)])
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)

    play(where, measure)
    table.spread("send → blocked receiver, 50 wait", wakes, "p99 ≤ 25 ms", percent=99, limit=0.025)
    table.spread("last of 50 reports → gather complete", closes, "p99 ≤ 15 ms", percent=99, limit=0.015)
    print(f"\n{table.text()}")


async def fan_in(store: MailStore, woken: asyncio.Event, number: int) -> float:
    """The seconds from the beginning of the last report to when the blocked lead knows that all are there."""
    workers = tuple(f"f{number}-{worker}" for worker in range(CLIENTS))
    task = message(workers, sender="lead", kind=Kind.TASK, gather=f"g{number}")
    await store.send(post(task, opens=opened(f"g{number}", "lead", task.thread, workers, at=10.0)))
    last = 0.0

    async def lead() -> float:
        while True:
            found = await store.gather(f"g{number}")
            assert found
            if not found.open:
                return time.perf_counter()
            await woken.wait()
            woken.clear()

    waiting = asyncio.create_task(lead())
    for worker in workers:
        last = time.perf_counter()
        await store.send(
            post(
                message(
                    "lead", "done", sender=worker, kind=Kind.RESULT, gather=f"g{number}", thread=task.thread
                )
            )
        )
    ended = await waiting
    received = await store.receive("lead", "s1", 20.0, ReceiveFilter(most=CLIENTS, most_bytes=1 << 20))
    acks = [(each.message.id, each.fence) for each in received.messages]
    await store.ack("lead", acks, Outcome.DONE, 30.0)
    return ended - last


@pytest.mark.parametrize("where", STORES, indirect=True)
def test_nothing_is_lost_or_doubled_over_many_sends_with_kills(where: str) -> None:
    began = time.perf_counter()
    told = killed_again_and_again(where, KILLED_SENDS, KILLS, seed=5)
    took = time.perf_counter() - began
    table = Table(f"mail in {where.partition(':')[0][-7:]}: {KILLS} kills -9 of the process that sends")
    table.add(f"{KILLED_SENDS:,} messages sent and settled", f"{took:.0f} s, {told['s']:,} sends answered")
    table.add("lost or doubled", "0", "0")
    print(f"\n{table.text()}")
