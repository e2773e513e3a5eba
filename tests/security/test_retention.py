"""What is over is removed in time; what is unread, unsettled, needed for a replay or a record never is."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.config import Config
from orchestrator.core.events import (
    CardCreated,
    CardRemoved,
    Event,
    MetersRead,
    RequestAnswered,
    RightGranted,
    SessionChanged,
    StartQueued,
    WindowOpened,
    WorktreeRemoved,
)
from orchestrator.core.evolve import evolve
from orchestrator.core.mail.gather import opened
from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import Kind, Ref
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.core.model import State
from orchestrator.core.needs.grants import Right
from orchestrator.core.needs.stats import waited
from orchestrator.core.retention import DAY_S, until
from orchestrator.core.sessions.model import Evidence, Meters, Session, Source, Status
from orchestrator.core.sessions.prompt_events import PromptQueued
from orchestrator.hub.retention import folders
from orchestrator.paths import Home
from orchestrator.store import journal_retention
from orchestrator.store.database import connect
from orchestrator.store.journal import Journal
from orchestrator.store.mail.protocol import MailStore
from orchestrator.store.schema import MIGRATIONS, JournalError
from orchestrator.store.space import shrink
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll
from tests.store.mail.bench import Bench, message, post, redis_bench, settle, sqlite_bench, take
from tests.store.mail.redis_server import RedisServer, running

pytestmark = pytest.mark.slow


OLD, LONG_AGO, NOW = 1_000.0, 10.0, 500_000.0


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(tmp_path_factory.mktemp("retention") / "redis") as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    if request.param == "sqlite":
        return sqlite_bench(tmp_path)
    return redis_bench(request.getfixturevalue("redis_server").url)


# --- mail ------------------------------------------------------------------------------------------------


async def settled(store: MailStore, name: str, **more: object) -> None:
    await store.send(post(message(name=name, **more)))  # type: ignore[arg-type]
    await settle(store, await take(store))


async def left(store: MailStore) -> list[str]:
    return sorted([each.message.id async for each in store.export()])


async def nothing(_: MailStore) -> None:
    """The thread is as old and settled as can be."""


async def an_answer_is_unread(store: MailStore) -> None:
    await store.send(post(message("ann", sender="bob", thread="old")))


async def one_is_leased(store: MailStore) -> None:
    await store.send(post(message(thread="old")))
    await take(store)


async def one_of_two_has_not_read_it(store: MailStore) -> None:
    await store.send(post(message(("bob", "eve"), thread="old")))
    await settle(store, await take(store))


async def one_was_settled_lately(store: MailStore) -> None:
    await store.send(post(message(thread="old")))
    await settle(store, await take(store), now=OLD + 1)


async def one_was_sent_lately(store: MailStore) -> None:
    await store.send(post(message(thread="old", at=OLD + 1)))
    await settle(store, await take(store))


async def one_is_a_dead_letter(store: MailStore) -> None:
    await store.send(post(message(thread="old")))
    await settle(store, await take(store), outcome=Outcome.FAILED)


async def a_dead_letter_was_taken_up_again(store: MailStore) -> None:
    await one_is_a_dead_letter(store)
    (dead,) = await store.dead("bob")
    assert await store.redrive("bob", [dead.message.id], 40.0)


async def a_report_is_awaited(store: MailStore) -> None:
    asked = message(kind=Kind.TASK, thread="old", gather="g1")
    await store.send(post(asked, opens=opened("g1", "ann", "old", ["bob"], at=10.0)))
    await settle(store, await take(store))


async def a_partial_report_came(store: MailStore) -> None:
    await a_report_is_awaited(store)
    await store.send(post(message("ann", sender="bob", kind=Kind.PARTIAL, thread="old", gather="g1")))
    await settle(store, await take(store, "ann"), "ann")


@pytest.mark.parametrize(
    "happens",
    [
        an_answer_is_unread, one_is_leased, one_of_two_has_not_read_it, one_was_settled_lately,
        one_was_sent_lately, one_is_a_dead_letter, a_dead_letter_was_taken_up_again, a_report_is_awaited,
        a_partial_report_came,
    ],
)  # fmt: skip
def test_a_thread_stays_whole_while_anything_in_it_goes_on(
    bench: Bench, happens: Callable[[MailStore], Awaitable[None]]
) -> None:
    async def play(store: MailStore) -> None:
        await settled(store, "old")
        await settled(store, "other")
        await happens(store)
        before = await left(store)
        assert (await store.old(OLD, LONG_AGO)).count == 1
        assert (await store.forget(OLD, LONG_AGO, NOW)).count == 1
        assert await left(store) == [each for each in before if each != "other"]
        assert (await store.forget(OLD, LONG_AGO, NOW)).count == 0

    bench.run(play)


def test_a_settled_thread_leaves_nothing_behind(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        await settled(store, "m1", body="pelican", idem="once", subject="birds")
        await settled(store, "m2", thread="m1", sender="bob", body="heron")
        asked = message(name="m3", kind=Kind.TASK, gather="g1")
        await store.send(post(asked, opens=opened("g1", "ann", "m3", ["bob"], at=10.0)))
        await settle(store, await take(store))
        await store.send(post(message("ann", sender="bob", kind=Kind.RESULT, thread="m3", gather="g1")))
        await settle(store, await take(store, "ann"), "ann")
        assert await store.gathers() == ()
        gone = await store.forget(OLD, LONG_AGO, NOW)
        assert (gone.count, gone.bytes > 0) == (4, True)
        assert (await left(store), await store.records(), await store.threads()) == ([], (), ())
        assert (await store.records("bob"), await store.threads("ann")) == ((), ())
        assert await store.thread("m1") == ()
        assert (await store.search("pelican"), await store.search("birds")) == ((), ())
        assert (await store.record("m1"), await store.gather("g1"), await store.counts()) == (None, None, ())
        assert not (await store.send(post(message(name="m9", idem="once", body="ibis")))).repeated
        assert [each.message.id for each in await store.search("ibis")] == ["m9"]

    bench.run(play)


@pytest.mark.parametrize(("dead_before", "stays"), [(0.0, True), (29.0, True), (31.0, False)])
def test_dead_letters_stay_longer_and_for_ever_where_that_is_set(
    bench: Bench, dead_before: float, stays: bool
) -> None:
    async def play(store: MailStore) -> None:
        await store.send(post(message(thread="old")))
        await settle(store, await take(store), outcome=Outcome.FAILED, now=30.0)
        await store.forget(OLD, dead_before, NOW)
        assert bool(await store.dead("bob")) is stays

    bench.run(play)


def test_a_blob_stays_while_a_kept_message_points_at_it_and_a_day_after(bench: Bench) -> None:
    async def play(store: MailStore) -> None:
        used, lost, shared = [await store.put_blob(each) for each in (b"used", b"lost", b"shared")]
        await store.send(post(message(refs=(Ref("blob", used, sha256=used, size=4),))))
        for box in ("bob", "eve"):
            await store.send(post(message(box, refs=(Ref("file", "a.txt", sha256=shared),))))
        await settle(store, await store.receive("bob", "s1", 20.0, ReceiveFilter()))

        async def round_at(now: float) -> list[bool]:
            await store.forget(OLD, LONG_AGO, now)
            return [await store.blob(each) is not None for each in (used, lost, shared)]

        assert await round_at(NOW) == [True, True, True]  # eve has one unread; `lost` might be on its way
        assert await round_at(NOW + DAY_S / 2) == [True, True, True]
        await store.put_blob(b"lost")
        assert await round_at(NOW + DAY_S) == [False, True, True]
        await store.send(post(message("fay", refs=(Ref("blob", lost, sha256=lost),))))
        assert await round_at(NOW + 3 * DAY_S) == [False, True, True]
        assert (await store.blobs()).count == 2

    bench.run(play)


def test_a_send_that_comes_between_finding_and_removing_keeps_its_thread(tmp_path: Path) -> None:
    from orchestrator.store.mail.sqlite import retention
    from orchestrator.store.mail.sqlite.schema import connect as open_mail

    async def play(store: MailStore) -> None:
        await settled(store, "old")

    sqlite_bench(tmp_path).run(play)
    assert list(retention.threads(tmp_path / "mail.db", OLD, 0.0)) == ["old"]
    sqlite_bench(tmp_path).run(an_answer_is_unread)
    with closing(open_mail(tmp_path / "mail.db")) as db:
        assert not retention.forget(db, "old", OLD, 0.0)


# --- the journal -----------------------------------------------------------------------------------------


def session(status: Status, at: float) -> Session:
    return Session(1, "s", 1.0, status, at, "", Evidence(Source.HOOK, "", at))


def life(number: int, at: float, *, removed: bool = True) -> list[Event]:
    """All that a card may leave in the journal."""
    card, name = f"c{number}", f"card-{number}"
    events: list[Event] = [
        CardCreated(at, card, name, name, "x" * 500, "/r", "main", f"orch/{name}", f"/w/{name}"),
        StartQueued(at, card, 1, "s", resume=False),
        WindowOpened(at, card, 1, "@1", "%1", 1, 1),
        PromptQueued(at, card, "p1", "more"),
    ]
    for status in (Status.WORKING, Status.PERMISSION, Status.WORKING, Status.WORKING, Status.IDLE):
        at += 1.0
        events.append(SessionChanged(at, card, session(status, at)))
    events += [
        RequestAnswered(at, card, f"q{number}", "permission", "rm x", "allow", "", "tui", "", 1.0),
        RightGranted(at, card, 1, f"q{number}", Right("all of npm", "userSettings"), "tui", "me"),
        MetersRead(at, card, 1, "2026-01-01", replace(Meters(), cost_usd=0.25)),
        WorktreeRemoved(at, card, f"refs/orch/rescue/{number}"),
    ]
    return [*events, CardRemoved(at, card)] if removed else events


async def write(book: Journal, state: State, events: list[Event]) -> State:
    for event in events:
        state = evolve(state, event)
        await book.append([event], state)
    return state


def opened_book(path: Path) -> tuple[State, Journal]:
    book = Journal(path)
    return book.load(), book


def without_snapshot(path: Path) -> State:
    """What a replay of all that is in the file comes to, as after an upgrade."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM snapshots")
    state, book = opened_book(path)
    book.close()
    return state


