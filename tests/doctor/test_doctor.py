import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.core.board.views import CardView
from orchestrator.doctor import Finding, examine, left_over, machine, programs, state, tmux_conf
from orchestrator.paths import Home
from tests.conftest import git


def program(folder: Path, name: str, prints: str, code: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\ncat <<'END'\n{prints}\nEND\nexit {code}\n")
    (folder / name).chmod(0o755)


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that comes first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.mark.parametrize(
    ("said", "status"),
    [("tmux 3.3a", "ok"), ("tmux 3.2", "ok"), ("tmux 3.1c", "fail"), ("tmux next-3.6", "ok")],
)
def test_an_old_tmux_is_told_apart(path: Path, said: str, status: str) -> None:
    program(path, "tmux", said)
    assert only(list(programs.tmux())).status == status


@pytest.mark.parametrize(
    ("said", "status"),
    [("git version 2.47.1", "ok"), ("git version 2.34.0", "warn"), ("git version 2.20.1", "fail")],
)
def test_a_git_that_can_not_merge_is_warned_of(path: Path, said: str, status: str) -> None:
    program(path, "git", said)
    assert only(list(programs.git())).status == status


def test_missing_programs_fail_with_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = [*programs.tmux(), *programs.git(), *programs.agent("claude", "claude-code", ("claude",), {})]
    assert [each.status for each in found] == ["fail"] * 3
    assert all("nstall" in each.fix for each in found)


def test_each_fact_about_claude_is_a_finding_of_its_own(path: Path) -> None:
    program(path, "claude", "2.1.197 (Claude Code)")
    found = {each.name: each for each in programs.agent("claude", "claude-code", ("claude",), {})}
    assert found["claude"].what == "2.1.197 (claude)"
    assert found["claude: registry"].status == "ok"
    assert found["claude: inbox socket"].status == "warn"
    assert found["claude: inbox socket"].fix


def test_facts_that_nobody_has_tried_with_this_version_are_said_to_be_unknown(path: Path) -> None:
    program(path, "claude", "9.9.9 (Claude Code)")
    *_, last = programs.agent("claude", "claude-code", ("claude",), {})
    assert (last.name, last.status) == ("claude: untested", "warn")
    assert "registry" in last.what


def test_a_plain_agent_is_named_not_asked_for_a_version_and_must_be_there(path: Path) -> None:
    program(path, "loop", "no version")
    found = only(list(programs.agent("mine", "plain", ("loop",), {})))
    assert (found.name, found.status) == ("mine", "ok")
    missing = only(list(programs.agent("mine", "plain", ("no-such-program",), {})))
    assert (missing.name, missing.status) == ("mine", "fail")


def test_an_agent_that_nobody_has_configured_or_uses_is_not_examined(
    home: Home, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("ORCH_CONFIG", str(file))
    program(path, "loop", "no version")
    said = 'default_agent = "mine"\n[agents.mine]\nkind = "plain"\ncommand = "loop"\n'
    file.write_text(said)
    assert {each.status for each in examine() if each.name in ("mine", "claude")} == {"ok"}
    file.write_text(said + '[agent]\nmodel = "opus"\n')
    assert [each.status for each in examine() if each.name == "claude"] == ["fail"]


@pytest.mark.parametrize("name", ["root", "socket", "key", "journal"])
def test_whatever_others_could_read_fails_with_the_command_that_closes_it(home: Home, name: str) -> None:
    home.make()
    path: Path = getattr(home, name)
    if not path.exists():
        path.write_text("")
        path.chmod(0o600)
    assert only(list(state.directory(home))).status == "ok"
    path.chmod(0o755 if path.is_dir() else 0o644)
    found = only(list(state.directory(home)))
    assert found.status == "fail"
    subprocess.run(found.fix.removeprefix("Run: ").split(), check=True)
    assert only(list(state.directory(home))).status == "ok"


def test_without_a_hub_nothing_is_started_and_its_last_words_are_told(home: Home) -> None:
    assert only(list(state.hub(home))).status == "ok"
    home.last_words.write_text("port 7801 of the hub is in use by nginx")
    found = only(list(state.hub(home)))
    assert (found.status, "nginx" in found.what) == ("fail", True)
    assert state.cards(home) is None


def test_the_tmux_server_on_our_socket_is_asked(home: Home) -> None:
    assert only(list(state.tmux_server(home))).what == "no server running"
    subprocess.run(["tmux", "-L", home.tmux_socket, "new-session", "-d", "sleep 60"], check=True)
    assert only(list(state.tmux_server(home))).what == "the server has 1 window"


def test_worktrees_that_no_card_knows_are_named_once_the_hub_has_told_of_the_cards(repo: Path) -> None:
    beside = repo.parent / "repo-orch"
    git(repo, "worktree", "add", "-q", "-b", "a", str(beside / "a"))
    git(repo, "worktree", "add", "-q", "-b", "b", str(beside / "b"))
    subprocess.run(["rm", "-r", str(beside / "b")], check=True)
    (beside / "c").mkdir()
    without = [each.what for each in left_over.worktrees(None, repo)]
    told = [each.what for each in left_over.worktrees((), repo)]
    assert [what.split()[0] for what in without] == [str(beside / "b"), str(beside / "c")]
    assert [what.split()[0] for what in told] == [str(beside / "b"), str(beside / "c"), str(beside / "a")]


def test_a_repository_in_order_is_one_line(repo: Path) -> None:
    no_cards: tuple[CardView, ...] = ()
    assert only(list(left_over.worktrees(no_cards, repo))).status == "ok"
    assert list(left_over.worktrees(None, None)) == []


def test_too_little_memory_for_max_sessions_is_warned_of() -> None:
    assert only(list(machine.memory(1, 1, 0))).status == "ok"
    found = only(list(machine.memory(1000, 10**9, 2)))
    assert (found.status, found.fix) == ("warn", "Set max_sessions to 2, or close other programs.")
    assert only(list(machine.memory(30, 0, 0))).status == "ok"


@pytest.mark.parametrize(
    ("kills", "lingers", "status"), [("no", "no", "ok"), ("yes", "no", "warn"), ("yes", "yes", "warn")]
)
def test_what_systemd_does_at_log_out_is_told(path: Path, kills: str, lingers: str, status: str) -> None:
    (path / "loginctl").write_text(
        f"#!/bin/sh\ncase $1 in show-user) echo Linger={lingers};; *) echo KillUserProcesses={kills};; esac\n"
    )
    (path / "loginctl").chmod(0o755)
    found = only(list(machine.log_out()))
    assert found.status == status
    assert ("enable-linger" in found.fix) is (kills == "yes" and lingers == "no")


def test_a_terminal_without_letters_or_a_name_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("TERM", "dumb")
    assert [each.status for each in machine.terminal()] == ["warn", "warn"]
    monkeypatch.setenv("LANG", "de_DE.utf8")
    monkeypatch.setenv("TERM", "tmux-256color")
    assert [each.status for each in machine.terminal()] == ["ok", "ok"]


def test_a_wrong_configuration_is_a_finding_and_the_rest_is_still_examined(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("max_sessions = 'x'\nhub.prt = 1\n")
    monkeypatch.setenv("ORCH_CONFIG", str(file))
    found = examine()
    wrong = [each for each in found if each.name == "configuration"]
    assert [each.status for each in wrong] == ["fail", "fail"]
    assert {"python", "tmux", "git", "disk", "memory", "hub"} <= {each.name for each in found}


def test_the_exit_code_says_whether_anything_failed(home: Home, path: Path) -> None:
    program(path, "claude", "2.1.197 (Claude Code)")
    argv = [sys.executable, "-c", "from orchestrator.cli import main; main()", "doctor", "--json"]

    def run() -> tuple[int, list[dict[str, str]]]:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=os.environ)
        return done.returncode, json.loads(done.stdout)

    code, found = run()
    assert code == 0, [each for each in found if each["status"] == "fail"]
    assert all(each.keys() == {"name", "status", "what", "fix"} for each in found)
    assert all(each["fix"] for each in found if each["status"] != "ok")
    home.root.chmod(0o755)
    assert run()[0] == 1
    assert not home.socket.exists()


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("bind -n F12 kill-server", True),
        ("bind-key -n 'F12' kill-server", True),
        ("  bind -T root F12 next-window", True),
        ("bind -r -n f12 next-window", True),
        ("bind F12 kill-server", False),
        ("# bind -n F12 kill-server", False),
        ("bind -n F1 kill-server", False),
        ("bind -T prefix F12 x", False),
    ],
)
def test_a_key_of_orchs_that_the_users_tmux_conf_binds_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, taken: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".tmux.conf").write_text(f"set -g mouse on\n{line}\n")
    found = only(list(tmux_conf.keys({"tmux.back_key": "F12"})))
    assert found.status == ("warn" if taken else "ok")
    assert (f"{tmp_path}/.tmux.conf:2" in found.what) is taken
