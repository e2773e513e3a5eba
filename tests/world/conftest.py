"""A private tmux server for each test, and a real terminal to look at it with."""

import itertools
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from orchestrator.world.tmux import Tmux
from tests.poll import poll

# What a user's tmux.conf may hold that would end sessions, hide the status line or replace commands.
HOSTILE_CONF = """
set -g base-index 1
setw -g pane-base-index 1
set -g automatic-rename on
set -g allow-rename on
set -g destroy-unattached on
set -g detach-on-destroy off
set -s exit-unattached on
set -g status off
set -g status-left "#(touch $HOME/status-ran)"
set -g status-format[0] "theirs"
set -g key-table theirs
set -g mouse off
set -g prefix C-a
set -g remain-on-exit off
set -g default-size 40x10
set -g default-command "sh -c 'echo hijacked'"
set -g default-shell /bin/false
bind -n F12 kill-server
set -g no-such-option on
"""

_numbers = itertools.count(1)


def run_tmux(socket: str, *words: str) -> str:
    """What tmux prints; fails the test with its own words."""
    done = subprocess.run(["tmux", "-u", "-L", socket, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Terminal:
    """A terminal of 100x30 with a person at it: a pane of a second tmux server."""

    def __init__(self, socket: str) -> None:
        self.socket = socket

    def start(self, argv: Sequence[str]) -> None:
        """Prints `BOARD`, runs the program, then prints `BACK` and its exit code."""
        script = 'unset TMUX TMUX_PANE; echo BOARD; "$@"; echo BACK $?; exec cat'
        words = [word.removesuffix(";") + "\\;" if word.endswith(";") else word for word in argv]
        size = ["-x", "100", "-y", "30"]
        run_tmux(
            self.socket, "-f", "/dev/null", "new-session", "-d", *size, "--", "sh", "-c", script, "sh", *words
        )

    def press(self, *keys: str) -> None:
        run_tmux(self.socket, "send-keys", *keys)

    def click(self, column: int, row: int) -> None:
        """Presses and releases the left button; the top left is 1, 1."""
        for end in "Mm":
            self.press("-l", f"\x1b[<0;{column};{row}{end}")

    @property
    def screen(self) -> str:
        return run_tmux(self.socket, "capture-pane", "-p")

    @property
    def last_row(self) -> str:
        return self.screen.removesuffix("\n").split("\n")[-1]

    def shows(self, text: str) -> None:
        """Waits until the text is on the screen."""
        poll(lambda: text in self.screen)


@pytest.fixture
def socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The name of a tmux socket on which nothing runs; whatever runs there afterwards is ended."""
    monkeypatch.setenv("HOME", str(tmp_path))
    name = f"orch-test-{os.getpid()}-w{next(_numbers)}"
    yield name
    Tmux(name).end_server()


@pytest.fixture
def tmux(socket: str) -> Tmux:
    return Tmux(socket)


@pytest.fixture
def hostile_conf(socket: str, tmp_path: Path) -> None:
    """A tmux.conf of the user's that would break us if it could."""
    (tmp_path / ".tmux.conf").write_text(HOSTILE_CONF)


@pytest.fixture
def terminal(socket: str) -> Iterator[Callable[[], Terminal]]:
    """Makes terminals, which are gone after the test."""
    made: list[Terminal] = []

    def make() -> Terminal:
        made.append(Terminal(f"{socket}-t{len(made)}"))
        return made[-1]

    yield make
    for each in made:
        Tmux(each.socket).end_server()
