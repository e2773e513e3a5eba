"""Background tasks of the mail, and how long the hub's end waits for them."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from orchestrator.store.mail.protocol import MailError

_ENDS_WITHIN = 1.5
"""Seconds: an unreachable shared store does not keep the hub from ending, and the next hub does what is
left."""

_log = logging.getLogger(__name__)


class BackgroundTasks:
    """Tasks whose errors are logged. A store's error is only a line: what failed is done by a later check, or
    by the time limit on leases."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """`what` says in the log what was not done."""
        task = asyncio.create_task(self._run(work, what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Waits 1.5 seconds for running tasks, then cancels the rest."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_ENDS_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, work: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await work
        except MailError as error:
            _log.warning("%s: %s", what, error)
        except Exception:  # noqa: BLE001 (a border: the hub goes on)
            _log.exception("the mail failed with a bug")
