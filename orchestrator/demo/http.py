"""One HTTP POST to a loopback server, on the session's own loop."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from orchestrator.demo.loop import Loop


async def post(
    loop: Loop,
    url: str,
    headers: dict[str, str],
    body: bytes,
    limit: float,
    *,
    enough: Callable[[bytes], bool] = lambda _: False,
) -> tuple[int, bytes]:
    """The answer's status and body, or as much of a body as is `enough`.

    Raises `OSError` without an answer within `limit` seconds; `ConnectionRefusedError` means that nothing has
    been sent.
    """
    address = urlsplit(url)
    host = "127.0.0.1" if address.hostname == "localhost" else address.hostname or ""
    lines = [
        f"POST {address.path or '/'} HTTP/1.1",
        f"Host: {address.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    to_send = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
    timed_out = False
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as connection:

        def give_up() -> None:
            nonlocal timed_out
            timed_out = True
            connection.shutdown(socket.SHUT_RDWR)

        connection.setblocking(False)
        if connection.connect_ex((host, address.port or 80)):
            await loop.until_ready(connection.fileno(), write=True)
            if error := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, f"no answer from {address.netloc}")
        stop_waiting = loop.later(limit, give_up)
        try:
            said = await _exchange(loop, connection, to_send, enough)
        finally:
            stop_waiting()
    if timed_out:
        raise TimeoutError(f"no answer within {limit:g} seconds")
    return _parse(said)


async def _exchange(
    loop: Loop, connection: socket.socket, to_send: bytes, enough: Callable[[bytes], bool]
) -> bytes:
    while to_send:
        await loop.until_ready(connection.fileno(), write=True)
        to_send = to_send[connection.send(to_send) :]
    said = b""
    while not (b"\r\n\r\n" in said and enough(_body(said))):
        await loop.until_ready(connection.fileno())
        if not (part := connection.recv(65_536)):
            break
        said += part
    return said


def _parse(said: bytes) -> tuple[int, bytes]:
    head, end, _ = said.partition(b"\r\n\r\n")
    try:
        status = int(head.split(b" ", 2)[1])
    except (IndexError, ValueError) as error:
        raise ConnectionError("the connection was closed without an answer") from error
    if not end:
        raise ConnectionError("the answer was cut off")
    return status, _body(said)


def _body(said: bytes) -> bytes:
    """As much as has arrived."""
    head, _, body = said.partition(b"\r\n\r\n")
    return _unchunk(body) if b"transfer-encoding: chunked" in head.lower() else body


def _unchunk(body: bytes) -> bytes:
    whole = b""
    while True:
        size, end, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16) if end else 0
        if not length:
            return whole
        whole, body = whole + body[:length], body[length + 2 :]