def kinds(path: Path, card: str) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [
            kind for (kind,) in db.execute("SELECT kind FROM events WHERE card = ? ORDER BY seq", (card,))
        ]


ALL_KINDS = ("SessionChanged", "RequestAnswered")


def test_a_journal_without_what_is_gone_replays_to_the_same_state_and_keeps_its_records(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"

    async def play() -> State:
        state, book = opened_book(path)
        for events in (life(1, 10.0), life(2, 20.0, removed=False), life(3, OLD), life(4, 30.0)):
            state = await write(book, state, events)
        counted = waited(book.since(0.0, ALL_KINDS), str, {})
        grants = book.since(0.0, ("RightGranted",))
        assert journal_retention.old(book, OLD).count == 2 * 6
        assert await journal_retention.let_go(book, OLD) == 2 * 9
        assert await journal_retention.let_go(book, OLD) == 0
        assert waited(book.since(0.0, ALL_KINDS), str, {}) == counted
        assert len(counted) == 4
        assert book.since(0.0, ("RightGranted",)) == grants
        state = await write(book, state, life(5, OLD, removed=False))
        book.close()
        return state

    state = asyncio.run(play())
    gone = ["SessionChanged", "SessionChanged", "RequestAnswered", "RightGranted", "WorktreeRemoved"]
    assert kinds(path, "c1") == kinds(path, "c4") == gone
    assert kinds(path, "c2") == [type(each).__name__ for each in life(2, 0.0, removed=False)]
    assert len(kinds(path, "c3")) == len(life(3, 0.0)), "too young"
    assert without_snapshot(path) == state
    assert without_snapshot(path).cost_by_day == {"2026-01-01": 1.25}
    assert state.next_card == 6


def test_a_journal_that_lost_other_events_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def play() -> None:
        state, book = opened_book(path)
        await write(book, state, [*life(1, 10.0), *life(2, 20.0, removed=False)])
        await journal_retention.let_go(book, OLD)
        book.close()

    asyncio.run(play())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM events WHERE card = 'c2' AND kind = 'PromptQueued'")
    with pytest.raises(JournalError, match="is missing events"):
        without_snapshot(path)


KILLED = """
import asyncio, os, sys
from pathlib import Path
from orchestrator.store import journal_retention, past
from orchestrator.store.journal import Journal

journal_retention._AT_ONCE = 1
steps, real = int(sys.argv[2]), past.let_go

def let_go(*given):
    global steps
    if not steps:
        os.kill(os.getpid(), 9)
    steps -= 1
    real(*given)

past.let_go = let_go
async def play():
    book = Journal(Path(sys.argv[1]))
    book.load()
    await journal_retention.let_go(book, 1000.0)
asyncio.run(play())
"""


@pytest.mark.sample(2)
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_a_hub_killed_while_it_removes_loses_nothing(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "journal.db"

    async def begin() -> State:
        state, book = opened_book(path)
        state = await write(book, state, [*life(1, 10.0), *life(2, 20.0, removed=False)])
        book.close()
        return state

    async def go_on() -> None:
        _, book = opened_book(path)
        await journal_retention.let_go(book, OLD)
        book.close()

    before = asyncio.run(begin())
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(steps)], check=False, timeout=2 * PATIENCE
    )
    assert done.returncode == -9
    assert without_snapshot(path) == before
    asyncio.run(go_on())
    assert without_snapshot(path) == before
    assert len(kinds(path, "c1")) == 5


