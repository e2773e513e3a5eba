"""What a client hears of a hub that answers badly or not at all."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orchestrator.client import Client, client
from orchestrator.core.errors import HubAway, OtherVersion
from orchestrator.core.requests.cards import Hold, SeenLast, ShowBoard
from orchestrator.core.requests.mail import Unpause
from orchestrator.paths import Home


@contextmanager
def hub_that_says(home: Home, words: bytes | None) -> Iterator[None]:
    """Takes every connection; says these words and hangs up, or says nothing at all."""
    home.make()
    held: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(home.socket))
        door.listen()

        def serve() -> None:
            while True:
                try:
                    caller, _ = door.accept()
                except OSError:
                    return
                held.append(caller)
                if words is not None:
                    asked = caller.recv(65536)
                    while asked.startswith(b"POST") and not asked.endswith(b"}"):
                        asked += caller.recv(65536)
                    caller.sendall(words)
                    caller.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        door.shutdown(socket.SHUT_RDWR)
        thread.join()
    for caller in held:
        caller.close()


def test_who_asked_for_something_to_be_done_hears_that_it_may_still_be(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_ANSWER_WITHIN", 0.05)
    monkeypatch.setattr(client, "_DONE_WITHIN", 0.05)
    with hub_that_says(home, None):
        with pytest.raises(HubAway) as read:
            Client(home).submit(ShowBoard())
        with pytest.raises(HubAway) as done:
            Client(home).submit(Hold("c1"))
    assert str(read.value) == "the hub did not respond in time. See: orch hub logs"
    assert "the request may still take effect; check before you retry" in str(done.value)


OLDER = b'{"what":"the hub does not know this request","why":"","hint":""}'


def test_a_hub_that_is_older_is_said_to_be_and_how_to_restart_it(home: Home) -> None:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n" % len(OLDER)
    with hub_that_says(home, head + OLDER), pytest.raises(OtherVersion) as error:
        Client(home).submit(Hold("c1"))
    assert str(error.value) == "the hub is older than this orch. Restart it: orch hub restart"
    stream = b'HTTP/1.1 200 OK\r\n\r\ndata: {"kind": "board"}\n\n'
    home.socket.unlink()
    with hub_that_says(home, stream), pytest.raises(OtherVersion, match="orch hub restart"):
        next(Client(home).watch())


def test_where_the_person_is_travels_with_what_they_ask_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def asked(_: Client, __: str, body: bytes, *, reads: bool) -> tuple[int, bytes]:
        sent.append(body)
        return (200, b"null") if not reads else (200, b'""')

    monkeypatch.setattr(Client, "_ask", asked)
    Client(home, by="tui").submit(Unpause("a", "b"))
    Client(home).submit(Unpause("a", "b"))
    Client(home, by="tui").submit(Unpause("a", "b", by="ci"))
    assert [json.loads(each)["by"] for each in sent] == ["tui", "cli", "ci"]
    assert Client(home, by="tui").submit(SeenLast("view")) == ""


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"no HTTP\r\n"])
def test_an_answer_that_breaks_off_is_said_to(home: Home, words: bytes) -> None:
    with hub_that_says(home, words), pytest.raises(HubAway, match="closed the connection during its answer"):
        Client(home).submit(ShowBoard())


def test_no_hub_at_all_says_how_to_start_one(home: Home) -> None:
    with pytest.raises(HubAway, match="orch hub start"):
        Client(home).submit(ShowBoard())
