"""The stream of the hub's updates, followed in a thread and passed on in batches."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.client import Client, Failed, HubAway, OrchError, Update

_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0
"""Seconds between attempts; each is twice the one before."""
_START_AFTER = 3.0
"""Seconds without a hub after which it is started again."""

_NOT_UNDERSTOOD = (ValueError, TypeError, KeyError, AttributeError)
"""The errors of reading a different version's updates."""


@dataclass(frozen=True, slots=True)
class HubUnreachable:
    """The hub does not respond, since when, and the known reason."""

    since: float
    error: OrchError
    stopped: bool = False
    """It was stopped on purpose, and is not started automatically."""


class Feed:
    """Follows `client.watch()` from `start(wake)` until `stop()`. `wake` is called in the feed's own thread
    when there are updates to `take()`, and not again before they are taken: a burst becomes one batch.

    After three seconds without a hub `revive` is called, which starts it or raises `OrchError`; not while
    `stopped` says that it was stopped on purpose.
    """

    def __init__(
        self,
        client: Client,
        *,
        revive: Callable[[], object],
        clock: Callable[[], float],
        stopped: Callable[[], bool] = lambda: False,
        start_after: float = _START_AFTER,
    ) -> None:
        self._client, self._revive, self._clock = client, revive, clock
        self._is_stopped = stopped
        self._wake: Callable[[], object] = lambda: None
        self._start_after = start_after
        self._waiting: deque[Update | HubUnreachable] = deque()
        self._lock = threading.Lock()
        self._woken = False
        self._stopped = threading.Event()

    def start(self, wake: Callable[[], object]) -> None:
        """Starts the thread. `wake` is called on that thread; it must only pass the call on."""
        self._wake = wake
        # A daemon: it may wait in a read for half a minute, and quitting the board must not wait for that.
        threading.Thread(target=self._run, name="orch-feed", daemon=True).start()

    def stop(self) -> None:
        """Asks the thread to end and returns at once; `wake` is not called any more."""
        self._stopped.set()

    def take(self) -> list[Update | HubUnreachable]:
        """All updates since the last call, oldest first."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
            self._woken = False
        return taken

    def _put(self, update: Update | HubUnreachable) -> None:
        with self._lock:
            self._waiting.append(update)
            wake, self._woken = not self._woken, True
        if wake and not self._stopped.is_set():
            try:
                self._wake()
            except RuntimeError:  # the application's loop has been closed: nothing to notify
                self._stopped.set()

    def _run(self) -> None:
        since: float | None = None
        lost_at, wait = 0.0, _FIRST_WAIT
        while not self._stopped.is_set():
            error: OrchError = HubAway("the hub has ended")
            try:
                for update in self._client.watch():
                    since, wait = None, _FIRST_WAIT
                    self._put(update)
                    if self._stopped.is_set():
                        return
            except OrchError as told:
                error = told
            except _NOT_UNDERSTOOD as told:
                error = _other_version(told)
            if since is None:
                since, lost_at = self._clock(), time.monotonic()
            stopped = self._is_stopped()
            if not stopped and time.monotonic() - lost_at >= self._start_after:
                try:
                    self._revive()
                except OrchError as told:
                    error = told
                except _NOT_UNDERSTOOD as told:
                    error = _other_version(told)
                else:
                    wait = _FIRST_WAIT
            self._put(HubUnreachable(since, error, stopped))
            self._stopped.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)


def _other_version(error: Exception) -> OrchError:
    return Failed("the hub is a different version", str(error), "Run: orch hub restart")
