"""The listener is run for real, with a shell in the place of the session that holds its pipe."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.agents.claude_code import wake_hook
from orchestrator.agents.claude_code.launch import prepare
from orchestrator.agents.launch_file import LaunchSpec
from tests.poll import PATIENCE, poll

Listen = Callable[..., subprocess.Popen[str]]
WORDS = "2 unread, 1 task: call mail_receive"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "launch of c1"


@pytest.fixture
def holder(folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """What a launch file becomes: it lives for as long as its stdin is open."""
    spec = LaunchSpec(
        card="c1", run=1, token="t", slug="a-card", session_id="1234", resume=False, prompt="", model="",
        permission_mode="", command=("cat",), env={}, hook_url="http://127.0.0.1:7/hooks", cwd=str(tmp_path),
        statusline_report=folder / "report.json", user_status_line="", mcp_url="http://127.0.0.1:7/mcp",
    )  # fmt: skip
    file = prepare(folder, spec)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-1], "echo holds", "exec cat"]))
    process = subprocess.Popen(["/bin/sh", file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == "holds\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def listen(folder: Path) -> Iterator[Listen]:
    """Runs the hook of an event as the session does."""
    started = []

    def start(event: str = "Stop") -> subprocess.Popen[str]:
        command = wake_hook.hooks(folder)[event][0]["hooks"][0]["command"]
        started.append(subprocess.Popen(["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said


def test_waking_ends_the_listener_with_the_words_that_wake_a_session(
    folder: Path, holder: subprocess.Popen[str], listen: Listen
) -> None:
    listener = listen()
    poll(lambda: wake_hook.wake(folder, f"{WORDS}\x1b[31m\nand more"), "a listener")
    assert end(listener) == (2, f"{WORDS} and more\n")
    assert holder.poll() is None


def test_one_listens_for_each_session_and_the_next_takes_its_place(
    folder: Path, holder: subprocess.Popen[str], listen: Listen
) -> None:
    first = listen("SessionStart")
    poll((folder / "listener").read_text, "a listener")
    assert end(listen()) == (0, "")
    poll(lambda: wake_hook.wake(folder, WORDS), "the first")
    assert end(first)[0] == 2
    second = listen()
    poll(lambda: wake_hook.wake(folder, WORDS), "the second")
    assert end(second)[0] == 2
    assert holder.poll() is None


def test_the_listener_ends_with_its_session_even_if_that_is_killed(
    folder: Path, holder: subprocess.Popen[str], listen: Listen
) -> None:
    listener = listen()
    poll((folder / "listener").read_text, "a listener")
    holder.kill()
    assert end(listener) == (0, "")


def test_a_listener_that_was_killed_is_noticed_and_replaced(
    folder: Path, holder: subprocess.Popen[str], listen: Listen
) -> None:
    killed = listen()
    poll((folder / "listener").read_text, "a listener")
    killed.kill()
    end(killed)
    assert not wake_hook.wake(folder, WORDS)
    next_one = listen()
    poll(lambda: wake_hook.wake(folder, WORDS), "the next")
    assert end(next_one)[0] == 2
    assert holder.poll() is None


def test_a_session_without_the_hook_is_not_woken(folder: Path) -> None:
    assert not wake_hook.wake(folder, WORDS)
    assert not wake_hook.listens(folder)


def test_the_hook_is_its_owners_alone(folder: Path, holder: subprocess.Popen[str]) -> None:
    assert wake_hook.listens(folder)
    assert holder.poll() is None
    assert [(folder / name).stat().st_mode & 0o777 for name in ("wake", "wake.sh", "listener")] == [
        0o600, 0o700, 0o600
    ]  # fmt: skip
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_session_of_an_older_version_is_woken_by_its_own_pipe(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "bell")
    assert wake_hook.listens(folder)
    assert not wake_hook.wake(folder, WORDS), "nothing listens"
    listener = os.open(folder / "bell", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert wake_hook.wake(folder, WORDS)
        assert os.read(listener, 200).decode() == f"{WORDS}\n"
    finally:
        os.close(listener)


def test_a_new_start_replaces_the_hook_of_an_older_version(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "bell")
    wake_hook.prepare(folder)
    assert sorted(each.name for each in folder.iterdir()) == ["listener", "wake", "wake.sh"]
