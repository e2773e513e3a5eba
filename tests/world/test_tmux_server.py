"""Calls of the tmux program: their limits, their errors, their arguments."""

from pathlib import Path

import pytest

from orchestrator.world.tmux import NoSuchTarget, Tmux, TmuxFailed, TmuxGone, TmuxMissing
from orchestrator.world.tmux.panes import FORMAT, read_sweep
from orchestrator.world.tmux.server import Server
from orchestrator.world.tmux.windows import window_name
from tests.world.conftest import run_tmux

SLEEP = ("sleep", "1000")


def fake_tmux(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bin").mkdir()
    (folder / "bin" / "tmux").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "tmux").chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")


def test_a_machine_without_tmux_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(TmuxMissing) as caught:
        Tmux("orch-test-none").version()
    assert str(caught.value) == (
        "tmux is not installed. Install it with your package manager (apt install tmux, brew install tmux)."
    )


def test_the_version_needs_no_server(tmux: Tmux) -> None:
    assert tmux.version()[0].isdigit()
    with pytest.raises(TmuxGone):
        tmux.sweep()


def test_a_tmux_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tmux(tmp_path, "exec sleep 1000", monkeypatch)
    with pytest.raises(TmuxFailed, match=r"did not respond: list-panes took longer than 0.1 s"):
        Server("orch-test-none").run(("list-panes",), limit=0.1)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("no server running on /tmp/x", TmuxGone),
        ("error connecting to /tmp/x (No such file or directory)", TmuxGone),
        ("error connecting to /tmp/x (Connection refused)", TmuxGone),
        ("server exited unexpectedly", TmuxGone),
        ("error connecting to /tmp/x (Permission denied)", TmuxFailed),
        ("can't find pane: %7", NoSuchTarget),
        ("unknown key: F99", TmuxFailed),
    ],
)
def test_what_tmux_says_decides_what_went_wrong(
    said: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_tmux(tmp_path, f'echo "{said}" >&2; exit 1', monkeypatch)
    with pytest.raises(error) as caught:
        Server("orch-test-none").run(("list-panes",))
    assert type(caught.value) is error
    assert said in str(caught.value)


def test_an_empty_answer_is_not_taken_for_no_panes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tmux(tmp_path, "exit 1", monkeypatch)
    with pytest.raises(TmuxFailed, match="exit code 1"):
        Tmux("orch-test-none").sweep()


def test_any_argument_arrives_as_it_is(tmux: Tmux, tmp_path: Path) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    server = Server(tmux._server.socket)  # noqa: SLF001 (the fixture's own)
    for number, value in enumerate(
        ["a;", ";", "\\;", "a\\;", "a\\", "-x", "", " ", "#{pid}", "ä;b", '"', "$HOME"]
    ):
        option = f"@x{number}"
        said = server.run(("set-option", "-g", option, value), ("show-options", "-gqv", option))
        assert "\n".join(said) == value


def test_libtmux_itself_works_on_top(tmux: Tmux, socket: str, tmp_path: Path) -> None:
    tmux.open_hub(SLEEP, tmp_path)
    assert [each.session_name for each in Server(socket).sessions] == ["orch"]


@pytest.mark.parametrize("name", ["default", "orch"])
def test_a_server_of_the_users_is_never_ended(name: str) -> None:
    with pytest.raises(TmuxFailed, match="orch does not end"):
        Tmux(name).end_server()


def test_ending_a_server_that_does_not_run_is_no_error(tmux: Tmux) -> None:
    tmux.end_server()


def test_a_key_that_tmux_does_not_know_is_refused(socket: str, tmp_path: Path) -> None:
    for key in ("F12'; kill-server", "", "No Such Key"):
        with pytest.raises(TmuxFailed, match="key"):
            Tmux(socket, back_key=key).open_hub(SLEEP, tmp_path)


def test_a_changed_key_lets_go_of_the_old_one(socket: str, tmp_path: Path) -> None:
    Tmux(socket).open_hub(SLEEP, tmp_path)
    Tmux(socket, back_key="F10").open_hub(SLEEP, tmp_path)
    keys = run_tmux(socket, "list-keys", "-T", "root")
    assert "F10" in keys
    assert "F11" in keys
    assert "F12" not in keys


def test_formats_that_an_older_tmux_does_not_know_cost_nothing_else() -> None:
    line = "77|0|$0|1|@1|%1|999999999|1|||1700000000|0||c1|3||a|b"
    assert FORMAT.count("|") == line.count("|") - 1
    (seen,) = read_sweep([line]).panes
    assert (seen.dead, seen.exit_code, seen.card, seen.run) == (True, None, "c1", 3)


def test_signals_are_known_by_number_and_by_name() -> None:
    for said, code in (("9", 137), ("KILL", 137), ("SIGTERM", 143), ("BOGUS", None)):
        (seen,) = read_sweep([f"77|0|$0|1|@1|%1|999999999|1||{said}|1|0||c1|1||n"]).panes
        assert seen.exit_code == code


def test_outside_text_is_made_harmless() -> None:
    assert window_name("c1 #(x):.=é") == "c1-x-é"
    assert window_name("") == "-"
