"""What is no proper HTTP, and clients that hang up, leave a running hub as it was, with no traceback."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.hub.stage import Stage
from tests.security.served import serving


@pytest.fixture(scope="module")
def hub() -> Iterator[Stage]:
    with serving({}) as stage:
        stage.new("A card", backlog=True)
        yield stage
        assert stage.client.hub().pid
        log = stage.home.log.read_text()
        assert "Traceback" not in log
        assert "has a bug" not in log
        assert log.count("\n") < 200


def line(method: str, path: str, *headers: str, body: str = "") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: HOST", *headers, "", body]).encode()


JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
KNOWN = "Authorization: Bearer TOKEN"
REQUESTS: dict[str, bytes] = {
    "nothing": b"",
    "NULs": b"\0" * 1000,
    "no line end": b"G" * 200_000,
    "half a line": b"GET /hub",
    "half the headers": b"POST /hooks HTTP/1.1\r\nHost: HOST\r\nAuth",
    "half the body": line("POST", "/hooks", KNOWN, "Content-Length: 1000", body='{"a": '),
    "half the body of a command": line("POST", "/requests/new", JSON, "Content-Length: 1000", body='{"a": '),
    "half a message": line("POST", "/mcp", KNOWN, JSON, "Content-Length: 1000", body='{"jsonrpc": '),
    "10,000 headers": line("POST", "/requests/hub", *[f"X-{n}: {n}" for n in range(10_000)]),
    "a header of 1 MB": line("POST", "/requests/hub", "X: " + "a" * 1_000_000),
    "a path of 1 MB": line("GET", "/" + "a" * 1_000_000),
    "a length that is none": line("POST", "/hooks", KNOWN, "Content-Length: -5"),
    "a length of 30 digits": line("POST", "/hooks", KNOWN, "Content-Length: " + "9" * 30, body="{}"),
    "two lengths": line("POST", "/hooks", KNOWN, "Content-Length: 2", "Content-Length: 3", body="{}"),
    "chunks of nonsense": line("POST", "/hooks", KNOWN, CHUNKED, body="zz\r\n{}\r\n0\r\n"),
    "a chunk that never ends": line("POST", "/hooks", KNOWN, CHUNKED, body="fffffff\r\n{}"),
    "length and chunks": line(
        "POST", "/hooks", KNOWN, CHUNKED, "Content-Length: 9", body="0\r\n\r\n"
    ),
    "another encoding": line("POST", "/hooks", KNOWN, "Transfer-Encoding: gzip", body="x"),
    "no UTF-8 in a header": b"GET /hub HTTP/1.1\r\nHost: HOST\r\nOrch-Session: \xff\xfe\r\n\r\n",
    "no UTF-8 in a body": b"POST /requests/new HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\n\r\n\xff\xfe",
    "a NUL in the path": b"GET /cards/\0 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "HTTP/0.9": b"GET /hub\r\n\r\n",
    "HTTP/9.9": b"GET /hub HTTP/9.9\r\nHost: HOST\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an upgrade": line("GET", "/mcp", KNOWN, "Connection: Upgrade", "Upgrade: websocket"),
    "expects 100": line("POST", "/hooks", KNOWN, "Expect: 100-continue", "Content-Length: 5"),
    "another content type": line("POST", "/mcp", KNOWN, "Content-Type: a/b", "Content-Length: 2", body="{}"),
    "a strange event id": line("GET", "/mcp", KNOWN, "Last-Event-ID: call:a:é"),
    "a hundred requests at once": line("GET", "/requests/%00") * 100,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.sample(6)
@pytest.mark.parametrize("waits", [False, True], ids=["and hangs up", "and reads"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_a_hub_survives(hub: Stage, kind: str, waits: bool) -> None:
    port = int(hub.home.port.read_text())
    host = f"127.0.0.1:{port}"
    sent = REQUESTS[kind].replace(b"HOST", host.encode()).replace(b"TOKEN", hub.token("c1", 1).encode())
    for family, address in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, str(hub.home.socket))):
        with socket.socket(family) as connection:
            connection.settimeout(60)
            connection.connect(address)
            try:
                connection.sendall(sent)
                if waits:
                    with suppress(OSError):  # it is closed already
                        connection.shutdown(socket.SHUT_WR)
                    answer = connection.recv(65536)
                    assert not answer.startswith(b"HTTP/1.1 500"), answer
            except (BrokenPipeError, ConnectionResetError):
                pass  # it would hear no more of it
    assert hub.client.cards()
