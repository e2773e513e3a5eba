"""The open event streams of devices, which end with the device's access."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.errors import OrchError
from orchestrator.core.phone.devices import Device
from orchestrator.hub.telling.stream import Stream, Subscriber

OF_ONE, IN_ALL = 6, 48
"""Streams of one device, and of all. One more ends the oldest."""
_OPENED, _WITHIN = 20, 10.0
"""How many a device may open within that many seconds: each begins with the whole board."""


class TooManyStreamsError(OrchError):
    """The device opens one stream after another."""

    status = 429

    def __init__(self) -> None:
        super().__init__("too many connections", hint="Wait some seconds.")


@dataclass(eq=False, slots=True)
class _Open:
    device: str
    connection: Any
    subscriber: Subscriber = field(default_factory=lambda: Subscriber(phone=True))

    def end(self) -> None:
        """At once, whatever the client still has to take."""
        self.subscriber.end()
        if self.connection is not None:
            self.connection.transport.abort()


class Streams:
    """In the order in which they were opened."""

    def __init__(self, stream: Stream, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._open: list[_Open] = []
        self._opened: dict[str, list[float]] = {}

    def count(self, device: str) -> int:
        return sum(each.device == device for each in self._open)

    def admit(self, device: Device) -> None:
        """Raises `TooManyStreamsError` for a device that has just opened many."""
        now = self._clock()
        recent = [at for at in self._opened.get(device.id, ()) if now - at < _WITHIN]
        self._opened[device.id] = recent
        if len(recent) >= _OPENED:
            raise TooManyStreamsError
        recent.append(now)

    async def events(self, device: Device, connection: Any) -> AsyncIterator[bytes]:
        """Server-sent events for a device."""
        own = [each for each in self._open if each.device == device.id]
        for each in [
            *own[: max(0, len(own) + 1 - OF_ONE)],
            *self._open[: max(0, len(self._open) + 1 - IN_ALL)],
        ]:
            self._end(each)
        opened = _Open(device.id, connection)
        self._open.append(opened)
        try:
            async for event in self._stream.events(opened.subscriber):
                yield event
        finally:
            if opened in self._open:
                self._open.remove(opened)

    def end(self, device: str = "") -> None:
        """Ends those of a device, or all."""
        for each in [each for each in self._open if device in ("", each.device)]:
            self._end(each)

    def _end(self, opened: _Open) -> None:
        if opened in self._open:
            self._open.remove(opened)
        opened.end()
