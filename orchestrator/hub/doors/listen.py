"""The hub's two listeners: a Unix socket for its owner, and a loopback port that never changes."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from orchestrator.hub.doors import kept_socket
from orchestrator.hub.guard.connections import UnknownConnections, guarded
from orchestrator.paths import Home


class PortTakenError(Exception):
    """Another process listens on the hub's port; says which."""


class Listener(uvicorn.Server):
    """One server among two in a loop: the hub handles signals."""

    def __init__(
        self,
        app: Any,
        *,
        trusts_requests: bool,
        http: type[H11Protocol] = H11Protocol,
        tls: tuple[str, str] | None = None,
    ) -> None:
        """With `trusts_requests` a client with a complete request may stay; otherwise only one with a token.
        `http` is the protocol class for each connection. `tls` names the files of certificate and key."""
        cert, key = tls or (None, None)
        self.strangers = UnknownConnections()
        super().__init__(
            uvicorn.Config(
                app,
                http=guarded(self.strangers, http, trusts_requests=trusts_requests),
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=2,
                server_header=False,
                proxy_headers=False,  # anyone can make them
                ssl_certfile=cert,
                ssl_keyfile=key,
            )
        )

    async def listen_instead(self, listener: socket.socket) -> None:
        """Takes new connections from this socket only; open ones stay."""
        protocol = self.config.http_protocol_class

        def connection() -> asyncio.Protocol:
            return protocol(  # type: ignore[call-arg]
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )

        server = await asyncio.get_running_loop().create_server(connection, sock=listener)
        for before in self.servers:
            before.close()
        self.servers = [server]

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def unix_socket(home: Home) -> socket.socket:
    """The API's socket, mode 0600. Only the holder of the hub's lock may call this."""
    home.socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(home.socket))
    finally:
        os.umask(before)
    listener.listen(128)
    return listener


def loopback_port(home: Home, wanted: int) -> socket.socket:
    """The TCP socket on 127.0.0.1. The port is `wanted`, else the one stored in the state directory, else a
    free one that is stored from now on: running sessions must find the hub again after a restart. After a
    killed hub it is that hub's own socket, with clients that have connected meanwhile.

    Raises `PortTakenError`.
    """
    port = wanted or _kept(home.port)
    listener = kept_socket.kept_or_new(port, lambda: _bound(port, home))
    _keep(home.port, listener.getsockname()[1])
    return listener


def _bound(port: int, home: Home) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise PortTakenError(_taken(port, home.port)) from error
    listener.listen(512)
    return listener


def _kept(file: Path) -> int:
    """The port in the file; 0 if there is none, or no port in it."""
    said = file.read_text(errors="replace").strip() if file.exists() else ""
    return int(said) if said.isdecimal() and int(said) < 65536 else 0


def _keep(file: Path, port: int) -> None:
    new = file.with_suffix(".new")
    new.write_text(f"{port}\n")
    new.chmod(0o600)
    new.replace(file)


def _taken(port: int, file: Path) -> str:
    return (
        f"port {port} of the hub is in use by {_holder(port)}. End that program, or choose another port: "
        f"remove {file} (running sessions will not reach the hub), or set hub.port in the configuration."
    )


def _holder(port: int) -> str:
    try:
        found = next(
            each
            for each in psutil.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.laddr[1:] == (port,)
        )
        return (
            f"{psutil.Process(found.pid).name()} (process {found.pid})"
            if found.pid
            else "another user's program"
        )
    except (StopIteration, psutil.Error):
        return "another program"
