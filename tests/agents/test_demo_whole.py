"""`orch demo` as a person runs it, and what it leaves behind: nothing."""

import contextlib
import itertools
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from orchestrator.core.mail.views import GatherView, MessageView
from orchestrator.paths import Home
from tests.calls import Client
from tests.guard import PRIVATE
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


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
    done = subprocess.run(
        [*DEMO, "--no-tui"], capture_output=True, text=True, timeout=2 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    cards, runs, gathers, threads, dead = done.stdout.split("\n\n")
    lines = [line for line in cards.splitlines()[1:] if not line.endswith("· gift-cards")]
    team = {words[-1]: words for words in map(_words, lines) if words[-1].startswith("returns: ")}
    states = [words[1:3] for words in map(_words, lines) if words[-1] not in team]
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
    assert {name: words[1] for name, words in team.items()} == {
        "returns: returns-lead": "in progress",
        "returns: parcel-labels": "blocked",
        "returns: returns-page": "review",
        "returns: refunds": "review",
    }
    assert re.search(
        r" returns-lead .* 2 of 3 .* parcel-labels \(.*waiting for a person: permission\)", gathers
    )
    assert "What if a parcel is late?" in threads
    assert re.search(r"^flaky-checkout .* it expired before it was read", dead, re.MULTILINE), dead


def _words(line: str) -> list[str]:
    return re.split(r"  +", line)


@pytest.mark.long
def test_a_team_comes_to_its_end_when_the_human_allows_and_answers(outside: Path) -> None:
    with _shown() as tmux:
        poll(lambda: "returns: returns-lead" in tmux("capture-pane", "-p"), "the team")
        (root,) = outside.glob("orch-demo-*")
        client = Client(Home(root / "home", ""))
        (waiting,) = poll(lambda: [each for each in client.mail().gathers if _waits_for_human(each)])
        (permission,) = poll(lambda: [each for each in client.needs() if each.slug == "parcel-labels"])
        question = poll(lambda: _to_human(client, "question"), "the question to the human")
        client.answer(permission.id, "allow")
        client.mail_send((question.sender,), "When they ask.", kind="answer", reply_to=question.id)
        poll(lambda: client.mail_gather(waiting.id).complete, "the last result")
        result = poll(lambda: _to_human(client, "result"), "the lead's result")
        assert result.sender == "returns-lead"
        assert "by the day" in client.mail_thread(question.id)[0].body
        assert "shop/refunds.py" in client.mail_ref(result.id, 0).text
        poll(lambda: client.show("returns-lead").card.state == "idle", "the lead's turn to end")
        poll(lambda: len(client.mail_thread(question.id)) == 3, "the worker to act upon the answer")


def _waits_for_human(gather: GatherView) -> bool:
    return [each.needs_human for each in gather.members if each.part != "reported"] == [True]


def _to_human(client: Client, kind: str) -> MessageView | None:
    found = (each for each in client.mail_messages("human") if each.kind == kind and "human" in each.to)
    return next(found, None)


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_cut_short_leaves_nothing_behind(outside: Path, number: int, code: int) -> None:
    demo = subprocess.Popen([*DEMO, "--no-tui"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    poll(lambda: len(list(outside.glob("orch-demo-*/shop-orch/*"))) >= 3)
    demo.send_signal(number)
    said, _ = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == code, said


def test_without_a_terminal_it_says_what_to_do() -> None:
    done = subprocess.run(DEMO, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 4
    assert "orch demo --no-tui" in done.stderr


_numbers = itertools.count(1)


@contextmanager
def _shown(after: str = "") -> Iterator[Callable[..., str]]:
    """The board on a terminal of its own; gives its tmux. A shell has started it and goes on with `after`."""
    socket = f"orch-test-{os.getpid()}-shown-{next(_numbers)}"  # the one before may still be ending
    # the board would believe these rather than its terminal, and a test's surroundings may set them
    shell = f"unset COLUMNS LINES; {shlex.join(DEMO)}; {after} sleep 60"

    def tmux(*words: str) -> str:
        argv = ["tmux", "-u", "-L", socket, "-f", "/dev/null", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    tmux("new-session", "-d", "-x", "180", "-y", "50", "sh", "-c", shell)
    try:
        yield tmux
    finally:
        subprocess.run(["tmux", "-L", socket, "kill-server"], capture_output=True, check=False)


def _demo_in(tmux: Callable[..., str]) -> psutil.Process:
    (demo,) = poll(psutil.Process(int(tmux("display-message", "-p", "#{pane_pid}"))).children)
    return demo


@pytest.mark.long
@pytest.mark.parametrize("how", ["q", "SIGTERM", "SIGKILL"])
def test_the_board_opens_and_leaves_terminal_and_machine_as_they_were(outside: Path, how: str) -> None:
    with _shown("echo left with $?; stty -a;") as tmux:
        poll(lambda: "Auth: signed tokens" in tmux("capture-pane", "-p"))
        if how == "q":
            tmux("send-keys", "q")
        else:
            _demo_in(tmux).send_signal(signal.Signals[how])
        poll(lambda: not list(outside.iterdir()))
        if how == "SIGKILL":  # the shell was told at once, and spoke onto the board's screen
            tmux("send-keys", "-l", "echo")
            poll(lambda: "echo" in tmux("capture-pane", "-p"))
        else:
            poll(lambda: " icanon" in tmux("capture-pane", "-p"))
            assert f"left with {0 if how == 'q' else 143}" in tmux("capture-pane", "-p")
        shown = tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}")
        assert shown.strip() == "001"


@pytest.mark.long
@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("when", ["at once", "when the board is there"])
def test_a_terminal_that_is_closed_takes_everything_with_it(when: str) -> None:
    with _shown() as tmux:
        _until(when, tmux)


@pytest.mark.sample(1)
@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("when", ["at once", "when the board is there"])
def test_a_demo_that_is_killed_leaves_nothing_behind(when: str) -> None:
    with _shown() as tmux:
        _until(when, tmux)
        _demo_in(tmux).kill()
        poll(lambda: not list(PRIVATE.glob("*/orch-demo-*")), "the demo's folder to go")


def _until(when: str, tmux: Callable[..., str]) -> None:
    if when == "at once":
        poll(lambda: list(PRIVATE.glob("*/orch-demo-*/home")))
    else:
        poll(lambda: "Auth: signed" in tmux("capture-pane", "-p"))


@pytest.mark.long
def test_a_guard_that_is_killed_is_not_missed(outside: Path) -> None:
    demo = subprocess.Popen([*DEMO, "--no-tui"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    poll(lambda: len(list(outside.glob("orch-demo-*/shop-orch/*"))) >= 3)
    children = psutil.Process(demo.pid).children()
    next(each for each in children if "orchestrator.cli.demo.cleanup" in each.cmdline()).kill()
    demo.terminate()
    said, _ = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 143, said
