"""`orch demo` as a person runs it, and what it leaves behind: nothing."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.guard import PRIVATE
from tests.poll import poll

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = (sys.executable, "-c", "from orchestrator.cli import main; main()", "demo")


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder for the demo to make its own in; nothing may be left there, nor run on."""
    # a Unix socket's path has little room, so it stands higher up than tmp_path does
    folder = Path(tempfile.mkdtemp(dir=PRIVATE))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    yield folder
    poll(lambda: not _running(folder) and not list(folder.iterdir()), told=lambda: str(_running(folder)))
    sockets = PRIVATE / f"tmux-{os.getuid()}"
    assert not sockets.is_dir() or not list(sockets.glob("orch-demo-*"))


def _running(folder: Path) -> list[str]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.Error):
            mark = process.environ().get("ORCH_HOME", "")
            if mark.startswith(str(folder)) or any(
                str(folder) in word for word in process.info["cmdline"] or ()
            ):
                found.append(" ".join(process.info["cmdline"]))
    return found


@pytest.mark.usefixtures("outside")
def test_the_board_settles_with_a_card_in_every_column() -> None:
    done = subprocess.run([*DEMO, "--no-tui"], capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    cards, _, runs = done.stdout.partition("\n\n")
    lines = [line for line in cards.splitlines()[1:] if not line.endswith("· gift-cards")]
    states = [re.split(r"  +", line)[1:3] for line in lines]
    assert sorted((column, state.rstrip(" *")) for column, state in states if column != "in progress") == [
        ("backlog", "new"),
        ("blocked", "exited"),
        ("blocked", "permission"),
        ("blocked", "plan"),
        ("blocked", "question"),
        ("blocked", "rate limited"),
        ("blocked", "stalled"),
        ("done", "exited"),
        ("review", "idle"),
        ("review", "idle?"),
    ]
    assert sum(column == "in progress" for column, _ in states) == 3
    assert re.search(r"^r1 +gate-blocked ", runs, re.MULTILINE), runs


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_cut_short_leaves_nothing_behind(outside: Path, number: int, code: int) -> None:
    demo = subprocess.Popen([*DEMO, "--no-tui"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    poll(lambda: len(list(outside.glob("orch-demo-*/shop-orch/*"))) >= 3)
    demo.send_signal(number)
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == code, said


def test_without_a_terminal_it_says_what_to_do() -> None:
    done = subprocess.run(DEMO, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 4
    assert "orch demo --no-tui" in done.stderr


@pytest.mark.parametrize("how", ["q", "SIGTERM"])
def test_the_board_opens_and_leaves_terminal_and_machine_as_they_were(outside: Path, how: str) -> None:
    socket = f"orch-test-{os.getpid()}-{how.lower()}"
    # the board would believe these rather than its terminal, and a test's surroundings may set them
    shell = f"unset COLUMNS LINES; {shlex.join(DEMO)}; echo left with $?; stty -a; sleep 60"

    def tmux(*words: str) -> str:
        argv = ["tmux", "-u", "-L", socket, "-f", "/dev/null", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    tmux("new-session", "-d", "-x", "180", "-y", "50", "sh", "-c", shell)
    try:
        poll(lambda: "Auth: signed tokens" in tmux("capture-pane", "-p"))
        shown = psutil.Process(int(tmux("display-message", "-p", "#{pane_pid}")))
        if how == "q":
            tmux("send-keys", "q")
        else:
            shown.children()[0].terminate()
        poll(lambda: " icanon" in tmux("capture-pane", "-p"))
        assert f"left with {0 if how == 'q' else 143}" in tmux("capture-pane", "-p")
        assert (
            tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"
        )
    finally:
        subprocess.run(["tmux", "-L", socket, "kill-server"], capture_output=True, check=False)


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("when", ["at once", "when the board is there"])
def test_a_terminal_that_is_closed_takes_everything_with_it(when: str) -> None:
    socket = f"orch-test-{os.getpid()}-closed-{len(when)}"
    tmux = ["tmux", "-u", "-L", socket, "-f", "/dev/null"]
    shell = f"unset COLUMNS LINES; exec {shlex.join(DEMO)}"
    subprocess.run([*tmux, "new-session", "-d", "-x", "180", "-y", "50", "sh", "-c", shell], check=True)
    if when == "at once":
        poll(lambda: list(PRIVATE.glob("*/orch-demo-*/home")))
    else:
        capture = [*tmux, "capture-pane", "-p"]
        poll(
            lambda: (
                "Auth: signed" in subprocess.run(capture, capture_output=True, text=True, check=True).stdout
            )
        )
    subprocess.run([*tmux, "kill-server"], check=True)
