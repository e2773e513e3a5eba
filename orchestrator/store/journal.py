"""The journal: every event in order, and snapshots to start from.

Events that arrive during a commit go into the next one together (`group_commit`).
"""

import asyncio
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from orchestrator.core.events import Event, subject
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.store import codec, past
from orchestrator.store.group_commit import GroupCommit, Job
from orchestrator.store.schema import JournalError, connect
from orchestrator.store.standing import Standing

SNAPSHOT_EVERY = 1000
"""Events between two snapshots, and so the maximum that a start has to replay."""

_TRIES_AGAIN = 0.5
"""Seconds between two attempts to write after a failure."""

_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
_DOES_NOT_FIT = (LookupError, ValueError, TypeError, AttributeError, AssertionError, RuntimeError)
"""What `evolve` raises for an inconsistent event."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Batch(Job):
    """The events of one `append`, and the state after the last of them."""

    rows: tuple[tuple[int, float, str, str, str], ...] = ()
    state: State = field(default_factory=State)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a commit does not count; `written` if the rows are in the open file nevertheless."""

    words: str
    written: bool


class Journal:
    """The journal in one file. `load()` comes first; then `append` from the event loop's thread alone."""

    def __init__(self, path: Path) -> None:
        """Raises `JournalError` if the file cannot be used."""
        self.path = path
        self._standing = Standing(path, lambda: connect(path))
        meta = self._meta()
        self.id: str = meta["id"]
        """Unique, and never changes: 32 hexadecimal digits."""
        self.predates_id = "predates_id" in meta
        """Whether it has events from before journals had an id: sessions of that time have none."""
        self._group = GroupCommit[_Batch]("journal", self._standing, self._commit, JournalError)
        self._snapshot_at = 0
        self.on_disk = State()
        """The state after the last committed event."""
        self._leaving = threading.Event()
        self.trouble = ""
        """Why nothing can be written now, as text; empty if it can. Events are kept in memory meanwhile,
        retried, and on disk before anyone is told of them."""

    def load(self) -> State:
        """The state: the newest usable snapshot and the events since. Starts the writer.

        Raises `JournalError` for an unreadable event; the file is left unchanged.
        """
        state = self._snapshot()
        self._snapshot_at = state.seq
        try:
            base = past.load_base(self._connection)
            if not state.seq:
                if not past.whole(self._connection, base):
                    raise JournalError(
                        f"{self.path} is missing events before {base.through}. Restore a copy of it."
                    )
                state = base.state
            rows = "SELECT seq, kind, body FROM events WHERE seq > ? ORDER BY seq"
            for seq, kind, body in self._connection.execute(rows, (state.seq,)):
                if state.seq < (gone := min(seq - 1, base.through)):
                    state = replace(state, seq=gone)
                if seq != state.seq + 1:
                    raise JournalError(
                        f"{self.path} is missing the event {state.seq + 1}. Restore a copy of it."
                    )
                state = self._evolved(state, seq, kind, body)
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise JournalError(f"cannot read {self.path}: {error}. Restore a copy of it.") from error
        if state.seq < base.through:
            state = replace(state, seq=base.through)
        self.on_disk = state
        self._group.start()
        return state

    def append(self, events: Sequence[Event], after: State) -> "asyncio.Future[None]":
        """Writes `events`, of which the last led to the state `after`.

        The future is done when they are on disk; until then nobody may be told of them. While that is
        impossible it waits, with `trouble` saying why, and it fails with `JournalError` if the journal is
        closed before. Raises `ValueError`, and stores nothing, for an event that has no form in JSON.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        first = after.seq - len(events) + 1
        rows = tuple(
            (first + offset, event.at, subject(event), codec.kind_of(event), codec.dump(event))
            for offset, event in enumerate(events)
        )
        self._group.put(_Batch(lambda db: db.executemany(_INSERT, rows), done, rows=rows, state=after))
        return done

    def history(self, card: str, limit: int = 200) -> list[Event]:
        """The newest `limit` events of one card or run, oldest first. Thread-safe."""
        newest = "SELECT kind, body FROM events WHERE card = ? ORDER BY seq DESC LIMIT ?"
        return self._read(newest, card, limit)[::-1]

    def since(self, at: float, kinds: Sequence[str]) -> list[Event]:
        """The events of these kinds from that time on, oldest first. Thread-safe."""
        wanted = (
            "SELECT kind, body FROM events "
            "WHERE at >= ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq"
        )
        return self._read(wanted, at, json.dumps(kinds))

    async def between(self, do: Callable[[sqlite3.Connection], T]) -> T:
        """What `do` returns, called by the writer between two commits; it begins and commits its own
        transaction. Raises `JournalError` if it failed: the file is then unchanged."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._group.put(_Batch(do, done, alone=True))
        return await done

    async def snapshot(self) -> int:
        """Takes a snapshot, and returns the number of the last event that it includes."""
        await self.between(lambda _: self._take_snapshot(self.on_disk))
        return self._snapshot_at

    def close(self) -> None:
        """Writes pending events, and closes the file."""
        self._leaving.set()
        self._group.close()
        self._connection.close()

    def _evolved(self, state: State, seq: int, kind: str, body: str) -> State:
        try:
            return evolve(state, codec.load(kind, body))
        except _DOES_NOT_FIT as error:
            unfit = f"{kind} does not follow from those before it. Restore a copy of the file"
            said = error if isinstance(error, codec.UnreadableError) else unfit
            raise JournalError(f"{self.path} contains an unreadable event {seq}: {said}.") from error

    def _meta(self) -> dict[str, str]:
        try:
            found = dict(self._connection.execute("SELECT name, value FROM meta").fetchall())
        except sqlite3.Error as error:
            raise JournalError(f"cannot read {self.path}: {error}. Restore a copy of it.") from error
        if "id" not in found:
            raise JournalError(f"{self.path} has lost its id. Restore a copy of it.")
        return found

    def _read(self, sql: str, *values: object) -> list[Event]:
        try:
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as reader:
                rows = reader.execute(sql, values).fetchall()
            return [codec.load(kind, body) for kind, body in rows]
        except (sqlite3.Error, codec.UnreadableError) as error:
            raise JournalError(f"cannot read {self.path}: {error}") from error

    def _snapshot(self) -> State:
        """The newest one; the initial state if there is no usable one."""
        newest = "SELECT body FROM snapshots WHERE shape = ? ORDER BY seq DESC LIMIT 1"
        try:
            found = self._connection.execute(newest, (codec.shape_of_state(),)).fetchone()
            return codec.load_state(found[0]) if found else State()
        except (sqlite3.Error, codec.UnreadableError) as error:
            _log.warning("cannot use the snapshot in %s, reading all events: %s", self.path, error)
            return State()

    def _commit(self, batches: Sequence[_Batch]) -> None:
        """Retries until it succeeds, or until the journal is closed."""
        written = False
        while failure := self._failure(batches, written=written):
            written = written or failure.written
            if failure.words != self.trouble:
                _log.error("cannot write the journal: %s", failure.words)
            self.trouble = failure.words
            if self._leaving.wait(_TRIES_AGAIN):
                for batch in batches:
                    batch.failure = JournalError(f"cannot write the journal: {failure.words}")
                self._group.settle(batches)
                return
        if self.trouble:
            _log.info("the journal can be written again")
        self.trouble = ""
        self.on_disk = batches[-1].state
        self._group.settle(batches)
        if batches[-1].state.seq >= self._snapshot_at + SNAPSHOT_EVERY:
            self._take_snapshot(batches[-1].state)

    def _failure(self, batches: Sequence[_Batch], *, written: bool) -> "_Failure | None":
        """Writes them, unless they are `written`, and makes sure that they are to be found again."""
        if not written and (lost := self._standing.lost()):
            return _Failure(lost, written=False)
        try:
            if not written:
                with self._group.transaction() as connection:
                    for batch in batches:
                        batch.work(connection)
        except sqlite3.Error as error:
            return _Failure(self._group.trouble(error), written=False)
        lost = self._standing.lost()
        return _Failure(lost, written=True) if lost else None

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._standing.connection

    def _take_snapshot(self, state: State) -> None:
        """Only saves the next start some work, so a failure is only logged."""
        try:
            row = (state.seq, codec.shape_of_state(), codec.dump_state(state))
            with self._group.transaction() as connection:
                connection.execute("DELETE FROM snapshots")
                connection.execute("INSERT INTO snapshots VALUES (?, ?, ?)", row)
        except (sqlite3.Error, ValueError):
            _log.exception("cannot write a snapshot")
        else:
            self._snapshot_at = state.seq
