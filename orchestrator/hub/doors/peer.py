"""The peer of a connection on the owner's socket: a process and its user."""

import pwd
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from orchestrator.world.processes import identity

PEER = "peer"
"""The key of the state of an ASGI scope for the connection's `Peer`."""
_CREDENTIALS = struct.Struct("3i")
_SOL_LOCAL, _LOCAL_PEERCRED, _LOCAL_PEERPID = 0, 1, 2
"""On macOS, from <sys/un.h>."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The process that connected; 0 if the system does not tell. Another process may hold the connection by
    now, and another may have its number: `identity` is that of the process that connected."""

    pid: int = 0
    user: str = ""
    identity: str = ""


class WithPeer(H11Protocol):
    """HTTP on a Unix socket, whose requests know their peer."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, PEER: _peer(transport.get_extra_info("socket"))}


def _peer(connection: socket.socket | None) -> Peer:
    if connection is None:
        return Peer()
    try:
        pid, uid = _credentials(connection)
    except OSError:  # it has disconnected
        return Peer()
    return Peer(pid, _name(uid), identity(pid))


def _credentials(connection: socket.socket) -> tuple[int, int]:
    if sys.platform == "darwin":
        pid = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
        _, uid = struct.unpack_from("II", connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, 128))
        return pid, uid
    pid, uid, _ = _CREDENTIALS.unpack(
        connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    )
    return pid, uid


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
