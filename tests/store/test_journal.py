"""What the journal promises: order, durability, snapshots, migrations, and words when it can't be used."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.core.events import CardCreated, CardHeld, Event
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.store import codec, journal, schema
from orchestrator.store.journal import Journal
from orchestrator.store.schema import JournalError
from tests.poll import PATIENCE


def created(number: int, prompt: str = "") -> CardCreated:
    name = f"card-{number}"
    return CardCreated(
        float(number), f"c{number}", name, name, prompt, "/r", "main", f"orch/{name}", f"/w/{name}"
    )


def write(path: Path, events: list[Event]) -> State:
    async def run() -> State:
        book = Journal(path)
        state = book.load()
        for event in events:
            state = evolve(state, event)
            await book.append([event], state)
        book.close()
        return state

    return asyncio.run(run())


def read(path: Path) -> State:
    book = Journal(path)
    try:
        return book.load()
    finally:
        book.close()


def test_what_was_written_is_there_again_with_its_owner_alone_able_to_read_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    state = write(path, [created(1), CardHeld(2.0, "c1", "wait for [/etc] \x1b[31m")])
    assert read(path) == state
    assert path.stat().st_mode & 0o077 == 0


def test_an_append_is_on_the_disk_when_its_future_is_done(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def run() -> int:
        book = Journal(path)
        state = evolve(book.load(), created(1))
        await book.append([created(1)], state)
        other = sqlite3.connect(path)
        (count,) = other.execute("SELECT count(*) FROM events").fetchone()
        other.close()
        book.close()
        return int(count)

    assert asyncio.run(run()) == 1


def test_appends_that_arrive_together_share_a_commit(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def run() -> int:
        book = Journal(path)
        state = book.load()
        commits: list[str] = []
        waits = []
        entered, go_on = threading.Event(), threading.Event()

        def trace(sql: str) -> None:
            if sql == "COMMIT":
                commits.append(sql)
            if sql.startswith("BEGIN") and not entered.is_set():
                entered.set()
                assert go_on.wait(PATIENCE)

        book._connection.set_trace_callback(trace)  # noqa: SLF001 (what is counted is the database's own)
        for number in range(1, 101):
            state = evolve(state, created(number))
            waits.append(book.append([created(number)], state))
            if number == 1:
                assert await asyncio.to_thread(entered.wait, 30)
        go_on.set()
        await asyncio.gather(*waits)
        book.close()
        return len(commits)

    assert asyncio.run(run()) == 2
    assert len(read(path).cards) == 100


def test_a_start_replays_only_what_came_after_the_last_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SNAPSHOT_EVERY", 10)
    path = tmp_path / "journal.db"
    state = write(path, [created(number) for number in range(1, 26)])
    replayed: list[Event] = []

    def counted(before: State, event: Event) -> State:
        replayed.append(event)
        return evolve(before, event)

    monkeypatch.setattr(journal, "evolve", counted)
    assert read(path) == state
    assert len(replayed) < 10


def test_what_can_not_be_written_is_refused_and_leaves_the_journal_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SNAPSHOT_EVERY", 1)
    path = tmp_path / "journal.db"

    async def run() -> State:
        book = Journal(path)
        state = evolve(book.load(), created(1))
        half = evolve(state, CardHeld(2.0, "c1", "half \ud83d"))
        with pytest.raises(ValueError, match="surrogate"):
            book.append([CardHeld(2.0, "c1", "half \ud83d")], half)
        await book.append([created(1)], replace(half, seq=1))  # its snapshot can't be written
        after = evolve(state, CardHeld(3.0, "c1", "whole"))
        await asyncio.wait_for(book.append([CardHeld(3.0, "c1", "whole")], after), 10)
        book.close()
        return after

    assert asyncio.run(run()) == read(path)


def test_a_snapshot_of_another_shape_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SNAPSHOT_EVERY", 10)
    path = tmp_path / "journal.db"
    state = write(path, [created(number) for number in range(1, 15)])
    other = sqlite3.connect(path)
    other.execute("UPDATE snapshots SET shape = 'older', body = x'7b7d'")
    other.commit()
    other.close()
    assert read(path) == state


def test_a_file_of_a_newer_program_is_refused_in_words_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    write(path, [created(1)])
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match=r"newer orch \(schema 99.*Upgrade orch"):
        Journal(path)
    assert other.execute("PRAGMA user_version").fetchone() == (99,)
    other.close()


def test_an_older_file_is_migrated_after_a_backup_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    state = write(path, [created(1)])
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE added (x INTEGER) STRICT"))
    assert read(path) == state
    (copy,) = tmp_path.glob("*.bak")
    assert copy.name == "journal.db.v2.bak"
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone() == (2,)
    assert old.execute("SELECT count(*) FROM events").fetchone() == (1,)
    old.close()


def test_a_journal_keeps_its_id_and_no_other_has_it(tmp_path: Path) -> None:
    ids = []
    for name in ("one.db", "one.db", "other.db"):
        book = Journal(tmp_path / name)
        ids.append(book.id)
        assert not book.predates_id
        book.load()
        book.close()
    assert ids[0] == ids[1] != ids[2]
    assert len(ids[0]) == 32


def test_a_journal_from_before_ids_gets_one_and_says_so(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.db"
    old = sqlite3.connect(path)
    old.executescript(schema.MIGRATIONS[0] + "PRAGMA user_version = 1;")
    row = (1, 1.0, "c1", codec.kind_of(created(1)), codec.dump(created(1)))
    old.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
    old.commit()
    old.close()
    book = Journal(path)
    assert len(book.load().cards) == 1
    assert book.id
    assert book.predates_id
    book.close()


def test_a_failed_migration_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    write(path, [created(1)])
    before = schema.MIGRATIONS
    broken = "CREATE TABLE added (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)"
    monkeypatch.setattr(schema, "MIGRATIONS", (*before, broken))
    with pytest.raises(JournalError):
        Journal(path)
    monkeypatch.setattr(schema, "MIGRATIONS", before)
    assert len(read(path).cards) == 1


def test_a_file_that_is_no_journal_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is not a database at all, not even nearly" * 100)
    with pytest.raises(JournalError, match=r"cannot use .* as a journal"):
        Journal(path)


def test_a_gap_in_the_events_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    write(path, [created(1), created(2), created(3)])
    other = sqlite3.connect(path)
    other.execute("DELETE FROM events WHERE seq = 2")
    other.commit()
    other.close()
    book = Journal(path)
    with pytest.raises(JournalError, match="is missing the event 2"):
        book.load()
    book.close()


def test_what_can_not_be_written_is_told_kept_and_written_as_soon_as_it_can(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def run() -> State:
        book = Journal(path)
        state = evolve(book.load(), created(1))
        full(book)
        big = created(1, "x" * 100_000)
        state = evolve(State(), big)
        first = book.append([big], state)
        await until(lambda: "full" in book.trouble)
        state = evolve(state, created(2))
        second = book.append([created(2)], state)
        assert not first.done()
        book._connection.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001 (there is room again)
        await first
        await second
        assert book.trouble == ""
        book.close()
        return state

    assert asyncio.run(run()) == read(path)


def test_a_journal_that_is_closed_while_it_can_not_be_written_says_so(tmp_path: Path) -> None:
    async def run() -> None:
        book = Journal(tmp_path / "journal.db")
        state = evolve(book.load(), created(1))
        full(book)
        waits = book.append([created(1, "x" * 100_000)], state)
        await until(lambda: bool(book.trouble))
        await asyncio.to_thread(book.close)
        with pytest.raises(JournalError, match="cannot write the journal"):
            await waits

    asyncio.run(run())


@pytest.mark.parametrize("ends", [["-wal"], ["-shm"], ["-wal", "-shm"]])
def test_a_log_that_is_removed_costs_no_event(tmp_path: Path, ends: list[str]) -> None:
    path = tmp_path / "journal.db"

    async def run() -> State:
        book = Journal(path)
        state = evolve(book.load(), created(1))
        await book.append([created(1)], state)
        for end in ends:
            path.with_name(path.name + end).unlink()
        for number in (2, 3):
            state = evolve(state, created(number))
            await book.append([created(number)], state)
        # as a hub that is killed leaves it
        copy = tmp_path / "copy"
        copy.mkdir()
        for file in tmp_path.glob("journal.db*"):
            shutil.copy(file, copy)
        assert read(copy / "journal.db") == state
        assert len(book.history("c1")) == 1
        book.close()
        return state

    assert asyncio.run(run()) == read(path)


@pytest.mark.parametrize("other", ["nothing", "a journal", "an older copy"])
def test_nothing_is_acknowledged_while_the_database_is_another_file(tmp_path: Path, other: str) -> None:
    path, away = tmp_path / "journal.db", tmp_path / "away.db"

    async def run() -> State:
        book = Journal(path)
        state = evolve(book.load(), created(1))
        await book.append([created(1)], state)
        if other == "an older copy":
            shutil.copy(path, tmp_path / "older.db")
        path.rename(away)
        if other == "a journal":
            sqlite3.connect(path).close()
            path.touch()
        elif other == "an older copy":
            (tmp_path / "older.db").rename(path)
        state = evolve(state, created(2))
        waits = book.append([created(2)], state)
        await until(lambda: "moved, removed or replaced" in book.trouble)
        assert not waits.done()
        away.rename(path)
        await waits
        book.close()
        return state

    assert asyncio.run(run()) == read(path)


def full(book: Journal) -> None:
    """As on a full disk: SQLite itself refuses to let the file grow."""
    (pages,) = book._connection.execute("PRAGMA page_count").fetchone()  # noqa: SLF001
    book._connection.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001
    assert book._connection.execute("PRAGMA max_page_count").fetchone() == (pages,)  # noqa: SLF001


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.02)


def test_history_is_one_cards_own_newest_last(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    write(path, [created(1), created(2), CardHeld(3.0, "c1", "a"), CardHeld(4.0, "c1", "b")])
    book = Journal(path)
    assert book.history("c1", limit=2) == [CardHeld(3.0, "c1", "a"), CardHeld(4.0, "c1", "b")]
    book.load()
    book.close()


def test_every_event_reads_back_as_what_it_was() -> None:
    for event in (created(1), CardHeld(1.5, "c1", "\x00 odd \ud83d".encode("utf-8", "replace").decode())):
        assert codec.load(codec.kind_of(event), codec.dump(event)) == event
