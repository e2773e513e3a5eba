"""The listener of the page: a port of its own, apart from those of sessions and of the owner's clients."""

import asyncio
import logging
import socket
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.types import ASGIApp

from orchestrator.hub.doors.listen import Listener

_WAITING = 128

_log = logging.getLogger(__name__)


class AddressTakenError(OSError):
    """The address cannot be listened on; says why."""


@dataclass(slots=True)
class PageListener:
    """One run of the listener."""

    port: int
    _server: Listener
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    @classmethod
    def open(cls, app: ASGIApp, host: str, port: int, tls: tuple[str, str] | None) -> "PageListener":
        """Listens from now on; port 0 chooses a free one. Raises `AddressTakenError`, and `OSError` (also
        ssl's) for files of `tls` that cannot be used."""
        server = Listener(app, trusts_requests=False, tls=tls)
        server.config.load()
        listening = _bound(host, port)
        tasks = [
            asyncio.create_task(server.serve([listening])),
            asyncio.create_task(server.strangers.run()),
        ]
        return cls(listening.getsockname()[1], server, tasks)

    @property
    def runs(self) -> bool:
        return not any(task.done() for task in self._tasks)

    async def close(self) -> None:
        """Ends it with all connections."""
        self._server.should_exit = True
        for connection in list(self._server.server_state.connections):
            if (transport := getattr(connection, "transport", None)) is not None:
                transport.abort()
        self._tasks[1].cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                try:
                    await task
                except (OSError, RuntimeError) as error:
                    _log.warning("the listener of the page ended: %s", error)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1" if host == "localhost" else host, port))
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        raise AddressTakenError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return listening
