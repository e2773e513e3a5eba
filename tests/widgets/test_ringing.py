"""How a board rings its terminal: the bytes that arrive there, also through tmux."""

import json
import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from orchestrator.paths import Home
from tests.poll import PATIENCE
from widgets.notices.sequences import form_by_name, form_of, sequence, through_tmux

_ROOT = Path(__file__).parents[2]
_STAGE = """
import sys, threading, time
from dataclasses import replace
from orchestrator.client import Board
from orchestrator.core.board.views import Notice
from widgets.app import OrchApp
from widgets.gallery.boards import GalleryClient, card, hub
client = GalleryClient(Board(hub(), (card(3, "Dark mode", "review", "idle"),)))
client.options = replace(client.options, terminal=sys.argv[1])
app = OrchApp(client)
def tell():
    while app.settings is None:
        time.sleep(0.02)
    said = "Dark mode; asks \\x1b]52;c;x\\x07 you"
    client.tell(Notice(time.time(), "c3.k", said, "orch", rings=True, shown=False))
threading.Thread(target=tell, daemon=True).start()
app.run()
"""
_KEPT = ("PATH", "HOME", "ORCH_HOME", "ORCH_TMUX_SOCKET", "TMUX_TMPDIR")
OSC777 = b"\x1b]777;notify;orch;Dark mode, asks you\x1b\\"
OSC99 = b"\x1b]99;i=orch:d=0:o=unfocused;orch\x1b\\\x1b]99;i=orch:d=1:p=body;Dark mode, asks you\x1b\\"


@contextmanager
def received(argv: list[str], **environment: str) -> Iterator[int]:
    """The terminal in which the program runs, as a file."""
    pid, terminal = pty.fork()
    if pid == 0:
        inherited = {name: os.environ[name] for name in _KEPT if name in os.environ}
        with suppress(OSError):
            os.execvpe(argv[0], argv, inherited | environment)  # noqa: S606
        os._exit(1)
    try:
        yield terminal
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, 15)
        os.close(terminal)
        os.waitpid(pid, 0)


def until(terminal: int, wanted: bytes) -> bytes:
    """What the terminal was sent until `wanted` was among it and, after that, the bell or before."""
    got, deadline = b"", time.monotonic() + PATIENCE
    while not (wanted in got and bell(got)):
        assert time.monotonic() < deadline, got[-2000:]
        if select.select([terminal], [], [], 0.1)[0]:
            got += os.read(terminal, 65536)
    return got


def bell(got: bytes) -> bool:
    """Whether there is a bell that ends no sequence."""
    return b"\a" in re.sub(rb"\x1b[\]P][^\x1b\a]*(?:\a|\x1b\\)", b"", got)


def board(how: str) -> list[str]:
    return [sys.executable, "-c", _STAGE, how]


def test_a_terminal_that_has_notifications_gets_one_and_the_bell(home: Home) -> None:
    with received(board("auto"), TERM="xterm-kitty", PYTHONPATH=str(_ROOT)) as terminal:
        assert b"52;c;" not in until(terminal, OSC99)


@pytest.mark.parametrize("allowed", ["on", "off"])
def test_tmux_passes_it_on_where_that_is_allowed_and_the_bell_in_any_case(home: Home, allowed: str) -> None:
    tmux = ["tmux", "-L", home.tmux_socket, "-f", "/dev/null"]
    inner = f"cd {shlex.quote(str(_ROOT))} && {shlex.join(board('auto'))}"
    try:
        starts = [
            "start-server",
            ";",
            "set",
            "-g",
            "allow-passthrough",
            allowed,
            ";",
            "new-session",
            "-s",
            "b",
            inner,
        ]
        with received([*tmux, *starts], TERM="rxvt-unicode", PYTHONPATH=str(_ROOT)) as terminal:
            got = until(terminal, OSC777 if allowed == "on" else b"Dark mode")
            assert (OSC777 in got) == (allowed == "on")
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("environment", "form"),
    [
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "osc99"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "osc777"),
        ({"TERM": "xterm-ghostty"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, "osc777"),
        ({"TERM": "xterm-256color"}, "bell"),
        ({"TERM": "linux"}, "bell"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "bell"),
        ({}, "bell"),
    ],
    ids=json.dumps,
)
def test_a_terminal_gets_what_it_is_known_to_understand(environment: dict[str, str], form: str) -> None:
    assert form_of(environment) == form


@pytest.mark.parametrize(
    ("words", "form"),
    [("WezTerm 20240203 xterm-256color", "osc777"), ("XTerm(379) xterm", "bell"), ("", "bell")],
)
def test_the_terminal_around_tmux_is_known_by_what_it_calls_itself(words: str, form: str) -> None:
    assert form_by_name(words) == form


@pytest.mark.parametrize("form", ["osc9", "osc777", "osc99"])
@pytest.mark.parametrize(
    "hostile", ["a\x1b\\\x1b]52;c;eA==\x07b", "4;1;100", "x;y;z", "\x9c\x9d52;c;x\x9c", "a\nb\rc", "\x07"]
)
def test_nothing_in_a_text_ends_the_sequence_or_begins_another(form: str, hostile: str) -> None:
    sent = sequence(form, hostile, hostile)  # type: ignore[arg-type]
    assert re.fullmatch(r"(\x1b\](9|777|99);[^\x00-\x1f\x7f-\x9f]*\x1b\\){1,2}", sent)
    assert not sent.startswith("\x1b]9;4;")
    assert sent.count(";") == {"osc9": 1, "osc777": 3, "osc99": 4}[form]
    assert "\x1b\\" not in through_tmux(sent)[:-2].replace("\x1b\x1b\\", "")
