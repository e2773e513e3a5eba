"""A mail system that several hubs share: a real hub, a real Redis, and another hub's part played here."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from orchestrator.client import Refused
from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.compose import Draft, compose
from orchestrator.core.mail.message import Authority, Kind, SendResult, SendStatus
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.redis.store import RedisMail
from tests.hub.mail_room import Said, box, sessions
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll
from tests.store.mail.redis_server import RedisServer, running

pytestmark = pytest.mark.slow


T = TypeVar("T")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running(tmp_path / "redis") as server:
        yield server


def _elsewhere(server: RedisServer, work: Callable[[RedisMail], Awaitable[T]]) -> T:
    """What another hub does."""

    async def whole() -> T:
        store = RedisMail(server.url)
        await store.open()
        try:
            await store.announce("far@away", [Peer("far", labels=("gpu",), state="idle")], time.time())
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(whole())


def test_sessions_of_two_hubs_write_to_each_other(stage: Stage, redis: RedisServer) -> None:
    stage.set("ORCH_MAIL__STORE", redis.url)
    _elsewhere(redis, _nothing)
    stage.start()
    (ada,) = sessions(stage, "Ada")
    assert "far: idle; labels gpu; on another machine" in ada.call("mail_peers").text
    assert ada.sent("@label:gpu", "compute", "task")["to"] == {"far": "stored"}
    got = _elsewhere(redis, lambda store: store.receive("far", "far.1", time.time(), ReceiveFilter()))
    assert [each.message.body for each in got.messages] == ["compute"]
    waits = ada.begin("mail_receive", wait_s=30)
    poll(lambda: stage.client.show("ada").card.bell == "waiting in mail_receive", "ada to wait")
    assert _elsewhere(redis, _reply).boxes(SendStatus.STORED) == ("ada",)
    assert "> computed" in waits.result(timeout=PATIENCE).text
    boxes = {each.name: each.hub for each in stage.client.mail().boxes}
    assert boxes["far"] == "far@away"
    assert stage.client.mail().store.startswith("redis://")


@pytest.mark.long
def test_while_the_shared_store_is_away_sends_are_refused_and_nothing_is_lost(
    stage: Stage, redis: RedisServer
) -> None:
    stage.set("ORCH_MAIL__STORE", redis.url)
    stage.set("ORCH_MAIL__AWAY_AFTER", "1")
    stage.start()
    ada, bob = sessions(stage, "Ada", "Bob")
    first = ada.sent("bob", "before")["id"]
    redis.kill()
    refused = ada.send("bob", "meanwhile")
    assert refused.text.startswith("nothing was sent: cannot reach Redis at ")
    poll(lambda: "cannot reach Redis" in stage.client.hub().trouble, "words in the header")
    redis.start()
    poll(lambda: not stage.client.hub().trouble, "the header to be clear again")
    after = poll(lambda: _sent(ada.send("bob", "after")), "the mail to go again")
    assert bob.receive().ids == [first, after]


@pytest.mark.long
def test_with_an_outbox_what_sessions_send_while_the_store_is_away_is_queued_and_arrives(
    stage: Stage, redis: RedisServer
) -> None:
    stage.set("ORCH_MAIL__STORE", redis.url)
    stage.set("ORCH_MAIL__AWAY_AFTER", "0.5")
    stage.set("ORCH_MAIL__WHEN_AWAY", "queue")
    stage.start()
    ada, bob = sessions(stage, "Ada", "Bob")
    asked = ada.sent("bob", "Which port?", "question")["id"]
    redis.kill()
    assert bob.sent("ada", "8080", "answer", reply_to=asked)["to"] == {"ada": "queued"}
    assert bob.sent("ada", "done", "result")["to"] == {"ada": "queued"}
    redis.start()
    poll(lambda: box(stage, "ada").unread == 2, "what waited to arrive")
    got = ada.receive().text
    assert got.index("> 8080") < got.index("> done")
    assert f"reply_to: {asked}" in got


@pytest.mark.long
def test_no_beginning_of_a_name_is_guessed_until_the_other_hubs_are_known(
    stage: Stage, redis: RedisServer
) -> None:
    stage.set("ORCH_MAIL__STORE", redis.url)
    stage.set("ORCH_MAIL__AWAY_AFTER", "0.5")
    stage.set("ORCH_MAIL__WHEN_AWAY", "queue")
    stage.start()
    sessions(stage, "Fargo")
    redis.kill()
    before = stage.pid()
    os.kill(before, signal.SIGKILL)
    poll(lambda: not stage.away() and stage.pid() != before, "the next hub")

    def refused() -> str:
        with pytest.raises(Refused) as told:
            stage.client.mail_send(("far",), "for the one on the other machine")
        return "" if "the mail is not open" in str(told.value) else str(told.value)

    said = poll(refused, "the mail to be open")
    assert "unknown: far" in said
    assert "is unreachable, and so is its list" in said
    assert stage.client.mail_send(("fargo",), "by its whole name").fates == (("fargo", "queued"),)
    redis.start()
    _elsewhere(redis, _nothing)
    again = poll(lambda: _by_human(stage, "far"), "everybody to be known")
    assert again == (("far", "stored"),)


async def _nothing(_: RedisMail) -> None: ...


async def _reply(store: RedisMail) -> SendResult:
    draft = Draft(Kind.RESULT, "computed")
    post = compose(
        draft, message="mfromafar", sender="far", authority=Authority.PEER, to=("ada",), now=time.time()
    )
    return await store.send(post)


def _by_human(stage: Stage, to: str) -> tuple[tuple[str, str], ...]:
    try:
        return stage.client.mail_send((to,), "again").fates
    except Refused:
        return ()


def _sent(said: Said) -> str:
    return "" if said.failed else str(said.data["id"])
