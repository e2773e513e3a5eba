"""Pasting into panes, pressing keys in them, and reading what stands there."""

import sys
import threading
from pathlib import Path

import pytest

from orchestrator.world.tmux import NoSuchTarget, Pane, Tmux, TmuxFailed
from tests.poll import poll
from tests.world.conftest import run_tmux

# A program that asks for bracketed pastes and writes down each byte that it is sent.
LISTENER = """
import os, sys, tty
tty.setraw(0)
os.write(1, b"\\x1b[?2004hready")
with open(sys.argv[1], "ab", 0) as heard:
    while said := os.read(0, 65536):
        heard.write(said)
"""
SLEEP = ("sleep", "1000")


class Listener:
    """A pane with a program that hears all that is typed."""

    def __init__(self, tmux: Tmux, folder: Path, card: str = "c1") -> None:
        self.file = folder / f"{card}-heard"
        self.pane = tmux.open_window(
            card, folder, [sys.executable, "-c", LISTENER, str(self.file)], card, 1
        ).pane
        poll(lambda: "ready" in tmux.capture([self.pane])[self.pane])

    def heard(self, ending: str = "\r") -> str:
        poll(lambda: self.file.read_bytes().endswith(ending.encode()))
        return self.file.read_bytes().decode()


def ended(tmux: Tmux, folder: Path) -> Pane:
    """A pane whose program has ended."""
    pane = tmux.open_window("ended", folder, ["true"], "ended", 1)
    poll(lambda: [each for each in tmux.sweep().panes if each.pane == pane.pane and each.dead])
    return pane


@pytest.mark.parametrize(
    "text",
    [
        "one line",
        "two\nlines and\n\n\ta tab",
        "ends in a semicolon;",
        "-l leads with a dash",
        "#(touch x) #{pid} $HOME `x` \"'\\",
        "grüße 🎉 שלום",
        "Enter",
        pytest.param("long " * 8000, id="long"),
    ],
)
def test_a_prompt_arrives_whole_and_is_entered_once(tmux: Tmux, tmp_path: Path, text: str) -> None:
    listener = Listener(tmux, tmp_path)
    tmux.paste(listener.pane, text)
    assert listener.heard() == f"\x1b[200~{text}\x1b[201~\r"


def test_control_characters_never_leave_the_paste(tmux: Tmux, tmp_path: Path) -> None:
    listener = Listener(tmux, tmp_path)
    tmux.paste(listener.pane, "a\x1b[201~\r/exit\x03\x9b1m\x7f")
    assert listener.heard() == "\x1b[200~a\n/exit1m\x1b[201~\r"


