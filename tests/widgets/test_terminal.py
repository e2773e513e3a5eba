"""The board in a real terminal: a tmux pane on a socket of its own, real keys, real bytes."""

import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.paths import Home
from tests.poll import PATIENCE

_WITHIN = PATIENCE
_ROOT = Path(__file__).parents[2]
_STAGE = """
import sys
from orchestrator.core.board.views import (Attachment)
from orchestrator.client import Board
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, card, hub
cards = (card(3, "Dark mode", "review", "idle"), card(4, "Old idea", "review", "idle"))
client = GalleryClient(Board(hub(), cards))
client.road = Attachment(("sh", "-c", sys.argv[1]), inside=False)
app = OrchApp(client)
app.run()
print("left with", app.return_code)
"""


class Terminal:
    """A pane in which the board runs."""

    def __init__(self, home: Home, size: tuple[int, int]) -> None:
        self._tmux = ["tmux", "-L", home.tmux_socket, "-f", "/dev/null"]
        self._size = size

    def start(self, road: str) -> None:
        words = [sys.executable, "-c", _STAGE, road]
        command = f"cd {shlex.quote(str(_ROOT))} && {shlex.join(words)}; cat"
        width, height = self._size
        self._run("new-session", "-d", "-s", "board", "-x", str(width), "-y", str(height), command)

    def keys(self, *keys: str) -> None:
        self._run("send-keys", "-t", "=board:", *keys)

    def paste(self, text: str, *, bracketed: bool) -> None:
        subprocess.run([*self._tmux, "load-buffer", "-"], input=text, text=True, check=True, timeout=PATIENCE)
        self._run("paste-buffer", *(["-p"] if bracketed else []), "-t", "=board:")

    def text(self) -> str:
        return self._run("capture-pane", "-p", "-t", "=board:")

    def shows(self, words: str) -> str:
        """The screen as soon as these words stand on it."""
        return self.until(lambda text: words in text, words)

    def until(self, true: Callable[[str], bool], what: str) -> str:
        deadline = time.monotonic() + _WITHIN
        while not true(text := self.text()):
            assert time.monotonic() < deadline, f"{what!r} never came:\n{text}"
            time.sleep(0.02)
        return text

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def terminal(home: Home) -> Terminal:
    return Terminal(home, (80, 24))


@pytest.mark.slow
def test_attaching_hands_the_terminal_over_and_coming_back_restores_the_board(terminal: Terminal) -> None:
    terminal.start('echo "ATTACHED TMUX=[$TMUX]"; read x')
    terminal.shows("Dark mode")
    terminal.keys("Enter")
    assert "TMUX=[]" in terminal.shows("ATTACHED")
    terminal.keys("Enter")
    terminal.until(lambda text: "ATTACHED" not in text and "Dark mode" in text, "the board")
    terminal.keys("Down")
    terminal.shows("▌Old idea")
    terminal.keys("q")
    terminal.shows("left with 0")


@pytest.mark.slow
def test_a_terminal_that_could_not_attach_says_what_tmux_said(terminal: Terminal) -> None:
    terminal.start('echo "can\'t find session" >&2; exit 1')
    terminal.shows("Dark mode")
    terminal.keys("Enter")
    assert "Dark mode" in terminal.shows("can't find session")


@pytest.mark.slow
@pytest.mark.sample(1)
@pytest.mark.parametrize(("bracketed", "notice"), [(True, "was ignored"), (False, "faster than typing")])
def test_a_paste_on_the_board_does_nothing(terminal: Terminal, bracketed: bool, notice: str) -> None:
    terminal.start("echo ATTACHED; read x")
    terminal.shows("Dark mode")
    terminal.paste("new exciting xRusL text\nq\n", bracketed=bracketed)
    said = terminal.shows(notice)
    assert "Dark mode" in said
    assert "ATTACHED" not in said


def test_ctrl_c_does_not_end_the_board(terminal: Terminal) -> None:
    terminal.start("true")
    terminal.shows("Dark mode")
    terminal.keys("C-c")
    terminal.keys("n")
    terminal.shows("New card")
