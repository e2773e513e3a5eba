"""Opening, sweeping and closing windows on a real tmux server."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from orchestrator.world.tmux import NoSuchTarget, Pane, PaneSeen, Tmux, TmuxFailed, TmuxGone
from tests.poll import poll
from tests.world.conftest import run_tmux

SLEEP = ("sleep", "1000")


def the_only(tmux: Tmux) -> PaneSeen:
    (seen,) = tmux.sweep().panes
    return seen


def dead(tmux: Tmux) -> PaneSeen:
    return poll(lambda: [each for each in tmux.sweep().panes if each.dead])[0]


def windows(socket: str, fields: str = "#{window_name}") -> list[str]:
    return run_tmux(socket, "list-windows", "-t", "=orch", "-F", fields).splitlines()


def test_a_window_runs_its_arguments_in_its_directory(tmux: Tmux, tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import os, sys; print(os.getcwd(), sys.argv[1:], flush=True); input()"]
    words = ["two words", "$HOME", "; touch x;", ";", "-t", "#(touch y)", "'", ""]
    pane = tmux.open_window("c1-slug", tmp_path, [*argv, *words], "c1", 2)
    poll(lambda: str(words) in tmux.capture([pane.pane])[pane.pane].replace("\n", ""))
    assert str(tmp_path) in tmux.capture([pane.pane])[pane.pane]
    seen = the_only(tmux)
    assert (seen.window, seen.pane, seen.pid) == (pane.window, pane.pane, pane.pid)
    assert (seen.card, seen.run, seen.dead, seen.exit_code) == ("c1", 2, False, None)
    os.kill(pane.pid, 0)


def test_a_lone_argument_is_a_program_and_not_a_shell_line(tmux: Tmux, tmp_path: Path) -> None:
    program = tmp_path / "a program; touch x"
    program.write_text("#!/bin/sh\necho it ran\nsleep 1000\n")
    program.chmod(0o700)
    pane = tmux.open_window("c1", tmp_path, [str(program)], "c1", 1)
    poll(lambda: "it ran" in tmux.capture([pane.pane])[pane.pane])


def test_a_directory_whose_name_looks_like_a_format_is_taken_as_it_is(tmux: Tmux, tmp_path: Path) -> None:
    odd = tmp_path / "#(touch hacked)#{pid}#[bold]%Y;"
    odd.mkdir()
    for card in ("c1", "c2"):
        pane = tmux.open_window(card, odd, ["sh", "-c", "pwd > here; sleep 1000"], card, 1)
        poll(lambda: (odd / "here").exists() and (odd / "here").read_text().strip() == str(odd))
        (odd / "here").unlink()
        assert pane.pid
    assert not list(tmp_path.rglob("hacked"))


def test_a_missing_directory_is_refused_in_words(tmux: Tmux, tmp_path: Path) -> None:
    with pytest.raises(TmuxFailed, match="gone is not a directory"):
        tmux.open_window("c1", tmp_path / "gone", SLEEP, "c1", 1)
    with pytest.raises(TmuxGone):
        tmux.sweep()


def test_a_repeated_opening_gives_the_same_window(tmux: Tmux, tmp_path: Path) -> None:
    first = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    assert tmux.open_window("c1", tmp_path, SLEEP, "c1", 1) == first
    other_card = tmux.open_window("c1", tmp_path, SLEEP, "c2", 1)
    assert first.pane != other_card.pane


def test_no_second_window_is_opened_for_a_card_while_one_runs(tmux: Tmux, tmp_path: Path) -> None:
    first = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    with pytest.raises(TmuxFailed, match=rf"second window.*its run 1 is still running.*process {first.pid}"):
        tmux.open_window("c1", tmp_path, SLEEP, "c1", 2)
    assert the_only(tmux).pid == first.pid


def test_the_name_of_a_window_is_only_a_name(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    tmux.open_window("c1 #(touch hacked) #{pid}:.=|x", tmp_path, SLEEP, "c1", 1)
    assert windows(socket) == ["c1-touch-hacked-pid-x"]
    assert not list(tmp_path.rglob("hacked"))


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_an_ended_program_leaves_its_exit_code_and_last_words(
    tmux: Tmux, tmp_path: Path, script: str, code: int
) -> None:
    pane = tmux.open_window("c1", tmp_path, ["sh", "-c", f"echo last words; read x; {script}"], "c1", 1).pane
    poll(lambda: "last words" in tmux.capture([pane])[pane])
    tmux.send_keys(pane, "Enter")
    seen = dead(tmux)
    assert seen.exit_code == code
    assert "last words" in tmux.capture([seen.pane])[seen.pane]


def test_a_pane_that_the_user_splits_off_is_not_the_session(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    run_tmux(socket, "split-window", "-d", "-t", pane.pane, "sleep", "1000")
    assert the_only(tmux).pane == pane.pane


def test_a_window_that_the_user_made_is_not_seen(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    run_tmux(socket, "new-window", "-d", "-t", "=orch:", "-n", "c1-mine", "sleep", "1000")
    assert tmux.sweep().panes == ()


def test_a_closed_window_is_missing_from_the_next_sweep(tmux: Tmux, tmp_path: Path) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    server = tmux.sweep().server_pid
    tmux.close_window(pane.window)
    tmux.close_window(pane.window)
    assert tmux.sweep().panes == ()
    assert tmux.sweep().server_pid == server


def test_a_server_that_is_gone_is_told_from_windows_that_are_closed(
    tmux: Tmux, socket: str, tmp_path: Path
) -> None:
    with pytest.raises(TmuxGone):
        tmux.sweep()
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    run_tmux(socket, "new-session", "-d", "-s", "theirs", "sleep", "1000")
    run_tmux(socket, "kill-session", "-t", "=orch")
    assert tmux.sweep().panes == ()
    tmux.end_server()
    with pytest.raises(TmuxGone):
        tmux.sweep()
    tmux.close_window(pane.window)


def test_a_removed_socket_is_not_a_dead_server(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    server = tmux.sweep().server_pid
    Path(run_tmux(socket, "display-message", "-p", "#{socket_path}").strip()).unlink()
    with pytest.raises(TmuxFailed, match=f"kill -USR1 {server}"):
        tmux.sweep()
    with pytest.raises(TmuxFailed, match="socket"):
        tmux.open_window("c2", tmp_path, SLEEP, "c2", 1)
    os.kill(server, signal.SIGUSR1)
    poll(lambda: _answers(tmux))
    assert tmux.sweep().server_pid == server


def _answers(tmux: Tmux) -> bool:
    try:
        return bool(tmux.sweep().panes)
    except TmuxFailed:
        return False


def test_the_server_is_started_again_for_a_new_window(tmux: Tmux, tmp_path: Path) -> None:
    tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    tmux.end_server()
    pane = tmux.open_window("c2", tmp_path, SLEEP, "c2", 1)
    assert the_only(tmux).pane == pane.pane


# --- the hub's window --------------------------------------------------------------------------


def hub(tmp_path: Path) -> Sequence[str]:
    return ["sh", "-c", f"echo run >> {shlex.quote(str(tmp_path / 'runs'))}; sleep 1000"]


def runs(tmp_path: Path) -> int:
    return (tmp_path / "runs").read_text().count("run") if (tmp_path / "runs").exists() else 0


def test_the_hub_runs_once_however_often_it_is_opened(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    for _ in range(3):
        tmux.open_hub(hub(tmp_path), tmp_path)
    poll(lambda: runs(tmp_path))
    assert windows(socket) == ["hub"]
    assert runs(tmp_path) == 1
    assert tmux.sweep().panes == ()


def test_a_hub_that_died_is_started_in_its_own_window(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    tmux.open_hub(["sh", "-c", "exit 3"], tmp_path)
    poll(lambda: windows(socket, "#{pane_dead}") == ["1"])
    tmux.open_hub(hub(tmp_path), tmp_path)
    poll(lambda: runs(tmp_path) == 1)
    assert windows(socket, "#{window_id} #{window_name} #{pane_dead}") == ["@0 hub 0"]


def test_a_hub_is_opened_though_the_server_ends_while_it_is_asked(
    tmux: Tmux, socket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    server = tmux._server  # noqa: SLF001
    ask = server.run

    def ends(*commands: Sequence[str], **more: Any) -> list[str]:
        monkeypatch.setattr(server, "run", ask)
        said = ask(*commands, **more)
        tmux.end_server()
        return said

    monkeypatch.setattr(server, "run", ends)
    tmux.open_hub(hub(tmp_path), tmp_path)
    poll(lambda: runs(tmp_path) == 1)
    assert windows(socket) == ["hub"]


def test_a_hub_joins_the_cards_that_outlived_it(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    tmux.open_hub(SLEEP, tmp_path)
    assert windows(socket) == ["c1", "hub"]
    assert the_only(tmux).pid == pane.pid


def test_the_hub_of_another_state_directory_is_refused(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    tmux.open_hub(SLEEP, tmp_path / "one")
    with pytest.raises(TmuxFailed, match=f"{socket} already contains the hub of .*one.*ORCH_TMUX_SOCKET"):
        tmux.open_hub(SLEEP, tmp_path)
    assert windows(socket) == ["hub"]


# --- the user's tmux.conf ----------------------------------------------------------------------


def test_no_setting_of_the_users_ends_or_changes_a_session(
    tmux: Tmux, socket: str, tmp_path: Path, hostile_conf: None
) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    pane = tmux.open_window("c1-a", tmp_path, SLEEP, "c1", 1)
    ended = tmux.open_window("c2-b", tmp_path, ["sh", "-c", r"printf '\033kstolen\033\\'; exit 5"], "c2", 1)
    poll(lambda: dead(tmux))
    assert windows(socket, "#{window_name} #{window_width}x#{window_height}") == [
        "hub 200x50",
        "c1-a 200x50",
        "c2-b 200x50",
    ]
    seen = {each.card: each for each in tmux.sweep().panes}
    assert seen["c1"].pid == pane.pid
    assert (seen["c2"].pane, seen["c2"].exit_code) == (ended.pane, 5)
    assert run_tmux(socket, "show-options", "-gv", "prefix") == "C-a\n"
    assert (tmp_path / ".tmux.conf").read_text().count("\n") > 10
    assert not (tmp_path / "status-ran").exists()


def test_windows_opened_at_once_all_come_to_be(tmux: Tmux, tmp_path: Path) -> None:
    def open_one(number: int) -> Pane:
        return tmux.open_window(f"c{number}", tmp_path, SLEEP, f"c{number}", 1)

    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(open_one, range(12)))
    assert {each.pane for each in tmux.sweep().panes} == {each.pane for each in opened}
    assert len({each.pane for each in opened}) == 12


def test_an_id_that_is_none_never_reaches_tmux(tmux: Tmux, tmp_path: Path) -> None:
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    for wrong in ("", "%0", "c1", "@0;kill-server"):
        with pytest.raises(NoSuchTarget):
            tmux.close_window(wrong)
    assert the_only(tmux).pid == pane.pid


def test_our_own_pane_in_the_environment_changes_no_target(
    tmux: Tmux, socket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/nowhere/default,1,0")
    monkeypatch.setenv("TMUX_PANE", "%7")
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    environment = Path(f"/proc/{pane.pid}/environ")
    if environment.exists():
        assert b"/nowhere" not in environment.read_bytes()
    assert subprocess.run(["ps", "-p", str(pane.pid)], check=False, capture_output=True).returncode == 0
