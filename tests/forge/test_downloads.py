"""Texts on servers that do not behave."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orchestrator.world.forge.errors import ForgeRefused
from orchestrator.world.forge.github import downloads


@contextmanager
def says(head: bytes, body: bytes, *, again: float = 0.0) -> Iterator[str]:
    """The address of a server that answers one request with that, and then with a byte from time to time."""
    ends = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listens:

        def answer() -> None:
            to, _ = listens.accept()
            with to:
                to.recv(65536)
                to.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)
                while again and not ends.wait(again):
                    try:
                        to.sendall(b".")
                    except OSError:
                        return

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listens.getsockname()[1]}/log"
        ends.set()
        thread.join()


@pytest.mark.parametrize("head", [b"Content-Length: 100000000\r\n", b"Connection: close\r\n"])
def test_a_log_host_that_never_ends_is_left_after_a_while(
    head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_SECONDS", 0.2)
    with says(head, b"begin", again=0.02) as url:
        found = downloads.end_of(url, "cannot read the log", 5)
    assert found.startswith("begin.")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Connection: close\r\n", b"the end"),
        (b"Content-Length: 7\r\n", b"the end"),
        (b"Transfer-Encoding: chunked\r\n", b"4\r\nthe \r\n3\r\nend\r\n0\r\n\r\n"),
        (b"Content-Encoding: gzip\r\nConnection: close\r\n", gzip.compress(b"the end", mtime=0)),
    ],
    ids=["until closed", "with a length", "in chunks", "compressed"],
)
def test_a_log_is_read_however_it_is_sent(head: bytes, body: bytes) -> None:
    with says(head, body) as url:
        assert downloads.end_of(url, "cannot read the log", 5) == "the end"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 100\r\n", b"half"),
        (b"Transfer-Encoding: chunked\r\n", b"zz\r\n"),
        (b"Content-Encoding: gzip\r\nContent-Length: 7\r\n", b"no gzip"),
    ],
    ids=["too short", "no chunk", "not compressed"],
)
def test_a_log_that_breaks_off_is_refused_in_words(head: bytes, body: bytes) -> None:
    with says(head, body) as url, pytest.raises(ForgeRefused, match="cannot read the log"):
        downloads.end_of(url, "cannot read the log", 5)