def test_pastes_into_one_pane_never_mix(tmux: Tmux, tmp_path: Path) -> None:
    listener = Listener(tmux, tmp_path)
    texts = [f"prompt {number}" for number in range(4)]
    threads = [threading.Thread(target=tmux.paste, args=(listener.pane, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    poll(lambda: listener.heard().count("\r") == 4)
    assert sorted(listener.heard().split("\r")[:-1]) == [f"\x1b[200~{text}\x1b[201~" for text in texts]


def test_a_pane_that_was_scrolled_back_still_takes_the_prompt(
    tmux: Tmux, socket: str, tmp_path: Path
) -> None:
    listener = Listener(tmux, tmp_path)
    run_tmux(socket, "copy-mode", "-t", listener.pane)
    tmux.paste(listener.pane, "text")
    assert listener.heard() == "\x1b[200~text\x1b[201~\r"
    run_tmux(socket, "copy-mode", "-t", listener.pane)
    tmux.send_keys(listener.pane, "Escape")
    assert listener.heard("\x1b").endswith("\x1b")


def test_an_empty_prompt_is_refused_and_presses_nothing(tmux: Tmux, tmp_path: Path) -> None:
    listener = Listener(tmux, tmp_path)
    for text in ("", " \n", "\x1b\x00"):
        with pytest.raises(TmuxFailed, match="empty"):
            tmux.paste(listener.pane, text)
    tmux.send_keys(listener.pane, "x")
    assert listener.heard("x") == "x"


def test_a_paste_into_an_ended_program_fails_and_the_server_lives(
    tmux: Tmux, socket: str, tmp_path: Path
) -> None:
    other = tmux.open_window("c2", tmp_path, SLEEP, "c2", 1)
    pane = ended(tmux, tmp_path)
    server = tmux.sweep().server_pid
    with pytest.raises(TmuxFailed, match="has ended"):
        tmux.paste(pane.pane, "text")
    tmux.send_keys(pane.pane, "Enter")
    assert tmux.sweep().server_pid == server
    assert other.pane in {each.pane for each in tmux.sweep().panes}
    assert run_tmux(socket, "list-buffers") == ""


def test_a_paste_into_a_pane_that_is_gone_leaves_nothing_behind(
    tmux: Tmux, socket: str, tmp_path: Path
) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    with pytest.raises(NoSuchTarget, match="%77"):
        tmux.paste("%77", "a secret")
    with pytest.raises(NoSuchTarget):
        tmux.send_keys("%77", "Enter")
    assert run_tmux(socket, "list-buffers") == ""


def test_keys_are_pressed_by_their_names(tmux: Tmux, tmp_path: Path) -> None:
    listener = Listener(tmux, tmp_path)
    tmux.send_keys(listener.pane, "C-c", "Up", "-", "Enter")
    assert listener.heard() == "\x03\x1b[A-\r"


def test_several_panes_are_read_apart(tmux: Tmux, tmp_path: Path) -> None:
    texts = {
        tmux.open_window(name, tmp_path, ["sh", "-c", f"echo {name} says; sleep 1000"], name, 1).pane: name
        for name in ("c1", "c2", "c3")
    }
    poll(lambda: all("says" in text for text in tmux.capture(list(texts)).values()))
    seen = tmux.capture(list(texts))
    assert {pane: text.split("\n")[0] for pane, text in seen.items()} == {
        pane: f"{name} says" for pane, name in texts.items()
    }
    assert {text.count("\n") for text in seen.values()} == {49}


def test_a_pane_that_is_gone_is_missing_and_spoils_no_other(tmux: Tmux, tmp_path: Path) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    first, gone, last = (tmux.open_window(name, tmp_path, SLEEP, name, 1) for name in ("c1", "c2", "c3"))
    tmux.close_window(gone.window)
    assert list(tmux.capture([first.pane, gone.pane, last.pane])) == [first.pane, last.pane]
    assert list(tmux.capture(["%98", gone.pane, last.pane, "%99"])) == [last.pane]
    assert tmux.capture([gone.pane]) == {}
    assert tmux.capture([]) == {}
    with pytest.raises(NoSuchTarget):
        tmux.capture_sized(gone.pane)


def test_a_preview_has_colours_and_its_size(tmux: Tmux, tmp_path: Path) -> None:
    script = r"printf '\033[31mred\033[0m plain'; sleep 1000"
    pane = tmux.open_window("c1", tmp_path, ["sh", "-c", script], "c1", 1).pane
    poll(lambda: "plain" in tmux.capture([pane])[pane])
    text, width, height = tmux.capture_sized(pane)
    assert (width, height) == (200, 50)
    assert text.startswith("\x1b[31mred\x1b[39m plain")
    assert "\x1b" not in tmux.capture([pane])[pane]
    assert tmux.capture([pane], colour=True)[pane] == text


def test_output_that_imitates_our_marks_stays_text(tmux: Tmux, tmp_path: Path) -> None:
    script = "printf '%%0|200|50\\n|%%1|x\\nabc'; sleep 1000"
    pane = tmux.open_window("c1", tmp_path, ["sh", "-c", script], "c1", 1).pane
    poll(lambda: "abc" in tmux.capture([pane])[pane])
    assert tmux.capture([pane])[pane].split("\n")[:3] == ["%0|200|50", "|%1|x", "abc"]
