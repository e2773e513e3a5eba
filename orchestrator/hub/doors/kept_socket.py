"""The listening socket of the loopback port, which the hub's supervisor keeps while there is no hub."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress

from orchestrator.hub.supervisor import LISTENER, STORE


def kept_or_new(port: int, bind: Callable[[], socket.socket]) -> socket.socket:
    """The socket on which the previous hub listened, with clients that have connected meanwhile. If there is
    none, or it is bound to another port than `port` (0 for any), a new one, which is passed to the
    supervisor. Call it once, before a process is started. Raises what `bind` raises."""
    before, store = _inherited(LISTENER), _inherited(STORE)
    if before is not None:
        if port in (0, _bound_to(before)):
            return before
        before.close()
    listener = bind()
    if store is not None:
        with store, suppress(OSError):  # without a supervisor the socket ends with the hub
            socket.send_fds(store, [b"listener"], [listener.fileno()])
    return listener


def _inherited(name: str) -> socket.socket | None:
    """The socket whose number is in this environment variable, from now on for this process only."""
    number = os.environ.pop(name, "")
    if not number.isdecimal():
        return None
    try:
        found = socket.socket(fileno=int(number))
        found.set_inheritable(False)
    except OSError:
        return None
    return found


def _bound_to(listener: socket.socket) -> int:
    """The port on 127.0.0.1; -1 for a socket that is not bound there."""
    try:
        host, port = listener.getsockname()[:2]
    except (OSError, ValueError):
        return -1
    return port if host == "127.0.0.1" else -1
