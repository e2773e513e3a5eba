"""What every store promises of blobs, claims, pauses, and of who is there."""

import asyncio
import hashlib

import pytest

from orchestrator.core.mail.addressing import Peer
from orchestrator.core.mail.claims import Claim
from orchestrator.core.mail.message_limits import BLOB_BYTES
from orchestrator.core.mail.rate_limits import Pair, Pause
from orchestrator.store.mail.protocol import MailError, MailStore
from tests.store.mail.bench import Bench


def claim(what: str, holder: str = "ann", session: str = "s1", *, exclusive: bool = True) -> Claim:
    return Claim("/r", what, holder, session, exclusive, 10.0, 100.0)


def test_a_blob_is_kept_once_under_its_own_digest(bench: Bench) -> None:
    data = bytes(range(256)) * 1000

    async def keep(store: MailStore) -> str:
        assert await store.put_blob(data) == await store.put_blob(data)
        with pytest.raises(MailError, match="too much for one blob"):
            await store.put_blob(b"x" * (BLOB_BYTES + 1))
        return await store.put_blob(data)

    async def find(store: MailStore) -> None:
        assert await store.blob(name) == data
        assert await store.blob("0" * 64) is None

    name = bench.run(keep)
    assert name == hashlib.sha256(data).hexdigest()
    bench.run(find)


def test_claims_are_granted_all_or_none_and_a_conflict_names_who_holds_it(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        assert await store.claim([claim("src/api"), claim("docs")], 10.0) is None
        refused = await store.claim([claim("tests", "bob"), claim("src/api/a.py", "bob")], 20.0)
        assert refused
        assert refused.by.holder == "ann"
        assert "held by ann" in refused.refusal.what
        assert {each.what for each in await store.claims(20.0)} == {"src/api", "docs"}
        assert await store.claim([claim("src/apix", "bob")], 20.0) is None
        assert await store.claims(100.0) == ()
        assert await store.claim([claim("src", "eve")], 100.0) is None

    bench.run(play)


def test_claims_end_with_the_session_or_by_name(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await store.claim([claim("a"), claim("b"), claim("c", session="s2"), claim("d", "bob")], 10.0)
        await store.drop_claims("ann", "s1", ["a"])
        assert [each.what for each in await store.claims(20.0)] == ["b", "c", "d"]
        await store.drop_claims("ann", "s1")
        assert [each.what for each in await store.claims(20.0)] == ["c", "d"]
        await store.drop_claims("ann")
        assert [each.what for each in await store.claims(20.0)] == ["d"]

    bench.run(play)


def test_of_many_that_claim_the_same_at_once_one_gets_it(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        answers = await asyncio.gather(*(store.claim([claim("a", f"n{n}")], 10.0) for n in range(10)))
        assert sum(each is None for each in answers) == 1
        assert len(await store.claims(20.0)) == 1

    bench.run(play)


def test_a_pause_survives_a_restart_until_it_is_lifted(bench: Bench) -> None:
    pause = Pause(Pair.of("bob", "ann"), 10.0, "12 turns")

    async def begin(store: MailStore) -> None:
        await store.pause(pause)

    async def end(store: MailStore) -> None:
        assert await store.paused() == (pause,)
        await store.unpause(pause.pair)
        assert await store.paused() == ()

    bench.run(begin)
    bench.run(end)


def test_who_is_there_is_known_for_a_minute_after_each_announcement(bench: Bench) -> None:
    ann, bob = Peer("ann", "c1", ("api",), branch="orch/ann"), Peer("bob", "c2")

    async def play(store: MailStore) -> None:
        assert await store.announce("h1", [ann, bob], 10.0) == ()
        assert {(each.name, each.hub) for each in await store.peers(69.0)} == {("ann", "h1"), ("bob", "h1")}
        assert next(each for each in await store.peers(69.0) if each.name == "ann").labels == ("api",)
        assert await store.peers(70.0) == ()
        await store.announce("h1", [ann], 80.0)
        await store.announce("h1", [bob], 81.0)
        assert [each.name for each in await store.peers(82.0)] == ["bob"], "the latest announcement counts"

    bench.run(play)


def test_a_name_belongs_to_the_hub_that_serves_it(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await store.announce("h1", [Peer("ann")], 10.0)
        assert await store.announce("h2", [Peer("ann"), Peer("eve")], 20.0) == ("ann",)
        assert {(each.name, each.hub) for each in await store.peers(30.0)} == {("ann", "h1"), ("eve", "h2")}
        assert await store.announce("h2", [Peer("ann")], 71.0) == ()
        assert [(each.name, each.hub) for each in await store.peers(72.0)] == [("ann", "h2")]

    bench.run(play)
