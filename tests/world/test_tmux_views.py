"""Looking at a session from a terminal that is itself a pane of another tmux, and coming back."""

import os
import pty
import shlex
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.core.board.views import Attachment
from orchestrator.world.tmux import NoSuchTarget, Pane, Tmux
from tests.poll import PATIENCE, poll
from tests.world.conftest import Terminal, run_tmux

ENDS = "read line; exit 1"
NewTerminal = Callable[[], Terminal]


def card(tmux: Tmux, folder: Path, name: str, script: str = "cat") -> Pane:
    """A window whose pane says whose it is."""
    pane = tmux.open_window(name, folder, ["sh", "-c", f"echo this is {name}; {script}"], name, 1)
    poll(lambda: f"this is {name}" in tmux.capture([pane.pane])[pane.pane])
    return pane


def end(tmux: Tmux, pane: Pane) -> None:
    """Ends the program of a window that was made with the script `ENDS`."""
    tmux.send_keys(pane.pane, "Enter")
    poll(lambda: [each for each in tmux.sweep().panes if each.pane == pane.pane and each.dead])


def look(tmux: Tmux, terminal: Terminal, pane: Pane, name: str) -> None:
    attachment = tmux.attach(pane.window, "")
    assert not attachment.inside
    terminal.start(attachment.argv)
    terminal.shows(f"this is {name}")


def views(socket: str) -> list[str]:
    names = run_tmux(socket, "list-sessions", "-F", "#{session_name}").splitlines()
    return [name for name in names if name.startswith("orch-view-")]


@pytest.fixture
def board(tmux: Tmux, tmp_path: Path) -> Tmux:
    tmux.open_hub(["sleep", "1000"], tmp_path)
    return tmux


# --- there and back ----------------------------------------------------------------------------


