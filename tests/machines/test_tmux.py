"""What users have in their tmux.conf, and do in tmux, breaks no session and starts none twice.

`ORCH_TEST_TMUX` names other tmux programs to try this with, with colons between.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from orchestrator.agents import sole
from orchestrator.agents.launch_file import write_launch_file
from orchestrator.world.tmux import PaneSeen, Tmux, TmuxFailed
from orchestrator.world.tmux.windows import Opening
from tests.poll import PATIENCE, poll
from tests.world.conftest import Terminal, run_tmux

SLEEP = ("sleep", "1000")

DIRECTIVES = {
    # the five that started several agents, or none
    "renames each window": "set-hook -g after-new-window 'rename-window \"#{b:pane_current_path}\"'",
    "a hook script that is missing": "set-hook -g after-new-window 'run-shell /nowhere/on-window.sh'",
    "splits each window": "set-hook -g after-new-window 'split-window -h'",
    "renames each session": "set-hook -g after-new-session 'rename-session work'",
    "revives what has ended": "set-hook -g pane-died 'respawn-pane -k'\nset -g remain-on-exit on",
    # others of the kind
    "renames by title": "set-hook -g window-renamed 'rename-window x'\n"
    "set-hook -g session-renamed 'rename-session y'",
    "kills each new window": "set-hook -g after-new-window kill-window",
    "kills each new session": "set-hook -g after-new-session kill-session",
    "kills the server by hook": "set-hook -g window-linked kill-server",
    "opens another window for each": "set-hook -g window-linked 'new-window -d'",
    "opens a window with each session": "set-hook -g session-created 'new-window -d'",
    "moves each window": "set-hook -g after-new-window 'move-window -t 99'",
    "breaks panes out": "set-hook -g after-split-window 'break-pane'",
    "selects each new window": "set-hook -g after-new-window 'select-window -l'",
    "types into each new window": "set-hook -g after-new-window 'send-keys \"clear\" Enter'",
    "layout after each split": "set-hook -g after-split-window 'select-layout tiled'",
    "a hook that hangs": "set-hook -g after-new-window 'run-shell \"sleep 60\"'",
    "a hook with an error": "set-hook -g after-new-window 'no-such-command'",
    "a hook on each option": "set-hook -g after-set-option 'kill-server'",
    "a hook on looking": "set-hook -g after-list-panes 'kill-server'",
    "kills panes that exited": "set-hook -g pane-exited 'kill-session'",
    "revives windows": "set-hook -g pane-died 'respawn-window -k'",
    "closes dead panes": "set-hook -g pane-died kill-pane\nset -g remain-on-exit off",
    "a hook for viewers": "set-hook -g client-attached 'kill-session'",
    "hooks of windows": "set-hook -gw window-resized kill-window\n"
    "set-hook -gw window-layout-changed kill-window",
    "hooks by set-option": "set -g after-new-window 'rename-window x'\nset -gw pane-died 'respawn-pane -k'",
    "numbered hooks": "set-hook -g after-new-window[7] 'rename-window a'\n"
    "set-hook -ga after-new-window kill-window",
    "hooks set later": "run-shell -b 'sleep 0.2; tmux set-hook -g after-new-window kill-window'",
    "ends unattached": "set -g destroy-unattached on\nset -g detach-on-destroy off",
    "keeps an empty server": "set -s exit-empty off",
    "a command in each window": "set -g default-command 'sh -c \"echo hijacked\"'",
    "an odd shell": "set -g default-shell /bin/false",
    "counts from one": "set -g base-index 1\nsetw -g pane-base-index 1\nset -g renumber-windows on",
    "names by program": "setw -g automatic-rename on\nsetw -g allow-rename on\nset -g set-titles on",
    "sizes": "setw -g aggressive-resize on\nsetw -g window-size smallest\nset -g default-size 20x5",
    "no environment": "set -g update-environment ''\nset-environment -gu PATH\nset-environment -gr HOME",
    "monitors": "setw -g monitor-activity on\nsetw -g monitor-silence 1\nset -g bell-action any\n"
    "setw -g monitor-bell on",
    "no history": "set -g history-limit 0\nset -s escape-time 0\nset -g word-separators ' |'\n"
    "set -s set-clipboard on",
    "locks": "set -g lock-after-time 1\nset -g lock-command true",
    "another prefix": "unbind C-b\nset -g prefix C-a\nbind -n F12 kill-server\nbind -n F11 kill-window",
    "a key table": "set -g key-table mine\nset -g status-keys vi\nset -g mouse off",
    "slow status": "set -g status-interval 1\nset -g status-right '#(sleep 5)'\n"
    "set -g status-format[0] '#(sleep 5)'",
    "commands by other names": "set -s command-alias[100] new-window='split-window'\n"
    "set -s command-alias[101] set-option='display-message'",
    "files that are missing": "source-file ~/.tmux/none.conf\n"
    "if-shell 'test -e /nowhere' '' 'source-file /nowhere'",
    "errors": "set -g no-such-option on\nbind\nif-shell 'exit 3' 'nonsense' 'nonsense too'",
    "a slow plug-in": "run-shell 'sleep 2'\nset -g @plugin 'tmux-plugins/tpm'\nrun '~/.tmux/plugins/tpm/tpm'",
    "a session of its own": "new-session -d -s mine\nnew-session -d -s other 'sleep 1000'",
    "revives shells": "set -g @continuum-restore on\nset -g status-right '#(/nowhere/continuum_save.sh)'\n"
    "run-shell -b 'sleep 0.3; tmux new-session -d -s restored; true'",
    "terminal": "set -g default-terminal tmux-256color\nset -ag terminal-overrides ',*:Tc'\n"
    "set -s focus-events on",
}  # fmt: skip


@pytest.fixture(autouse=True, params=os.environ.get("ORCH_TEST_TMUX", "tmux").split(":"))
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The tmux that is tried."""
    if os.sep in request.param:
        monkeypatch.setenv("PATH", f"{Path(request.param).parent}:{os.environ['PATH']}")
    return str(request.param)


