"""What only the shared store promises: several hubs, a server that goes away, strictness, the outbox."""

import asyncio
import re
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from orchestrator.config.settings import Mail
from orchestrator.core.mail.gather import opened
from orchestrator.core.mail.message import Kind, SendStatus
from orchestrator.core.mail.message_limits import BOX_MESSAGES
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailAway, MailError, MailEvent
from orchestrator.store.mail.redis.store import RedisMail
from tests.poll import PATIENCE
from tests.store.mail.bench import fill, ids, message, post, redis_bench, settle, take
from tests.store.mail.redis_server import RedisServer

pytestmark = pytest.mark.slow


async def until(what: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def test_two_hubs_share_boxes_and_each_hears_of_the_others_messages(redis_server: RedisServer) -> None:
    make = redis_bench(redis_server.url).make

    async def play() -> None:
        one, two = make(), make()
        await one.open()
        await two.open()
        news = await two.listen()
        sent = message("bob")
        await one.send(post(sent))
        heard = await asyncio.wait_for(anext(news), 30)
        assert heard.passing
        assert heard.passing.id == sent.id
        received = await take(two)
        assert ids(received) == [sent.id]
        assert ids(await take(one, session="other")) == []
        await settle(one, received)
        await one.close()
        await two.close()

    asyncio.run(play())


def test_systems_of_other_names_do_not_meet(redis_server: RedisServer) -> None:
    async def play() -> None:
        one, two = RedisMail(redis_server.url, name="left"), RedisMail(redis_server.url, name="right")
        await one.open()
        await two.open()
        await one.send(post(message("bob")))
        assert ids(await take(two)) == []
        assert await two.counts() == ()
        await one.close()
        await two.close()

    asyncio.run(play())


def test_what_was_stored_survives_the_death_of_the_server_leases_and_all(own_redis: RedisServer) -> None:
    async def play() -> None:
        store = RedisMail(own_redis.url, waits_s=20.0)
        await store.open()
        stored: list[str] = []

        async def send(sender: int) -> None:
            for number in range(40):
                each = message(f"box{sender % 3}", name=f"{sender}.{number}")
                await store.send(post(each))
                stored.append(each.id)

        sending = asyncio.gather(*(send(sender) for sender in range(10)))
        for enough in (60, 180, 300):
            await until(lambda enough=enough: len(stored) > enough)  # type: ignore[misc]
            own_redis.kill()
            await asyncio.to_thread(own_redis.start)
        await sending
        await fill(store, "bob", 2)
        held = await take(store, most=1)
        own_redis.kill()
        own_redis.start()
        names = [record.message.id async for record in store.export()]
        assert len(names) == len(set(names)) == 402
        assert set(stored) <= set(names)
        assert [each.fence for each in await store.held("bob", "s1")] == [held.messages[0].fence]
        assert len(ids(await take(store, session="s2"))) == 1
        assert store.trouble == ""
        await store.close()

    asyncio.run(play())


def test_a_server_that_is_away_refuses_in_words_after_a_bounded_wait(own_redis: RedisServer) -> None:
    async def play() -> None:
        own_redis.kill()
        store = RedisMail(own_redis.url, waits_s=0.3)
        await store.open()
        assert f"cannot reach Redis at 127.0.0.1:{own_redis.port}" in store.trouble
        for call in (store.send(post(message())), take(store), store.counts(), store.gather("g1")):
            with pytest.raises(MailAway, match="Nothing is lost"):
                await call
        own_redis.start()
        assert (await store.send(post(message()))).fates[0][1] is SendStatus.STORED
        assert store.trouble == ""
        await store.close()

    asyncio.run(play())


def test_a_server_that_hangs_is_away_too_and_a_send_may_be_repeated(own_redis: RedisServer) -> None:
    async def play() -> None:
        store, other = (RedisMail(own_redis.url, waits_s=0.3, answers_s=limit) for limit in (0.3, 20.0))
        await other.open()
        sent = message()
        own_redis.pause()
        try:
            with pytest.raises(MailAway):
                await store.send(post(sent))
        finally:
            own_redis.go_on()
        await other.send(post(sent))
        assert ids(await take(other)) == [sent.id]
        assert ids(await take(other, session="s2")) == []
        await store.close()
        await other.close()

    asyncio.run(play())


def test_with_an_outbox_sends_are_queued_and_arrive_once_in_order(
    own_redis: RedisServer, tmp_path: Path
) -> None:
    path = tmp_path / "outbox.db"
    queued = [message(name=f"q{number}", idem=f"i{number}") for number in range(5)]

    def make() -> RedisMail:
        return RedisMail(own_redis.url, waits_s=0.3, outbox=path)

    async def away() -> None:
        store = make()
        await store.open()
        await store.send(post(message(name="before")))
        own_redis.kill()
        for each in queued:
            gather = opened("g1", "ann", each.thread, ["bob"], at=10.0) if each.id == "q0" else None
            sent = await store.send(post(each, opens=gather, unknown=("nobody",)))
            assert sent.fates == (("bob", SendStatus.QUEUED), ("nobody", SendStatus.UNKNOWN))
        again = await store.send(post(message(name="other", idem="i3")))
        assert (again.id, again.repeated) == ("q3", True)
        assert "5 messages queued until it is back" in store.trouble
        assert path.stat().st_mode & 0o077 == 0
        await store.close()

    async def back() -> None:
        store = make()
        await store.open()
        assert "5 messages queued until it is back" in store.trouble
        await asyncio.to_thread(own_redis.start)
        await store.send(post(message(name="after")))
        await until(lambda: not store.trouble)
        assert ids(await store.peek("bob", 20.0, ReceiveFilter())) == [
            "before",
            *(each.id for each in queued),
            "after",
        ]
        assert await store.gather("g1")
        assert (await store.send(post(queued[0]))).repeated
        await store.close()

    asyncio.run(away())
    asyncio.run(back())


@pytest.mark.long
def test_what_a_full_box_refuses_of_the_outbox_stays_there_and_holds_nobody_up(
    own_redis: RedisServer, tmp_path: Path
) -> None:
    async def play() -> None:
        store = RedisMail(own_redis.url, waits_s=0.3, outbox=tmp_path / "outbox.db")
        await store.open()
        await asyncio.gather(*(fill(store, "bob", BOX_MESSAGES // 10) for _ in range(10)))
        own_redis.kill()
        await store.send(post(message(("bob", "eve"), name="part")))
        await store.send(post(message("bob", name="whole")))
        await store.send(post(message("eve", name="other")))
        await asyncio.to_thread(own_redis.start)
        await until(lambda: "2 of the outbox are waiting for space in a full mailbox" in store.trouble)
        await until(lambda: "until it is back" not in store.trouble)
        assert ids(await store.peek("eve", 20.0, ReceiveFilter())) == ["part", "other"]
        await settle(store, await take(store, most=10))
        outbox = store._outbox  # noqa: SLF001 (what its clock does within a minute)
        assert outbox
        await outbox.try_full_again()
        await until(lambda: not store.trouble)
        assert ids(await store.peek("bob", 20.0, ReceiveFilter(most=1000)))[-2:] == ["part+", "whole"]
        await store.close()

    asyncio.run(play())


def test_who_listens_hears_again_after_the_server_was_away(own_redis: RedisServer) -> None:
    async def play() -> None:
        store = RedisMail(own_redis.url, waits_s=0.3)
        await store.open()
        news = await store.listen()
        heard: list[MailEvent] = []

        async def listen() -> None:
            async for each in news:
                heard.append(each)  # noqa: PERF401 (each is looked for as it comes)

        listening = asyncio.create_task(listen())
        await store.send(post(message(name="m1")))
        await until(lambda: len(heard) == 1)
        own_redis.kill()
        await asyncio.to_thread(own_redis.start)
        await until(lambda: MailEvent() in heard)
        await store.send(post(message(name="m2")))
        await until(lambda: any(each.passing and each.passing.id == "m2" for each in heard))
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await store.close()

    asyncio.run(play())


def server_with(tmp_path: Path, *options: str) -> RedisServer:
    folder = tmp_path / "other"
    folder.mkdir()
    return RedisServer(folder, *options)


@pytest.mark.parametrize(
    ("options", "word"),
    [(("--appendonly", "no"), "append-only file"), (("--appendfsync", "everysec"), "before it answers")],
)
def test_a_server_that_cannot_be_strict_is_refused_unless_less_is_asked_for(
    own_redis: RedisServer, tmp_path: Path, options: tuple[str, ...], word: str
) -> None:
    server = server_with(tmp_path, *options)

    async def play() -> None:
        store = RedisMail(server.url, waits_s=0.5)
        said = await asyncio.gather(store.open(), return_exceptions=True)
        if isinstance(said[0], MailError):
            assert word in str(said[0])
            (advised,) = re.findall(r"mail\.durability = '(\w+)'", str(said[0]))
            assert Mail(durability=advised).durability != "strict"
        else:  # from 7.2 on WAITAOF makes the second one strict
            assert options[0] == "--appendfsync"
            assert store._connection._wait_for_disk  # noqa: SLF001
        await store.close()
        normal = RedisMail(server.url, strict=False)
        await normal.open()
        assert (await normal.send(post(message()))).fates[0][1] is SendStatus.STORED
        await normal.close()

    try:
        asyncio.run(play())
    finally:
        server.kill()


ACL = "user orch on >secret ~{orch}:mail:* +@all -@admin -@dangerous +info +config|get"


def test_a_user_of_an_acl_sees_its_own_keys_alone_and_the_password_is_never_shown(
    own_redis: RedisServer, tmp_path: Path
) -> None:
    server = server_with(tmp_path, "--user", *ACL.split()[1:])
    at = f"127.0.0.1:{server.port}/0"

    async def play() -> None:
        store = RedisMail(f"redis://orch:secret@{at}", waits_s=0.5)
        await store.open()
        await store.send(post(task := message(kind=Kind.TASK)))
        assert ids(await take(store)) == [task.id]
        await store.expire(5000.0)
        assert (await store.counts())[0].waiting == 1
        await store.close()
        for url in (f"redis://orch:wrong@{at}", f"redis://orch:secret@{at}"):
            name = "elsewhere" if "secret" in url else "orch"
            other = RedisMail(url, name=name, waits_s=0.5)
            with pytest.raises(MailError, match="refused") as caught:
                await other.open()
            assert "secret" not in str(caught.value)
            assert "wrong@" not in str(caught.value)
            await other.close()

    try:
        asyncio.run(play())
    finally:
        server.kill()


def test_mail_may_go_through_tls(own_redis: RedisServer, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(
        ["openssl", *words.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-auth-clients", "no")
    server = server_with(tmp_path, "--tls-port", str(port), "--tls-ca-cert-file", str(certificate), *files)

    async def play() -> None:
        url = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificate}"
        store = RedisMail(url, waits_s=2.0)
        await store.open()
        await store.send(post(sent := message()))
        assert ids(await take(store)) == [sent.id]
        await store.close()
        distrustful = RedisMail(f"rediss://127.0.0.1:{port}/0", waits_s=0.3)
        with pytest.raises(MailAway, match="certificate"):
            await distrustful.send(post(message()))
        await distrustful.close()

    try:
        asyncio.run(play())
    finally:
        server.kill()


def test_an_address_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(MailError, match=r"mail\.store"):
        RedisMail("http://example.org")


def test_who_is_told_to_stop_listening_stops(redis_server: RedisServer) -> None:
    async def play() -> None:
        store = redis_bench(redis_server.url).make()
        await store.open()
        for number in range(40):
            news = await store.listen()
            heard = asyncio.Event()

            async def listen(news: AsyncIterator[MailEvent] = news, heard: asyncio.Event = heard) -> None:
                async for _ in news:
                    heard.set()

            listening = asyncio.create_task(listen())
            await store.send(post(message(f"box{number}")))
            await heard.wait()
            for _ in range(number % 8):
                await asyncio.sleep(0)
            listening.cancel()
            await asyncio.wait([listening], timeout=PATIENCE)
            assert listening.cancelled()
        await store.close()

    asyncio.run(play())


def test_what_is_said_of_a_server_that_is_away_ends_no_sentence_twice() -> None:
    async def play() -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        store = RedisMail(f"redis://127.0.0.1:{port}", waits_s=0.1)
        with pytest.raises(MailAway) as away:
            await store.counts()
        assert ".." not in str(away.value)
        assert str(away.value).endswith("retry when it is back")
        await store.close()

    asyncio.run(play())