def test_nothing_of_a_card_that_is_being_removed_goes_before_that_is_on_the_disk(tmp_path: Path) -> None:
    """What is in memory alone is not known to retention at all."""
    path = tmp_path / "journal.db"

    async def play() -> None:
        state, book = opened_book(path)
        await write(book, state, life(1, 10.0, removed=False))
        assert await journal_retention.let_go(book, OLD) == 0
        book.close()

    asyncio.run(play())


# --- files -----------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("steps", [True, False], ids=["a new file, in steps", "an old file, once"])
def test_a_file_gives_the_disk_back_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: bool
) -> None:
    path = tmp_path / "journal.db"
    if not steps:
        with closing(sqlite3.connect(path)) as db:
            db.execute("VACUUM")  # a file with a page, which was not made to shrink
    with closing(connect(path, MIGRATIONS)) as db:
        for number in range(3_000):
            db.execute("INSERT INTO events VALUES (?, 0, 'c1', 'CardHeld', ?)", (number, "x" * 1_000))
        db.execute("DELETE FROM events WHERE seq > 3")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = path.stat().st_size
        if not steps:
            monkeypatch.setattr("shutil.disk_usage", lambda _: os.terminal_size((0, 0)) and Full())
            assert not shrink(db, path)
            assert path.stat().st_size == before, "no room to write it anew"
            monkeypatch.undo()
        times = 0
        while shrink(db, path):
            times += 1
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert path.stat().st_size < before / 2
        assert (times > 1) is steps
        assert db.execute("SELECT count(*) FROM events").fetchone() == (4,)