def counting(file: Path, then: str = "exec sleep 1000") -> Sequence[str]:
    """A program that notes each of its starts."""
    return ["sh", "-c", f"echo run >> {shlex.quote(str(file))}; {then}"]


def starts(file: Path) -> int:
    return file.read_text().count("run") if file.exists() else 0


def seen(tmux: Tmux, card: str) -> PaneSeen | None:
    return next((pane for pane in tmux.sweep().panes if pane.card == card), None)


def conf(folder: Path, text: str) -> Path:
    file = folder / ".tmux.conf"
    file.write_text(f"{text}\n")
    return file


@pytest.mark.sample(12)
@pytest.mark.parametrize("said", DIRECTIVES.values(), ids=DIRECTIVES.keys())
def test_whatever_the_users_tmux_conf_says_each_agent_starts_once_and_ends_once(
    said: str, tmux: Tmux, socket: str, tmp_path: Path
) -> None:  # fmt: skip
    file = conf(tmp_path, said)
    tmux.open_hub(counting(tmp_path / "hub"), tmp_path)
    first = tmux.open_window("c1-a", tmp_path, counting(tmp_path / "c1"), "c1", 1)
    # as a key that loads the file again does
    subprocess.run(
        ["tmux", "-L", socket, "source-file", str(file)], check=False, capture_output=True, timeout=PATIENCE
    )
    tmux.open_window("c2-b", tmp_path, counting(tmp_path / "c2", "exit 5"), "c2", 1)
    poll(lambda: (pane := seen(tmux, "c2")) and pane.exit_code == 5, "the end of c2")
    tmux.open_hub(counting(tmp_path / "hub"), tmp_path)
    third = tmux.open_window("c3-c", tmp_path, counting(tmp_path / "c3"), "c3", 1)
    assert tmux.open_window("c1-a", tmp_path, counting(tmp_path / "c1"), "c1", 1) == first
    poll(lambda: starts(tmp_path / "c3") == 1, "c3")
    assert {pane.card: (pane.pid, pane.exit_code) for pane in tmux.sweep().panes if pane.card != "c2"} == {
        "c1": (first.pid, None),
        "c3": (third.pid, None),
    }
    assert [starts(tmp_path / name) for name in ("hub", "c1", "c2", "c3")] == [1, 1, 1, 1]
    tmux.close_window(first.window)
    assert [pane.card for pane in tmux.sweep().panes] == ["c2", "c3"]


