"""A hub that is killed while sessions wait for each other: to their models nothing has happened."""

import asyncio
import os
import re
import signal
from typing import Any

import pytest

from tests.hub.agent_client import AgentClient, NotTakenError
from tests.hub.mail_room import Said, Session, sessions
from tests.hub.stage import Stage, runs
from tests.poll import poll

pytestmark = pytest.mark.slow


WORKERS = 10
MOMENTS = (0.2,)
"""Seconds after the fan-in's begin at which the hub is killed. Those behind the marker take minutes."""
MANY = tuple(tenth / 10 for tenth in range(31))


@pytest.mark.long
def test_ten_sessions_that_wait_do_not_notice_that_the_hub_was_killed_and_tasks_and_results_come_once(
    stage: Stage,
) -> None:
    _fan_ins(stage, MOMENTS)


@pytest.mark.fuzz
@pytest.mark.timeout(3600)
def test_a_fan_in_outlives_a_hub_that_is_killed_at_any_tenth_of_a_second(stage: Stage) -> None:
    _fan_ins(stage, MANY)


def _fan_ins(stage: Stage, moments: tuple[float, ...]) -> None:
    stage.start()
    lead, *workers = sessions(stage, "Lead", *(f"Worker {number}" for number in range(WORKERS)))

    async def run() -> None:
        clients = [AgentClient(each) for each in (lead, *workers)]
        await _all_wait(stage, clients, workers)
        for moment in moments:
            await asyncio.to_thread(stage.start)  # its window gives a hub up that dies five times in a row
            async with asyncio.TaskGroup() as group:
                group.create_task(_kill(stage, moment))
                group.create_task(_lead(clients[0], workers, f"at {moment}", again=True))
                for client in clients[1:]:
                    group.create_task(_worker(client, f"at {moment}", again=True))
        for client in clients:
            await client.close()

    asyncio.run(run())


async def _all_wait(stage: Stage, clients: list[AgentClient], workers: list[Session]) -> None:
    """All are blocked when the hub is killed, and none may notice."""
    async with asyncio.TaskGroup() as group:
        for client in clients[1:]:
            group.create_task(_worker(client, "while all wait"))
        await _until_waiting(stage, workers)
        await _kill(stage)
        group.create_task(_lead(clients[0], workers, "while all wait"))


async def _until_waiting(stage: Stage, workers: list[Session]) -> None:
    def all_wait() -> bool:
        bells = {each.name: each.bell for each in stage.client.mail().boxes}
        return all(bells[each.box] == "waiting in mail_receive" for each in workers)

    await asyncio.to_thread(poll, all_wait, "all to wait")


async def _lead(client: AgentClient, workers: list[Session], word: str, *, again: bool = False) -> None:
    boxes = [each.box for each in workers]
    asked = {"to": boxes, "kind": "task", "body": f"part {word}", "expect": True, "idem": word}
    sent = await _call(client, again, "mail_send", **asked)
    said = Said("", False)
    while "is complete" not in said.text:
        said = await _call(client, again, "mail_gather", gather=sent.data["gather"], wait_s=60)
    assert f"is complete: {WORKERS} of {WORKERS} reported" in said.text
    assert len(re.findall(rf"> done {word}$", said.text, re.MULTILINE)) == WORKERS, "each result once"


async def _worker(client: AgentClient, word: str, *, again: bool = False) -> None:
    said = Said("No mail.", False)
    while said.text == "No mail.":
        said = await _call(client, again, "mail_receive", wait_s=60)
    assert re.findall(r"^> part (.+)$", said.text, re.MULTILINE) == [word], "each task once"
    (task,) = said.ids
    done = {"to": "lead", "kind": "result", "body": f"done {word}", "reply_to": task, "idem": f"done {word}"}
    await _call(client, again, "mail_send", **done)
    await _call(client, again, "mail_ack", ids=[task])


async def _call(client: AgentClient, again: bool, tool: str, **given: Any) -> Said:
    """What the model sees. With `again` it calls again where it is told that the call broke off: one that was
    on its way into a hub that was killed."""
    while True:
        try:
            said = await client.call(tool, **given)
        except NotTakenError:
            if not again:
                raise
            continue
        assert not said.failed, said.text
        return said


async def _kill(stage: Stage, moment: float = 0.0) -> None:
    pid = await asyncio.to_thread(stage.pid)
    await asyncio.sleep(moment)
    os.kill(pid, signal.SIGKILL)
    while runs(pid):
        await asyncio.sleep(0.05)
