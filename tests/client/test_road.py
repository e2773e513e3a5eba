"""What a client hears of a hub that answers badly or not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orchestrator.client import road
from orchestrator.client.errors import HubAway
from orchestrator.client.road import Road
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
                    caller.recv(65536)
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
    monkeypatch.setattr(road, "_ANSWER_WITHIN", 0.05)
    monkeypatch.setattr(road, "_DONE_WITHIN", 0.05)
    with hub_that_says(home, None):
        with pytest.raises(HubAway) as read:
            Road(home).ask("GET", "/board")
        with pytest.raises(HubAway) as done:
            Road(home).ask("POST", "/gates/approve", {})
    assert str(read.value) == "the hub did not answer in time. See: orch hub logs"
    assert "it may still do what was asked; look before you ask again" in str(done.value)


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"no HTTP\r\n"])
def test_an_answer_that_breaks_off_is_said_to(home: Home, words: bytes) -> None:
    with hub_that_says(home, words), pytest.raises(HubAway, match="broke off in the middle of an answer"):
        Road(home).ask("GET", "/board")


def test_no_hub_at_all_says_how_to_start_one(home: Home) -> None:
    with pytest.raises(HubAway, match="orch hub start"):
        Road(home).ask("GET", "/board")
