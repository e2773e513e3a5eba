"""What only the mail file promises: migrations, its owner's eyes alone, shared commits, words at failures."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from orchestrator.core.mail.gather import opened
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailError, MailStore
from orchestrator.store.mail.sqlite import schema
from orchestrator.store.mail.sqlite.schema import connect
from orchestrator.store.mail.sqlite.store import SqliteMail
from orchestrator.store.mail.sqlite.writer import Writer
from orchestrator.store.standing import Standing
from tests.poll import PATIENCE
from tests.store.mail.bench import Bench, ids, message, post, sqlite_bench, take


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return sqlite_bench(tmp_path)


def test_only_the_owner_can_read_it(bench: Bench, tmp_path: Path) -> None:
    async def play(store: MailStore) -> None:
        await store.send(post(message()))
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}

    bench.run(play)


def test_a_send_is_in_the_file_when_it_returns(bench: Bench, tmp_path: Path) -> None:
    async def play(store: MailStore) -> int:
        await store.send(post(message()))
        other = sqlite3.connect(tmp_path / "mail.db")
        (count,) = other.execute("SELECT count(*) FROM deliveries").fetchone()
        other.close()
        return int(count)

    assert bench.run(play) == 1


def test_what_arrives_together_shares_a_commit_and_what_fails_falls_alone(tmp_path: Path) -> None:
    file = tmp_path / "mail.db"
    standing = Standing(file, lambda: connect(file))
    connection, writer = standing.connection, Writer(standing)
    commits: list[str] = []
    entered, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> str:
        entered.set()
        assert go_on.wait(PATIENCE)
        return "held"

    def insert(sha: str) -> int:
        return connection.execute("INSERT INTO blobs VALUES (?, x'00')", (sha,)).rowcount

    def fail(_: sqlite3.Connection) -> int:
        insert("lost")
        raise ValueError("a bug")

    async def play() -> None:
        writer.start()
        first = asyncio.create_task(writer.run(hold))
        await asyncio.to_thread(entered.wait, 30)
        connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        works = [lambda _, n=n: insert(f"{n}") for n in range(20)]
        tasks = [asyncio.create_task(writer.run(work)) for work in [*works, fail]]
        await asyncio.sleep(0)
        go_on.set()
        assert await first == "held"
        *done, failed = await asyncio.gather(*tasks, return_exceptions=True)
        assert done == [1] * 20
        assert isinstance(failed, ValueError)

    asyncio.run(play())
    writer.close()
    assert len(commits) == 2, "the one that was held, and one for all that came meanwhile"
    assert connection.execute("SELECT count(*) FROM blobs").fetchone() == (20,)
    connection.close()


def test_work_that_nobody_waits_for_any_more_is_not_begun(tmp_path: Path) -> None:
    file = tmp_path / "mail.db"
    standing = Standing(file, lambda: connect(file))
    connection, writer = standing.connection, Writer(standing)
    did: list[str] = []
    entered, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        entered.set()
        assert go_on.wait(PATIENCE)

    async def play() -> None:
        writer.start()
        first = asyncio.create_task(writer.run(hold))
        await asyncio.to_thread(entered.wait, 30)
        other = asyncio.create_task(writer.run(lambda _: did.append("x")))
        await asyncio.sleep(0)
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
        go_on.set()
        await first

    asyncio.run(play())
    writer.close()
    connection.close()
    assert did == []


def test_a_file_that_cannot_be_written_fails_the_send_in_words_and_recovers(tmp_path: Path) -> None:
    async def play() -> None:
        store = SqliteMail(tmp_path / "mail.db")
        await store.open()
        assert store._standing  # noqa: SLF001 (stands for a full disk)
        store._standing.connection.execute("PRAGMA query_only = 1")  # noqa: SLF001
        with pytest.raises(MailError, match="Is the disk full"):
            await store.send(post(message()))
        assert "Is the disk full" in store.trouble
        store._standing.connection.execute("PRAGMA query_only = 0")  # noqa: SLF001
        await store.send(post(sent := message()))
        assert store.trouble == ""
        assert ids(await take(store)) == [sent.id]
        await store.close()
        with pytest.raises(MailError, match="not open"):
            await store.send(post(message()))

    asyncio.run(play())


def test_a_file_of_a_newer_program_and_one_that_is_no_mail_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    connection = connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(MailError, match="newer orch"):
        connect(path)
    other = tmp_path / "other.db"
    other.write_text("no database at all, but long enough to look at" * 100)
    with pytest.raises(MailError, match=r"cannot use .* for mail"):
        connect(other)
    with pytest.raises(MailError, match=r"cannot use .* for mail"):
        connect(tmp_path / "none" / "mail.db")


def test_an_older_file_is_brought_up_to_date_after_a_copy(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = message()

    async def send(store: MailStore) -> None:
        await store.send(post(sent, opens=opened("g1", "ann", sent.thread, ["bob"], at=1.0)))

    bench.run(send)
    before = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "ALTER TABLE blobs ADD COLUMN more REAL"))

    async def read(store: MailStore) -> None:
        assert ids(await store.peek("bob", 20.0, ReceiveFilter())) == [sent.id]

    bench.run(read)
    assert (tmp_path / f"mail.db.v{before}.bak").stat().st_mode & 0o077 == 0
    version = sqlite3.connect(tmp_path / "mail.db")
    assert version.execute("PRAGMA user_version").fetchone() == (before + 1,)
    version.close()
