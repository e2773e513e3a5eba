"""Asks the running hub with nothing but a socket: the client and its types take long to load.

Never starts a hub. Imports nothing that the interpreter has not loaded anyway.
"""

import os
import sys

_LONGEST = 100
"""Bytes of a socket's path; see `orchestrator.paths`."""
_WITHIN = 2.0
_CHUNK = 65_536


def socket_path() -> str:
    """The path of the hub's socket, as `Home.socket`."""
    path = ""
    if given := os.environ.get("ORCH_HOME"):
        path = os.path.abspath(os.path.expanduser(given))  # noqa: PTH100, PTH111 (pathlib takes 10 ms)
    elif sys.platform.startswith("linux"):
        state = os.environ.get("XDG_STATE_HOME", "").strip() or os.path.expanduser("~/.local/state")  # noqa: PTH111
        path = f"{state}/orch"
    path = f"{path}/hub.sock" if path else ""
    if path and len(os.fsencode(path)) <= _LONGEST:
        return path
    from orchestrator.paths import Home

    return str(Home.from_environment().socket)


def ask(verb: str) -> bytes | None:
    """The body of the hub's answer to this read without arguments, as JSON; `None` if no hub responds, and
    `b""` if it does not know the request."""
    import _socket  # `socket` takes 5 ms

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(_WITHIN)
        connection.connect(socket_path())
        connection.sendall(
            f"POST /requests/{verb} HTTP/1.0\r\nHost: orch\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\n\r\n{}".encode()
        )
        parts = []
        while part := connection.recv(_CHUNK):
            parts.append(part)
    except OSError:
        return None
    finally:
        connection.close()
    head, found, body = b"".join(parts).partition(b"\r\n\r\n")
    if not found:
        return None
    return body if b" 200 " in head.split(b"\r\n", 1)[0] else b""
