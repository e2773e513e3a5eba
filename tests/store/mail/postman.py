"""A process that sends and receives until all is sent, or until it is killed.

Run as: python -m tests.store.mail.postman WHERE RUN COUNT. It writes `s 17` once the send of message 17 has
returned, and `d 17` once its acknowledgement has.
"""

import asyncio
import os
import sys
from pathlib import Path

from orchestrator.core.mail.leases import Acked, Outcome
from orchestrator.core.mail.message import SendStatus
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailStore
from orchestrator.store.mail.sqlite.store import SqliteMail
from tests.store.mail.bench import message, post

SENDERS = 20
BOXES = 4


def store_at(where: str) -> MailStore:
    if where.startswith("redis:"):
        from orchestrator.store.mail.redis.store import RedisMail

        return RedisMail(where, name="postman")
    return SqliteMail(Path(where))


def tell(word: str, name: str) -> None:
    os.write(1, f"{word} {name}\n".encode())


async def send(store: MailStore, numbers: range) -> None:
    """Sends every one of these numbers, as a hub does that does not know how far it got before."""
    for number in numbers:
        each = message(f"box{number % BOXES}", f"number {number}", name=str(number), idem=f"i{number}")
        while (await store.send(post(each))).fates[0][1] is SendStatus.FULL:
            await asyncio.sleep(0.01)
        tell("s", each.id)


async def receive(store: MailStore, box: str, session: str, done: asyncio.Event) -> None:
    """Settles what comes until all is sent and the box is empty."""
    while True:
        last = done.is_set()
        received = await store.receive(box, session, 20.0, ReceiveFilter(most=20))
        acks = [(each.message.id, each.fence) for each in received.messages]
        for (name, _), said in zip(acks, await store.ack(box, acks, Outcome.DONE, 30.0), strict=True):
            assert said is Acked.DONE, (name, said)
            tell("d", name)
        if not acks:
            if last:
                return
            await asyncio.sleep(0.002)


async def work(where: str, run: int, count: int) -> None:
    store = store_at(where)
    await store.open()
    boxes = [f"box{number}" for number in range(BOXES)]
    for box in boxes:
        for before in range(run):
            await store.give_back(box, f"run{before}", 10.0)
        dead = [each.message.id for each in await store.dead(box)]
        await store.redrive(box, dead, 10.0)
    done = asyncio.Event()
    receiving = [asyncio.create_task(receive(store, box, f"run{run}", done)) for box in boxes]
    await asyncio.gather(*(send(store, range(start, count, SENDERS)) for start in range(SENDERS)))
    done.set()
    await asyncio.gather(*receiving)
    await store.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
