"""Killing a process that sends, again and again, and counting afterwards."""

import asyncio
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter

from orchestrator.core.mail.message import MessageState
from tests.guard import CHECKOUT
from tests.store.mail.postman import store_at

_GIVES_UP_S = 120.0


def killed_again_and_again(where: str, count: int, kills: int, seed: int) -> Counter[str]:
    """Has `count` messages sent and settled by processes of which `kills` are killed -9 at random moments.

    Fails where a send or a settling that was told of is lost, or happened twice. Returns how many lines of
    each kind there were.
    """
    chance = random.Random(seed)  # noqa: S311 (chooses moments)
    told: list[str] = []
    for run in range(kills):
        told += _run(where, run, count, chance.randint(1, max(2, 2 * count // (kills + 1))))
    last = _run(where, kills, count, None)
    told += last
    sent = {line[2:] for line in told if line.startswith("s ")}
    settled = Counter(line[2:] for line in told if line.startswith("d "))
    assert {line[2:] for line in last if line.startswith("s ")} == {str(number) for number in range(count)}
    assert [name for name, times in settled.items() if times > 1] == [], "settled twice"

    async def look() -> None:
        store = store_at(where)
        await store.open()
        kept: Counter[str] = Counter()
        async for record in store.export():
            kept[record.message.id] += 1
            assert [each.place for each in record.deliveries] == [MessageState.DONE], record
        await store.close()
        assert max(kept.values()) == 1, "stored twice"
        assert sent <= set(kept), "a send that was told of is lost"
        assert set(settled) <= set(kept)

    asyncio.run(look())
    return Counter(line[0] for line in told)


def _run(where: str, run: int, count: int, kill_after: int | None) -> list[str]:
    """The whole lines that the process wrote until it ended, or was killed after so many."""
    words = [sys.executable, "-m", "tests.store.mail.postman", where, str(run), str(count)]
    process = subprocess.Popen(
        words, cwd=CHECKOUT, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}
    )
    assert process.stdout
    text, deadline = b"", time.monotonic() + _GIVES_UP_S + count / 100
    killed = False
    while True:
        ready, _, _ = select.select([process.stdout], [], [], deadline - time.monotonic())
        assert ready, "the sending process hangs"
        some = os.read(process.stdout.fileno(), 1 << 16)
        if not some:
            break
        text += some
        if not killed and kill_after is not None and text.count(b"\n") >= kill_after:
            process.send_signal(signal.SIGKILL)
            killed = True
    process.stdout.close()
    code = process.wait()
    assert code == (-signal.SIGKILL if killed else 0), code
    return text.decode().splitlines()
