"""The hub that a headless command starts for itself, where the state directory has one already."""

import fcntl
import os
import subprocess
from contextlib import ExitStack
from typing import Any

import pytest

from orchestrator.cli.ci.headless_hub import HeadlessHub
from orchestrator.cli.failures import Unusable
from orchestrator.client import Failed
from orchestrator.core.requests.hub import ShowHub
from orchestrator.paths import Home
from tests.cli.stand_in import StandIn, serving
from tests.poll import poll


def test_a_hub_that_came_up_first_is_not_ended_by_the_command_that_came_second(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes up when the second has looked already, while that one's own child has not come to the lock."""
    asked: list[str] = []
    stand_in = StandIn(home)
    answer = stand_in.answer
    popen = subprocess.Popen

    def noted(path: str, body: dict[str, Any]) -> tuple[int, Any]:
        asked.append(path)
        return answer(path, body)

    def slow_child(_argv: list[str], **options: Any) -> subprocess.Popen[bytes]:
        hubs.enter_context(serving(stand_in))
        return popen(["cat"], **options)

    with ExitStack() as hubs, monkeypatch.context() as patch:
        patch.setattr(stand_in, "answer", noted)
        patch.setattr("orchestrator.cli.ci.headless_hub.subprocess.Popen", slow_child)
        with pytest.raises(Unusable, match=f"another hub, process {stand_in.hub.pid}, is using"):
            HeadlessHub(home).__enter__()
    assert asked == ["hub"]


@pytest.mark.slow
def test_a_state_directory_that_another_hub_has_locked_is_refused_and_nothing_in_it_changed(
    home: Home,
) -> None:
    """That hub is still coming up: it does not answer yet."""
    home.make()
    home.last_words.write_text("what the other one says\n")
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        with pytest.raises(Unusable, match=f"another hub, process {os.getpid()}, is using"):
            HeadlessHub(home).__enter__()
    assert sorted(each.name for each in home.root.iterdir()) == ["hub.failed", "hub.lock"]
    assert home.last_words.read_text() == "what the other one says\n"


def test_the_last_words_of_an_earlier_hub_are_not_taken_for_those_of_this_one(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.make()
    home.last_words.write_text("the port was taken, last week\n")
    home.log.write_text("died now\n")
    popen = subprocess.Popen

    def dies(_argv: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return popen(["sh", "-c", "exit 1"], **options)

    with monkeypatch.context() as patch:
        patch.setattr("orchestrator.cli.ci.headless_hub.subprocess.Popen", dies)
        with pytest.raises(Failed, match="cannot start the hub: it exited with 1 / died now"):
            HeadlessHub(home).__enter__()


@pytest.mark.slow
def test_a_hub_says_in_its_lock_which_process_it_is_and_ends_with_the_command(home: Home) -> None:
    with HeadlessHub(home) as client:
        pid = client.submit(ShowHub()).pid
        assert int(home.lock.read_text()) == pid
    poll(lambda: not home.socket.exists(), "the hub to end")
    assert "the hub has ended" in home.log.read_text()
