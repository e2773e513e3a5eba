"""Rows that no hub has written so are told in words, lose nothing, and hold up none of the others."""

import asyncio
import itertools
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import strategies as st

from orchestrator.core.events import CardCreated, CardHeld, Event
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.store import codec
from orchestrator.store.journal import Journal
from orchestrator.store.mail.redis.store import RedisMail
from orchestrator.store.schema import JournalError
from tests.poll import PATIENCE
from tests.security.fuzz import BROKEN_JSON, at_length, fuzz, odd_json, odd_texts
from tests.store.mail.bench import VISIBLE_S, ids, message, post, take
from tests.store.mail.redis_server import RedisServer, running

pytestmark = pytest.mark.slow

# --- the journal ------------------------------------------------------------------------------------------

CREATED = CardCreated(1.0, "c1", "a", "A", "", "/r", "main", "orch/a", "/w/a")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with two events."""
    return written(tmp_path / "journal.db", CREATED, CardHeld(2.0, "c1", "wait"))


def written(path: Path, *events: Event) -> Path:
    async def run() -> None:
        book = Journal(path)
        state = book.load()
        for event in events:
            state = evolve(state, event)
            await book.append([event], state)
        book.close()

    asyncio.run(run())
    return path


def rows(path: Path) -> list[Any]:
    reader = sqlite3.connect(path)
    found = reader.execute("SELECT * FROM events ORDER BY seq").fetchall()
    reader.close()
    return found


def change(path: Path, sql: str, *values: object) -> None:
    writer = sqlite3.connect(path)
    writer.execute(sql, values)
    writer.commit()
    writer.close()


def opened(path: Path) -> State:
    book = Journal(path)
    try:
        return book.load()
    finally:
        book.close()


def loaded(path: Path) -> State | str:
    """The state, or why there is none in words; the events stay as they are either way."""
    reader = sqlite3.connect(path)
    count = reader.execute("SELECT count(*), total(length(CAST(body AS BLOB))) FROM events").fetchone()
    reader.close()
    came_to: State | str
    try:
        came_to = opened(path)
    except JournalError as error:
        came_to = str(error)
    if isinstance(came_to, str):
        assert str(path) in came_to
        assert len(came_to) < 1000
        assert "\n" not in came_to
    reader = sqlite3.connect(path)
    after = reader.execute("SELECT count(*), total(length(CAST(body AS BLOB))) FROM events").fetchone()
    reader.close()
    assert after == count
    return came_to


def test_an_event_of_a_newer_orch_is_told_as_such(path: Path) -> None:
    change(path, "UPDATE events SET kind = 'CardTeleported' WHERE seq = 2")
    said = loaded(path)
    assert isinstance(said, str)
    assert "CardTeleported" in said
    assert "upgrade orch" in said


def test_a_field_of_a_newer_orch_is_passed_over(path: Path) -> None:
    change(path, "UPDATE events SET body = json_set(body, '$.colour', 'red') WHERE seq = 2")
    assert isinstance(loaded(path), State)


@pytest.mark.parametrize("kind", BROKEN_JSON)
def test_a_torn_event_is_told_in_a_line(path: Path, kind: str) -> None:
    change(path, "UPDATE events SET body = CAST(? AS TEXT) WHERE seq = 2", BROKEN_JSON[kind])
    assert isinstance(loaded(path), str)


@pytest.mark.parametrize(
    "body",
    [
        '{"at": 2}', '{"at": 2, "card": 1, "note": "x"}', '{"at": "x", "card": "c1", "note": "x"}',
        '{"at": 2, "card": "c1", "note": null}', '{"at": 2, "card": "c1", "note": {"a": []}}', "1", '"x"',
    ],
)  # fmt: skip
def test_an_event_with_missing_or_wrong_fields_is_told_with_its_number(path: Path, body: str) -> None:
    change(path, "UPDATE events SET body = ? WHERE seq = 2", body)
    said = loaded(path)
    assert isinstance(said, str)
    assert "event 2" in said


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM events WHERE seq = 1",
        "UPDATE events SET seq = 7 WHERE seq = 2",
        "UPDATE events SET seq = -1 WHERE seq = 1",
        "UPDATE events SET kind = '' WHERE seq = 1",
        "UPDATE events SET kind = CAST(x'fffe' AS TEXT) WHERE seq = 1",
        "DELETE FROM meta",
        "DROP TABLE events",
        "DROP TABLE meta",
        "PRAGMA user_version = 99",
    ],
)
def test_a_damaged_journal_is_told_in_words(path: Path, sql: str) -> None:
    change(path, sql)
    with pytest.raises(JournalError) as told:
        opened(path)
    assert str(path) in str(told.value)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'{"seq": "x"}', b'{"cards": [1]}', b"null"])
def test_a_broken_snapshot_costs_a_longer_start_and_nothing_else(path: Path, body: bytes) -> None:
    whole = loaded(path)
    change(path, "INSERT INTO snapshots VALUES (2, ?, ?)", codec.shape_of_state(), body)
    assert loaded(path) == whole


def test_history_that_can_not_be_read_is_told_in_words(path: Path) -> None:
    book = Journal(path)
    book.load()
    change(path, "UPDATE events SET kind = 'X' WHERE seq = 2")
    with pytest.raises(JournalError, match="'X'"):
        book.history("c1")
    with pytest.raises(JournalError):
        book.since(0.0, ["X"])
    book.close()


EVENT_KINDS = sorted(codec._KINDS)  # noqa: SLF001 (all kinds there are)


@st.composite
def odd_rows(draw: st.DrawFn) -> tuple[str, str]:
    """(kind, body): the fields of a known kind, some odd, some missing."""
    kind = draw(st.sampled_from(EVENT_KINDS))
    likely = {"at": st.just(3.0), "card": st.just("c1"), "run": st.integers(0, 2)}
    names = list(codec._KINDS[kind].__dataclass_fields__)  # noqa: SLF001
    given = {name: draw(likely.get(name, odd_texts | odd_json)) for name in names}
    for name in draw(st.lists(st.sampled_from(names), max_size=2)):
        given.pop(name, None)
    return kind, json.dumps(given)


@at_length
def test_any_event_is_read_or_told_in_words(tmp_path: Path, examples: int) -> None:
    path = written(tmp_path / "journal.db", CREATED, CardHeld(2.0, "c1", "wait"))

    def check(row: tuple[str, str]) -> None:
        change(path, "UPDATE events SET kind = ?, body = ? WHERE seq = 2", *row)
        loaded(path)

    fuzz(odd_rows(), check, examples)


# --- Redis ------------------------------------------------------------------------------------------------

_names = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(tmp_path_factory.mktemp("rows") / "redis") as server:
        yield server


DELIVERY = {"place": "waiting", "times": 0, "session": "", "fence": 0, "until": "", "why": "", "at": "1",
            "size": 1, "expires": "", "opens": ""}  # fmt: skip


def spoil(client: Any, p: str, how: str, junk: bytes) -> None:
    """Writes what no hub writes, in one of the places that hubs read."""
    match how:
        case "message":
            client.hset(f"{p}m:bad", mapping={"message": junk, "@bob": junk, "facts": junk})
            client.zadd(f"{p}times", {b"1:bad": 5})
            client.zadd(f"{p}of:bob", {b"1:bad": 5})
            client.rpush(f"{p}thread:bad", "bad")
            client.zadd(f"{p}threads", {"bad": 5})
        case "entry":
            client.xadd(f"{p}box:bob", {"id": junk, "x": junk})
        case "whole entry":
            facts = {"id": "bad", "kind": "note", "sender": "ann", "thread": "bad", "urgent": "1", "size": 1,
                     "expires": "", "sent": "1"}  # fmt: skip
            entry = client.xadd(f"{p}box:bob", facts).decode()
            said = json.dumps({**DELIVERY, "entry": entry})
            client.hset(f"{p}m:bad", mapping={"message": junk, "@bob": said, "facts": junk})
        case "entry without a message":
            client.xadd(
                f"{p}box:bob", {"id": "gone", "size": "1", "expires": "", "sent": "1", "kind": "note"}
            )
        case "log":
            client.xadd(f"{p}log", {"id": junk, "to": junk, "at": junk})
        case "names":
            for key in ("times", "of:bob", "threads", "threads:bob", "dead:bob", "expiring", "gathers"):
                client.zadd(f"{p}{key}", {junk: 5})
            client.sadd(f"{p}boxes", junk)
        case "kinds":
            client.set(f"{p}box:odd", junk)
            client.sadd(f"{p}boxes", "odd")
            client.set(f"{p}m:odd", junk)
            client.zadd(f"{p}times", {b"1:odd": 5})
        case "gather":
            client.hset(f"{p}gather:g1", mapping={"body": junk, "owner": junk})
            client.zadd(f"{p}gathers", {"g1": 5})
            client.rpush(f"{p}reports:g1", junk)
        case "values":
            client.set(f"{p}claims", junk)
            client.set(f"{p}presence", junk)
            client.hset(f"{p}pauses", "x", junk)
        case "items":
            client.set(f"{p}claims", json.dumps([junk.decode(errors="replace"), 1, None, {"a": 1}]))
            client.set(
                f"{p}presence", json.dumps([junk.decode(errors="replace"), {"peer": 1, "until": 1e12}])
            )


PLACES = (
    "message", "entry", "whole entry", "entry without a message", "log", "names", "kinds", "gather", "values",
    "items",
)  # fmt: skip
JUNK = (b"", b"\xff\xfe", b"{", b"[]", b'{"id": 1}', b"[" * 2000, b'{"at": NaN, "entry": "0-1"}')


async def whole_round(store: RedisMail, number: int) -> None:
    """All that a hub asks of its mail, with one message that goes its way."""
    name = f"good{number}"
    await store.send(post(message("bob", name=name)))
    assert (await store.record(name)) is not None
    got = await take(store)
    assert name in ids(got)
    assert name in [each.message.id for each in await store.held("bob", "s1")] or not got.messages
    for ask in (
        store.counts(), store.records("bob"), store.records(), store.threads(), store.threads("bob"),
        store.recent(0.0), store.dead(), store.dead("bob"), store.search("hello"), store.gathers(),
        store.paused(), store.peers(1.0), store.claims(1.0), store.expire(50.0), store.thread("bad"),
        store.gather("g1"), store.record("bad"), store.announce("h", (), 1.0),
        store.renew([("bob", "s1")], 60.0), store.give_back("bob", "s1", 70.0),
        store.redrive("bob", ["bad"], 80.0), store.drop_claims("bob", "s1", ()),
    ):  # fmt: skip
        await ask
    assert name in [each.message.id async for each in store.export()]
    assert name in ids(await take(store))


def spoiled(server: RedisServer, many: list[tuple[str, bytes]]) -> tuple[str, int]:
    """The store's trouble after a round beside each of these, and how many lines the log has of them."""
    name = f"rows-{next(_names)}"
    lines: list[str] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            assert record.exc_info is None
            lines.append(record.getMessage())

    async def play() -> str:
        store = RedisMail(server.url, name=name, visible_s=VISIBLE_S)
        client = redis.Redis.from_url(server.url)
        await store.open()
        news = await store.listen()
        try:
            for number, (how, junk) in enumerate(many):
                spoil(client, f"{{{name}}}:mail:", how, junk)
                await whole_round(store, number)
                async with asyncio.timeout(PATIENCE):
                    while (heard := await anext(news)).passing is None or heard.passing.id != f"good{number}":
                        pass
            return store.trouble
        finally:
            await news.aclose()  # type: ignore[attr-defined]
            await store.close()
            client.close()

    log, heard = logging.getLogger("orchestrator.store"), Heard()
    log.addHandler(heard)
    try:
        return asyncio.run(play()), len(lines)
    finally:
        log.removeHandler(heard)


@pytest.mark.sample(3)
@pytest.mark.parametrize("how", PLACES)
def test_what_no_hub_has_written_holds_up_no_mail(server: RedisServer, how: str) -> None:
    spoiled(server, [(how, junk) for junk in JUNK])


def test_a_malformed_message_is_told_once_and_shown_as_trouble(server: RedisServer) -> None:
    trouble, lines = spoiled(server, [("message", b"{")])
    assert "cannot be read" in trouble
    assert 1 <= lines <= 3  # the message, and the thread that it began


@at_length
def test_no_value_in_redis_holds_up_the_mail(server: RedisServer, examples: int) -> None:
    junk = odd_json.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=20)
    spoils = st.lists(st.tuples(st.sampled_from(PLACES), junk), min_size=1, max_size=3)
    fuzz(spoils, lambda many: spoiled(server, many), examples)
