"""One thread that writes, so that many callers share the price of one `fsync`.

What arrives while it commits goes into the next commit together. Each piece of work stands or falls by
itself: one that fails leaves nothing behind, and the others are kept.
"""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from orchestrator.store.mail.protocol import MailError
from orchestrator.store.standing import Standing, why

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

MOST_AT_ONCE = 500
"""Pieces of work in one commit."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    done: "asyncio.Future[Any]"
    alone: bool = False
    """Done between two commits: a transaction would be its own."""
    result: Any = None
    failure: Exception | None = None


class Writer:
    """The thread and its queue. `run` may be called from any event loop."""

    def __init__(self, standing: Standing) -> None:
        """Writes by the connection of `standing`."""
        self._standing = standing
        self._name = str(standing.path)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="mail", daemon=True)
        self._closed = False
        self.trouble = ""
        """Why the latest commit failed; empty when it did not."""

    def start(self) -> None:
        """Starts the thread. Until then what `run` was given waits."""
        self._thread.start()

    async def run(self, work: Work[T], *, alone: bool = False) -> T:
        """What `work` returns, once all that it wrote is on the disk. A caller that is cancelled while it
        waits does not know whether it was done. `alone` has it done outside of any transaction.

        Raises what `work` raised, and then it has changed nothing; `MailError` when the file can't be
        written.
        """
        if self._closed:
            raise MailError("the mail is closed: orch is stopping")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Job(work, done, alone))
        return await done

    def close(self) -> None:
        """Does what is still to be done, and ends the thread."""
        self._closed = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _write_all(self) -> None:
        while (job := self._queue.get()) is not None:
            jobs: list[_Job] = []
            while job and not job.alone:
                jobs.append(job)
                if len(jobs) == MOST_AT_ONCE:
                    break
                try:
                    job = self._queue.get_nowait()
                except queue.Empty:
                    break
            if jobs:
                self._commit(jobs)
            if job is None:
                return
            if job.alone:
                self._do_alone(job)

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._standing.connection

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                if not job.done.cancelled():
                    self._do(job)
            self._connection.execute("COMMIT")
            self.trouble = self._standing.lost()
        except sqlite3.Error as error:
            self.trouble = self._standing.lost() or f"{self._name} can't be written: {why(error)}"
            with contextlib.suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        if self.trouble:
            for job in jobs:
                job.failure = MailError(self.trouble)
        _settle(jobs)

    def _do_alone(self, job: _Job) -> None:
        try:
            if lost := self._standing.lost():
                job.failure = MailError(lost)
            else:
                job.result = job.work(self._connection)
        except (sqlite3.Error, OSError) as error:
            job.failure = MailError(f"{self._name}: {error}")
        _settle([job])

    def _do(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(self._connection)
        except sqlite3.OperationalError:
            raise  # the file's own failure (disk full, locked): it is everybody's
        except Exception as error:  # noqa: BLE001 (handed to the caller, whose bug or refusal it is)
            job.failure = error
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")


def _settle(jobs: list[_Job]) -> None:
    """Hands out the results, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.done.get_loop(), []).append(job)
    for loop, theirs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_hand_out, theirs)
        except RuntimeError:
            _log.warning("mail was written after the loop had closed")


def _hand_out(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.done.done():
            continue
        if job.failure:
            job.done.set_exception(job.failure)
        else:
            job.done.set_result(job.result)
