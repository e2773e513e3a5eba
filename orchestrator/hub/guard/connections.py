"""Connections of unknown senders: they have little time, and their number is limited.

Any user of the machine can connect to the loopback port. A client with a token may hold a connection for
hours, as the hooks of a session that waits for a person do.
"""

import asyncio
import contextlib
import logging
import resource
import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTION = "orch.connection"
"""The key of an ASGI scope for its `Connection`."""
MOST = 256
"""Maximum open connections of unknown senders."""
WITHIN = 10.0
"""Seconds in which a sender has to identify itself."""
GRACE = 0.5
"""Seconds that each of them has even if there are too many, which is enough for an honest request."""
_LOOKS_EVERY = 0.25
_FILES = 65_536

_log = logging.getLogger(__name__)


class UnknownConnections:
    """The connections of one listener whose senders are unknown."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[Connection, float] = {}
        self._some = asyncio.Event()

    def add(self, connection: "Connection") -> None:
        """Its time starts now."""
        self._since[connection] = self._clock()
        self._some.set()

    def remove(self, connection: "Connection") -> None:
        """It is identified now, or closed."""
        self._since.pop(connection, None)

    async def run(self) -> None:
        """Closes connections that have been unknown for too long, and the oldest of too many."""
        while True:
            await self._some.wait()
            await asyncio.sleep(_LOOKS_EVERY)
            if closed := self.sweep():
                _log.warning("closed %d connections without a token", closed)
            if not self._since:
                self._some.clear()

    def sweep(self) -> int:
        """How many were closed."""
        now = self._clock()
        late = [each for each, since in self._since.items() if now - since >= WITHIN]
        tried = [each for each, since in self._since.items() if WITHIN > now - since >= GRACE]
        too_many = max(0, len(self._since) - len(late) - MOST)
        closed = [*late, *tried[:too_many]]
        for each in closed:
            self.remove(each)
            each.transport.abort()
        return len(closed)


class Connection(H11Protocol):
    """One connection. Its requests find it in their scope, to call `known()`."""

    strangers: UnknownConnections
    trusts_requests: bool
    """Whether a complete request is enough to be known."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.strangers.add(self)
        loaded = self.app

        async def named(scope: Any, receive: Any, send: Any) -> None:
            scope[CONNECTION] = self
            if self.trusts_requests:
                self.known()
            await loaded(scope, receive, send)

        self.app = named

    def connection_lost(self, exc: Exception | None) -> None:
        self.strangers.remove(self)
        super().connection_lost(exc)

    def known(self) -> None:
        """Its sender is identified, and may hold it without a time limit."""
        self.strangers.remove(self)

    def unknown(self) -> None:
        """The next request has to identify its sender again: a proxy sends those of others on it too."""
        if not self.transport.is_closing():
            self.strangers.add(self)


def guarded(
    strangers: UnknownConnections, http: type[H11Protocol] = H11Protocol, *, trusts_requests: bool
) -> type[Connection]:
    """The connections of one listener, which speak `http`."""
    known_by = {"strangers": strangers, "trusts_requests": trusts_requests}
    return type(
        "GuardedConnection", (Connection, http) if http is not H11Protocol else (Connection,), known_by
    )


def raise_file_limit() -> None:
    """Raises this process's limit on open files as far as the system allows, up to 65,536."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # continues with what the system allows
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