Does = Callable[[str, str], object]


def _moves(socket: str, pane: str) -> None:
    run_tmux(socket, "new-session", "-d", "-s", "theirs", "sleep", "1000")
    run_tmux(socket, "move-window", "-s", pane, "-t", "theirs:")


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "does",
    [
        lambda socket, pane: run_tmux(socket, "rename-window", "-t", pane, "orch-mine|:.x"),
        lambda socket, pane: run_tmux(socket, "rename-session", "-t", pane, "theirs | mine"),
        lambda socket, pane: run_tmux(socket, "split-window", "-d", "-t", pane, *SLEEP),
        lambda socket, pane: run_tmux(socket, "set-option", "-pu", "-t", pane, "@orch_card"),
        lambda socket, pane: run_tmux(socket, "set-option", "-p", "-t", pane, "@orch_run", "x"),
        lambda socket, pane: run_tmux(socket, "break-pane", "-d", "-s", pane, "-n", "broken"),
        _moves,
    ],
    ids=["rename", "session", "split", "unmark", "mark", "break", "move"],
)  # fmt: skip
def test_a_session_is_known_whatever_the_user_does_to_its_window(
    does: Does, tmux: Tmux, socket: str, tmp_path: Path
) -> None:  # fmt: skip
    tmux.open_hub(SLEEP, tmp_path)
    pane = tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1)
    poll(lambda: starts(tmp_path / "c1"), "c1")
    run_tmux(socket, "split-window", "-d", "-t", pane.pane, *SLEEP)
    does(socket, pane.pane)
    assert [(each.card, each.run, each.pid) for each in tmux.sweep().panes] == [("c1", 1, pane.pid)]
    assert tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1).pid == pane.pid
    tmux.open_hub(SLEEP, tmp_path)
    tmux.open_window("c2", tmp_path, SLEEP, "c2", 1)
    assert starts(tmp_path / "c1") == 1
    before = set(run_tmux(socket, "list-panes", "-a", "-F", "#{pane_id}").split())
    tmux.close_pane(pane.pane)
    assert before - set(run_tmux(socket, "list-panes", "-a", "-F", "#{pane_id}").split()) == {pane.pane}


def test_a_window_whose_opening_broke_off_is_found_and_set_up(
    tmux: Tmux, socket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    tmux.open_hub(SLEEP, tmp_path)
    monkeypatch.setattr(Opening, "_settings", lambda *_: [("no-such-command",)])
    with pytest.raises(TmuxFailed, match="no-such-comm"):
        tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1)
    monkeypatch.undo()
    # a call that could not be understood has done nothing
    assert seen(tmux, "c1") is None
    monkeypatch.setattr(Opening, "_settings", lambda *_: [("rename-window", "-t", "=nowhere:", "x")])
    with pytest.raises(TmuxFailed):
        tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1)
    monkeypatch.undo()
    left = seen(tmux, "c1")
    assert left
    assert not left.set_up
    assert tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1).pid == left.pid
    poll(lambda: starts(tmp_path / "c1"), "c1")
    assert run_tmux(socket, "show-options", "-wv", "-t", left.pane, "remain-on-exit") == "on\n"
    assert starts(tmp_path / "c1") == 1


def test_a_call_that_took_too_long_starts_nothing_twice(
    tmux: Tmux, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    tmux.open_hub(SLEEP, tmp_path)
    chain = tmux._server.chain  # noqa: SLF001

    def late(*commands: Sequence[str], **more: object) -> object:
        done = chain(*commands, **more)  # type: ignore[arg-type]
        if any(command[0] == "new-window" for command in commands):
            raise TmuxFailed("tmux did not respond", "new-window took longer than 30 s")
        return done

    monkeypatch.setattr(tmux._server, "chain", late)  # noqa: SLF001
    with pytest.raises(TmuxFailed, match="did not respond"):
        tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1)
    pane = tmux.opened("c1", 1)
    assert pane
    assert tmux.open_window("c1", tmp_path, counting(tmp_path / "c1"), "c1", 1) == pane
    poll(lambda: starts(tmp_path / "c1"), "c1")
    assert starts(tmp_path / "c1") == 1