class Full:
    free = 1_000


def test_folders_of_another_journal_stay_while_a_window_a_process_or_a_change_speaks_for_them(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path, "x")
    names = ("own", "windowed", "fresh", "used", "before-own", "gone")
    made = {name: tmp_path / "launches" / name / "c1" for name in names}
    for folder in made.values():
        folder.mkdir(parents=True)
        (folder / "launch.json").write_text("{}")
    home.launches.symlink_to(made["own"].parent, target_is_directory=True)
    for path in (tmp_path / "launches").rglob("*"):
        if path != made["fresh"] / "launch.json":
            os.utime(path, (10.0, 10.0))
    user = subprocess.Popen(
        [sys.executable, "-c", "input()", str(made["used"] / "launch.json")], stdin=subprocess.PIPE
    )
    try:
        found = folders.left(home, {"windowed", ""}, OLD)
    finally:
        user.communicate(b"\n")
    assert [each.name for each in found] == ["gone"]
    assert folders.left(home, set(), 0.0) == (), "0 days keep them for ever"
    folders.remove(found[0])
    assert not made["gone"].exists()


# --- the hub ---------------------------------------------------------------------------------------------


def test_0_days_keep_everything_and_the_defaults_keep_at_least_a_month() -> None:
    assert set(vars_of(until(NOW, 0, 0, 0, 0))) == {0.0}
    given = Config().retention
    assert given.dead_letter_days > given.mail_days >= 30
    assert given.journal_days >= 30


def vars_of(times: object) -> list[float]:
    return [getattr(times, name) for name in ("mail", "dead_letters", "journal", "folders")]


@pytest.mark.long
def test_a_hub_removes_by_itself_what_is_over_and_leaves_what_is_unread(stage: Stage) -> None:
    async def play(store: MailStore) -> None:
        await settled(store, "m1")
        await store.send(post(message("human", name="m2")))

    home = stage.home
    stage.client.stop_hub()
    poll(stage.away, "the hub to end")
    sqlite_bench(home.root).run(play)
    folder = home.root / "launches" / "gone"
    folder.mkdir(parents=True)
    os.utime(folder, (10.0, 10.0))
    stage.start()
    poll(lambda: not folder.exists(), "the folder of another journal to go")
    poll(lambda: [each.id for each in stage.client.mail_export()] == ["m2"], "the settled message to go")
    kept = {each.name: each for each in stage.client.kept()}
    assert list(kept) == ["journal", "mail", "blobs", "logs", "launches"]
    assert all(each.old == 0 for each in kept.values())
    assert kept["journal"].bytes > 0