def test_the_back_key_returns_to_the_board_and_the_session_goes_on(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, here = card(board, tmp_path, "c1"), terminal()
    assert not board.sweep().attached
    look(board, here, pane, "c1")
    poll(lambda: board.sweep().attached)
    here.press("typed", "Enter")
    poll(lambda: here.screen.count("typed") == 2)
    here.press("F12")
    here.shows("BACK 0")
    assert views(socket) == []
    assert not board.sweep().attached
    assert [each.pid for each in board.sweep().panes if not each.dead] == [pane.pid]


def test_it_is_known_which_session_was_seen_last_before_the_back_key(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    one, two, here = card(board, tmp_path, "c1"), card(board, tmp_path, "c2"), terminal()
    board.publish({}, 1, (two.window,))
    attachment = board.attach(one.window, "")
    here.start(attachment.argv)
    here.shows("this is c1")
    assert board.seen_last(attachment.view) == one.window
    here.press("F11")
    here.shows("this is c2")
    assert board.seen_last(attachment.view) == two.window
    here.press("F12")
    here.shows("BACK 0")
    assert board.seen_last(attachment.view) == two.window
    assert [board.seen_last(name) for name in ("orch-view-00000000", "nobody", "=x; kill-server")] == [""] * 3


def test_a_plain_terminal_comes_back_too(board: Tmux, socket: str, tmp_path: Path) -> None:
    attachment = board.attach(card(board, tmp_path, "c1").window, "")
    person, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    client = subprocess.Popen(attachment.argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    threading.Thread(target=_read_all, args=(person,), daemon=True).start()
    try:
        poll(lambda: board.sweep().attached)
        os.write(person, b"\x1b[24~")
        assert client.wait(PATIENCE) == 0
    finally:
        client.kill()
        client.wait()
    assert views(socket) == []


def _read_all(terminal: int) -> None:
    with suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.close(terminal)


def test_the_way_back_withstands_the_users_settings(
    socket: str, tmp_path: Path, terminal: NewTerminal, hostile_conf: None
) -> None:
    tmux = Tmux(socket)
    tmux.open_hub(["sleep", "1000"], tmp_path)
    pane, here = card(tmux, tmp_path, "c1"), terminal()
    look(tmux, here, pane, "c1")
    assert "F12 board" in here.last_row
    assert "theirs" not in here.last_row
    here.press("F12")
    here.shows("BACK 0")
    assert [each.pid for each in tmux.sweep().panes] == [pane.pid]
    assert not (tmp_path / "status-ran").exists()


@pytest.mark.parametrize("state", ["copy-mode", "ended"])
def test_the_back_key_works_whatever_the_pane_is_doing(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal, state: str
) -> None:
    pane, here = card(board, tmp_path, "c1", ENDS), terminal()
    look(board, here, pane, "c1")
    if state == "ended":
        end(board, pane)
    else:
        run_tmux(socket, "copy-mode", "-t", pane.pane)
    here.press("F12")
    here.shows("BACK 0")


def test_nothing_that_is_done_to_an_ended_session_ends_the_server(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, here = card(board, tmp_path, "c1", ENDS), terminal()
    server = board.sweep().server_pid
    look(board, here, pane, "c1")
    end(board, pane)
    here.press("a", "Enter", "Escape", "C-c", "Up")
    here.press("-l", "\x1b[200~pasted\nlines\x1b[201~")
    here.click(3, 3)
    for wheel in (64, 65):
        here.press("-l", f"\x1b[<{wheel};3;3M")
    here.press("F12")
    here.shows("BACK 0")
    assert board.sweep().server_pid == server


def test_other_keys_can_be_chosen(socket: str, tmp_path: Path, terminal: NewTerminal) -> None:
    tmux = Tmux(socket, back_key="M-b", next_key="C-n")
    one, two, here = card(tmux, tmp_path, "c1"), card(tmux, tmp_path, "c2"), terminal()
    look(tmux, here, one, "c1")
    assert "M-b board" in here.last_row
    tmux.publish({}, 1, (two.window,))
    here.press("C-n")
    here.shows("this is c2")
    here.press("M-b")
    here.shows("BACK 0")


def test_a_cut_connection_leaves_the_session_and_its_view_goes_with_the_next(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, here = card(board, tmp_path, "c1"), terminal()
    look(board, here, pane, "c1")
    Tmux(here.socket).end_server()
    poll(lambda: not board.sweep().attached)
    assert [each.pid for each in board.sweep().panes] == [pane.pid]
    board.kill_view_leftovers(older_than=-1)
    assert views(socket) == []


def test_a_viewer_inside_the_same_server_is_switched_there_and_back(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, here = card(board, tmp_path, "c1"), terminal()
    told = tmp_path / "told"
    shell = f"echo $TMUX > {told}; echo their own; exec sh"
    run_tmux(socket, "new-session", "-d", "-s", "mine", "sh", "-c", shell)
    here.start(["tmux", "-u", "-L", socket, "attach-session", "-t", "=mine"])
    here.shows("their own")
    attachment = board.attach(pane.window, told.read_text().strip())
    assert attachment.inside
    here.press("-l", shlex.join(attachment.argv))
    here.press("Enter")
    here.shows("this is c1")
    here.press("F12")
    here.shows("their own")
    poll(lambda: views(socket) == [])


@pytest.mark.parametrize("viewer", ["", "/tmp/other/default,{pid},0", "{socket},1,0", "garbage"])
def test_a_viewer_of_another_server_attaches(board: Tmux, socket: str, tmp_path: Path, viewer: str) -> None:
    path, pid = run_tmux(socket, "display-message", "-p", "#{socket_path} #{pid}").split()
    told = viewer.format(socket=path, pid=pid)
    attachment = board.attach(card(board, tmp_path, "c1").window, told)
    assert isinstance(attachment, Attachment)
    assert not attachment.inside
    assert "attach-session" in attachment.argv


def test_coming_back_never_ends_the_server_however_busy_it_is(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, server, done = card(board, tmp_path, "c1"), board.sweep().server_pid, threading.Event()

    def hammer() -> None:
        while not done.is_set():
            subprocess.run(["tmux", "-L", socket, "list-sessions"], capture_output=True, check=False)

    hammering = [threading.Thread(target=hammer) for _ in range(2)]
    for each in hammering:
        each.start()
    try:
        for _ in range(6):
            here = terminal()
            look(board, here, pane, "c1")
            here.press("F12")
            here.shows("BACK 0")
    finally:
        done.set()
        for each in hammering:
            each.join()
    assert board.sweep().server_pid == server


# --- several views -----------------------------------------------------------------------------


def test_two_viewers_look_at_two_windows(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    one, two, three = (card(board, tmp_path, name) for name in ("c1", "c2", "c3"))
    left, right = terminal(), terminal()
    look(board, left, one, "c1")
    look(board, right, two, "c2")
    assert len(views(socket)) == 2
    board.publish({}, 1, (three.window,))
    left.press("F11")
    left.shows("this is c3")
    assert "this is c2" in right.screen
    right.press("F12")
    right.shows("BACK 0")
    assert "this is c3" in left.screen


def test_only_the_window_that_is_looked_at_takes_the_terminals_size(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    one, two = card(board, tmp_path, "c1"), card(board, tmp_path, "c2")
    look(board, terminal(), one, "c1")
    poll(lambda: board.capture_sized(one.pane)[1:] == (100, 29))
    assert board.capture_sized(two.pane)[1:] == (200, 50)


def test_a_closed_window_sends_its_viewers_home_and_nobody_else(
    board: Tmux, tmp_path: Path, terminal: NewTerminal
) -> None:
    one, two = card(board, tmp_path, "c1"), card(board, tmp_path, "c2")
    left, right = terminal(), terminal()
    look(board, left, one, "c1")
    look(board, right, two, "c2")
    board.close_window(one.window)
    left.shows("BACK 0")
    assert "this is c2" not in left.screen
    assert "this is c2" in right.screen


def test_no_view_is_made_of_a_closed_window(board: Tmux, socket: str, tmp_path: Path) -> None:
    pane = card(board, tmp_path, "c1")
    board.close_window(pane.window)
    with pytest.raises(NoSuchTarget, match="window is closed"):
        board.attach(pane.window, "")
    assert views(socket) == []


def test_only_views_that_nobody_uses_are_cleaned_away(
    board: Tmux, socket: str, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, here = card(board, tmp_path, "c1"), terminal()
    look(board, here, pane, "c1")
    used = views(socket)
    run_tmux(socket, "new-session", "-d", "-s", "orch-view-mine", "sleep", "1000")
    board.attach(pane.window, "")
    board.kill_view_leftovers()
    assert len(views(socket)) == 3
    board.kill_view_leftovers(older_than=-1)
    assert sorted(views(socket)) == sorted([*used, "orch-view-mine"])
    assert "this is c1" in here.screen


# --- the status line ---------------------------------------------------------------------------


def test_the_status_line_names_the_card_that_is_shown_and_how_many_wait(
    board: Tmux, tmp_path: Path, terminal: NewTerminal
) -> None:
    one, two, here = card(board, tmp_path, "c1"), card(board, tmp_path, "c2"), terminal()
    look(board, here, one, "c1")
    assert here.last_row.strip() == "F12 board   F11 next  │ c1"
    labels = {one.window: "c1 auth · working", two.window: "c2 docs · permission"}
    board.publish(labels, 3, (two.window,))
    poll(lambda: here.last_row.strip() == "F12 board   F11 next  3 need you │ c1 auth · working")
    here.press("F11")
    poll(lambda: here.last_row.strip() == "F12 board   F11 next  3 need you │ c2 docs · permission")
    board.publish({two.window: "c2 docs · idle"}, 1, ())
    poll(lambda: here.last_row.strip() == "F12 board   F11 next  1 needs you │ c2 docs · idle")
    here.press("F11")
    here.shows("No other card needs you")


def test_the_next_key_goes_through_all_that_wait(board: Tmux, tmp_path: Path, terminal: NewTerminal) -> None:
    one, two, three = (card(board, tmp_path, name) for name in ("c1", "c2", "c3"))
    here, labels = terminal(), {one.window: "c1", two.window: "c2", three.window: "c3"}
    look(board, here, one, "c1")
    board.publish(labels, 2, (two.window, three.window))
    for name in ("c2", "c3", "c2"):
        here.press("F11")
        here.shows(f"this is {name}")
    board.publish(labels, 2, (one.window, two.window))
    here.press("F11")
    here.shows("this is c1")
    board.publish(labels, 1, (one.window,))
    here.press("F11")
    here.shows("No other card needs you")


def test_the_keys_can_be_clicked(board: Tmux, tmp_path: Path, terminal: NewTerminal) -> None:
    one, two, here = card(board, tmp_path, "c1"), card(board, tmp_path, "c2"), terminal()
    look(board, here, one, "c1")
    board.publish({}, 1, (two.window,))
    here.click(here.last_row.index("next") + 1, 30)
    here.shows("this is c2")
    here.click(here.last_row.index("board") + 1, 30)
    here.shows("BACK 0")


def test_the_mouse_can_be_left_to_the_terminal(socket: str, tmp_path: Path) -> None:
    tmux = Tmux(socket, mouse=False)
    tmux.attach(card(tmux, tmp_path, "c1").window, "")
    (view,) = views(socket)
    assert run_tmux(socket, "show-options", "-v", "-t", f"={view}:", "mouse") == "off\n"


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "title",
    [
        "#(touch hacked)",
        "#[fg=red]#[align=right]red",
        "#{pane_pid}#{version}#S#H",
        "##(x) ###[bold] # #",
        "%Y %H:%M 100% %",
        "'q' \"qq\" `x` $HOME \\ ; kill-server ;",
        "-t leads",
        "a,b}c{d|e",
        "grüße שלום",
    ],
)
def test_a_hostile_title_comes_out_as_it_is(
    board: Tmux, tmp_path: Path, terminal: NewTerminal, title: str
) -> None:
    pane, here = card(board, tmp_path, "c1"), terminal()
    look(board, here, pane, "c1")
    board.publish({pane.window: f"c1 {title} · working"}, 1, ())
    poll(lambda: "working" in here.last_row)
    assert here.last_row.strip() == f"F12 board   F11 next  1 needs you │ c1 {title} · working"
    assert not list(tmp_path.rglob("hacked"))
    assert not Path("hacked").exists()


def test_a_title_stays_on_one_row_and_the_keys_on_it(
    board: Tmux, tmp_path: Path, terminal: NewTerminal
) -> None:
    pane, here = card(board, tmp_path, "c1"), terminal()
    look(board, here, pane, "c1")
    board.publish({pane.window: "c1 one\ntwo\x1b[31m\tthree\u202e " + "x" * 500}, 12, ())
    poll(lambda: "xxx" in here.last_row)
    assert here.last_row.startswith(" F12 board   F11 next  12 need you │ c1 one two three xxx")
    assert len(here.last_row) == 100
    assert here.screen.count("xxx") == here.last_row.count("xxx")


def test_a_window_that_closed_meanwhile_spoils_no_label(
    board: Tmux, tmp_path: Path, terminal: NewTerminal
) -> None:
    gone, pane, here = card(board, tmp_path, "c1"), card(board, tmp_path, "c2"), terminal()
    board.close_window(gone.window)
    look(board, here, pane, "c2")
    board.publish({gone.window: "gone", pane.window: "c2 working"}, 2, (gone.window, pane.window))
    poll(lambda: "c2 working" in here.last_row)


def test_an_alert_is_shown_as_it_is_and_rings_where_a_session_is_viewed(
    board: Tmux, tmp_path: Path, terminal: NewTerminal
) -> None:
    assert board.alert("nobody", bell=True) == 0
    assert board.viewer_active_at() == 0.0
    one, here = card(board, tmp_path, "c1"), terminal()
    look(board, here, one, "c1")
    text = "Auth: #{pid} #(touch x) %H #[fg=red] asks; `x`"
    assert board.alert(text, bell=False) == 1
    here.shows(text.replace("#[", "# ["))
    assert run_tmux(here.socket, "display-message", "-p", "#{window_bell_flag}").strip() == "0"
    assert board.alert(text, bell=True) == 1
    poll(lambda: run_tmux(here.socket, "display-message", "-p", "#{window_bell_flag}").strip() == "1")
    assert time.time() - board.viewer_active_at() < 600