def test_a_tmux_conf_that_is_loaded_again_does_not_make_the_server_end_with_its_viewer(
    tmux: Tmux, socket: str, tmp_path: Path, terminal: Callable[[], Terminal]
) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    pane = tmux.open_window("c1", tmp_path, SLEEP, "c1", 1)
    viewer = terminal()
    viewer.start(tmux.attach(pane.window, "").argv)
    viewer.shows("F12 board")
    run_tmux(socket, "set-option", "-s", "exit-unattached", "on")
    tmux.sweep()
    viewer.press("F12")
    viewer.shows("BACK 0")
    assert [each.pid for each in tmux.sweep().panes] == [pane.pid]


# --- the last line of defence ------------------------------------------------------------------


def launch(folder: Path, worktree: Path, name: str, argv: Sequence[str]) -> list[str]:
    file = write_launch_file(folder / name, str(worktree), argv, {}, lock=folder / "locks" / "one")
    return ["/bin/sh", str(file)]


def test_a_second_agent_in_a_worktree_is_refused_in_words_until_the_first_has_ended(tmp_path: Path) -> None:
    with subprocess.Popen([*launch(tmp_path, tmp_path, "r1", ["sleep", "1000"])]) as first:
        lock = tmp_path / "locks" / "one"
        poll(lambda: lock.exists() and lock.read_text() == f"{first.pid}\n", "the lock")
        script = launch(tmp_path, tmp_path, "r2", counting(tmp_path / "second", "true"))
        text = Path(script[1]).read_text().replace("/started 10 ", "/started 0.3 ")
        Path(script[1]).write_text(text)
        refused = subprocess.run(script, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert refused.returncode == sole.REFUSED
        assert f"another agent is working in {tmp_path} (process {first.pid})" in refused.stderr
        assert not starts(tmp_path / "second")
        first.kill()
    assert subprocess.run(script, check=False, timeout=PATIENCE).returncode == 0
    assert starts(tmp_path / "second") == 1


def test_what_an_agent_left_running_does_not_hold_up_the_next_one(tmp_path: Path) -> None:
    done = subprocess.run(
        launch(tmp_path, tmp_path, "r1", ["sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!"]),
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    try:
        again = launch(tmp_path, tmp_path, "r2", counting(tmp_path / "second", "true"))
        assert subprocess.run(again, check=False, timeout=PATIENCE).returncode == 0
    finally:
        os.kill(int(done.stdout), 9)


def test_a_start_is_carried_out_once_however_often_its_pane_is_respawned(
    tmux: Tmux, socket: str, tmp_path: Path
) -> None:  # fmt: skip
    argv = launch(tmp_path, tmp_path, "r1", counting(tmp_path / "c1", "exit 5"))
    pane = tmux.open_window("c1", tmp_path, argv, "c1", 1)
    poll(lambda: (it := seen(tmux, "c1")) and it.exit_code == 5, "its end")
    run_tmux(socket, "respawn-pane", "-k", "-t", pane.pane)
    poll(lambda: (it := seen(tmux, "c1")) and it.exit_code == sole.REFUSED, "the refusal")
    assert "has already happened" in tmux.capture([pane.pane])[pane.pane]
    assert starts(tmp_path / "c1") == 1


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    argv = launch(tmp_path, tmp_path, "r1", ["/nowhere/claude"])
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, "cannot start /nowhere/claude" in done.stderr) == (127, True)


def test_the_lock_is_taken_by_the_agents_own_process(tmp_path: Path) -> None:
    script = "import os, sys; print(os.getpid(), open(sys.argv[1]).read())"
    argv = launch(tmp_path, tmp_path, "r1", [sys.executable, "-c", script, str(tmp_path / "locks" / "one")])
    pid, holder = subprocess.run(
        argv, capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout.split()
    assert pid == holder
