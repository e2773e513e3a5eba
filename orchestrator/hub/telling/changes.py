"""Notifies clients and status lines of changes, several at a time."""

import asyncio
from collections.abc import Callable

from orchestrator.hub.telling.stream import Stream
from orchestrator.hub.telling.window_labels import StatusLines

_REFRESH_AFTER = 0.1
"""Seconds in which changes are collected before the header and the status lines are updated."""


class ChangeBroadcast:
    """`bar` is `None` without windows; `then` is called after every other."""

    def __init__(
        self, stream: Stream, bar: StatusLines | None, then: Callable[[], None] = lambda: None
    ) -> None:
        self._stream = stream
        self._bar = bar
        self._then = then
        self._due: asyncio.TimerHandle | None = None

    def changed(self, _subject: str) -> None:
        """Something has changed; clients are notified in a moment."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_REFRESH_AFTER, self.tell)

    def tell(self) -> None:
        """Notifies them now."""
        self._due = None
        self._stream.refresh()
        if self._bar:
            self._bar.refresh()
        self._then()
