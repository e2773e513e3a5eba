"""One thread that writes to a database, so that many callers share the price of one `fsync`.

What arrives while it commits goes into the next commit together.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from orchestrator.store.standing import Standing, why

MOST_AT_ONCE = 500
"""Jobs in one commit."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """Work that waits for the thread; `done` gets its result, or its failure."""

    work: Callable[[sqlite3.Connection], Any]
    done: "asyncio.Future[Any]"
    alone: bool = False
    """Done between two commits: a transaction is its own to begin and to commit."""
    result: Any = None
    failure: Exception | None = None


JobT = TypeVar("JobT", bound=Job)


class GroupCommit(Generic[JobT]):
    """The thread and its queue. `put` may be called from any thread."""

    def __init__(
        self,
        name: str,
        standing: Standing,
        commit: Callable[[Sequence[JobT]], None],
        error: type[Exception],
    ) -> None:
        """`commit` writes several jobs at once and settles them, whatever happens. `error` is that of a job
        done alone which can't be done."""
        self._name, self._standing, self._error = name, standing, error
        self._commit = commit
        self._queue: queue.SimpleQueue[JobT | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread. Until then, what was put waits."""
        self._thread.start()

    def put(self, job: JobT) -> None:
        """Has it done by the thread, after what was put before it."""
        self._queue.put(job)

    def close(self) -> None:
        """Completes pending jobs, and ends the thread."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One that is committed at its end, or rolled back as a whole. Raises `sqlite3.Error`."""
        connection = self._standing.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def trouble(self, error: sqlite3.Error) -> str:
        """Why nothing can be written, in words for the user."""
        return self._standing.lost() or f"{self._standing.path} can't be written: {why(error)}"

    def settle(self, jobs: Sequence[JobT]) -> None:
        """Tells who waits, with one call into each event loop."""
        by_loop: dict[asyncio.AbstractEventLoop, list[JobT]] = {}
        for job in jobs:
            by_loop.setdefault(job.done.get_loop(), []).append(job)
        for loop, theirs in by_loop.items():
            try:
                loop.call_soon_threadsafe(_tell, theirs)
            except RuntimeError:
                _log.warning("the %s was written after the loop had closed", self._name)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            jobs: list[JobT] = []
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

    def _do_alone(self, job: JobT) -> None:
        try:
            if lost := self._standing.lost():
                job.failure = self._error(lost)
            else:
                job.result = job.work(self._standing.connection)
        except (sqlite3.Error, OSError) as error:
            self._roll_back()
            job.failure = self._error(f"{self._standing.path}: {error}")
        self.settle([job])

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            if self._standing.connection.in_transaction:
                self._standing.connection.execute("ROLLBACK")


def _tell(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.done.done():
            continue
        if job.failure:
            job.done.set_exception(job.failure)
        else:
            job.done.set_result(job.result)
