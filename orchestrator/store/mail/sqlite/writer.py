"""Writes of mail, of which each stands or falls by itself: one that fails leaves nothing behind, and those
committed with it are kept."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from orchestrator.store.group_commit import GroupCommit, Job
from orchestrator.store.mail.protocol import MailError
from orchestrator.store.standing import Standing

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Writer:
    """Does them in a thread. `run` may be called from any event loop."""

    def __init__(self, standing: Standing) -> None:
        """Writes on the connection of `standing`."""
        self._standing = standing
        self._group = GroupCommit[Job]("mail", standing, self._commit, MailError)
        self._closed = False
        self.trouble = ""
        """Why the latest commit failed; empty if it did not."""

    def start(self) -> None:
        """Starts the thread. Jobs given to `run` before that wait."""
        self._group.start()

    async def run(self, work: Work[T], *, alone: bool = False) -> T:
        """What `work` returns, once everything that it wrote is on disk. A caller that is cancelled while it
        waits does not know whether it was done. `alone` runs it outside of any transaction.

        Raises what `work` raised, and then it has changed nothing; `MailError` if the file cannot be written.
        """
        if self._closed:
            raise MailError("the mail is closed: orch is stopping")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._group.put(Job(work, done, alone))
        return await done

    def close(self) -> None:
        """Completes pending jobs, and ends the thread."""
        self._closed = True
        self._group.close()

    def _commit(self, jobs: Sequence[Job]) -> None:
        try:
            with self._group.transaction() as connection:
                for job in jobs:
                    if not job.done.cancelled():
                        _do(job, connection)
            self.trouble = self._standing.lost()
        except sqlite3.Error as error:
            self.trouble = self._group.trouble(error)
        if self.trouble:
            for job in jobs:
                job.failure = MailError(self.trouble)
        self._group.settle(jobs)


def _do(job: Job, connection: sqlite3.Connection) -> None:
    connection.execute("SAVEPOINT job")
    try:
        job.result = job.work(connection)
    except sqlite3.OperationalError:
        raise  # a failure of the file itself (disk full, locked) concerns all jobs
    except Exception as error:  # noqa: BLE001 (handed to the caller, whose bug or refusal it is)
        job.failure = error
        connection.execute("ROLLBACK TO job")
    connection.execute("RELEASE job")
