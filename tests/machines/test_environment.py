"""A session has the environment of who starts it, not of whoever began the tmux server."""

import base64
import json
import os
import socket
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.agents.claude_code.settings import MARKS
from orchestrator.client import environment as told
from orchestrator.config.agents import Agent
from orchestrator.core.events import StartQueued
from orchestrator.core.sessions.environment import DEFAULT, Environment, may_leave, travels
from orchestrator.hub.environments import Environments, agent_link
from orchestrator.paths import Home
from tests.conftest import processes_of
from tests.hub.stage import Stage
from tests.poll import poll

SECRET = "sk-not-for-everybody"


@pytest.fixture
def agents(tmp_path: Path) -> Iterator[dict[str, socket.socket]]:
    """Two SSH agents that listen, by their sockets' paths."""
    made = {}
    for name in ("a", "b"):
        path = str(tmp_path / name)
        made[path] = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made[path].bind(path)
        made[path].listen()
    yield made
    for each in made.values():
        each.close()


def seen(file: Path) -> dict[str, str]:
    pairs = (each.partition("=") for each in file.read_text().split("\0") if each)
    return {name: value for name, _, value in pairs}


def test_each_start_takes_the_environment_of_the_client_that_asks_for_it(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agents: dict[str, socket.socket]
) -> None:
    a, b = agents
    out = tmp_path / "out"
    script = f"umask > {out}.umask; env -0 > {out}.new; mv {out}.new {out}; exec sleep 1000"
    stage.set("ORCH_AGENT__KIND", "plain")
    stage.set("ORCH_AGENT__COMMAND", json.dumps(["sh", "-c", script]))
    stage.set("DISPLAY", ":old")
    stage.start()
    # another day, another terminal
    first = {"SSH_AUTH_SOCK": a, "DISPLAY": ":1", "LC_TIME": "C", "EDITOR": "vi", "MINE_API_KEY": SECRET,
             "PATH": f"{tmp_path}:{os.environ['PATH']}", "LD_AUDIT": "", "UNLISTED": "1"}  # fmt: skip
    for name, value in first.items():
        monkeypatch.setenv(name, value)
    umask = os.umask(0o027)
    try:
        stage.new("Environment")
    finally:
        os.umask(umask)
    poll(out.exists, "the session")
    session = seen(out)
    link = str(stage.home.ssh_agent)
    assert {name: session.get(name) for name in first} == {
        **first, "SSH_AUTH_SOCK": link, "LD_AUDIT": None, "UNLISTED": None,
    }  # fmt: skip
    assert os.path.realpath(link) == a
    assert int(Path(f"{out}.umask").read_text(), 8) == 0o027
    assert session["ORCH_CARD"] == "c1"

    # the secret stands in the files of their owner alone
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in stage.home.root.glob("journal.db*"))
    assert not [each for each in processes_of(stage.home) if SECRET in str(each.info["cmdline"])]
    for file in (stage.home.environment, stage.home.launches / "c1" / "launch.sh"):
        assert SECRET in file.read_text()
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077

    # reconnected: the old agent is gone, and the running session reaches the new one
    agents[a].close()
    monkeypatch.setenv("SSH_AUTH_SOCK", b)
    stage.client.hold("c1", "later")
    assert os.path.realpath(link) == b
    # a client inside of a session has the link itself
    monkeypatch.setenv("SSH_AUTH_SOCK", link)
    stage.client.release("c1")
    assert os.path.realpath(link) == b

    # a restart from another terminal: new values, and nothing of the old ones
    out.unlink()
    monkeypatch.setenv("EDITOR", "nano")
    for name in ("DISPLAY", "MINE_API_KEY", "LC_TIME", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name)
    stage.client.restart("c1")
    poll(out.exists, "the session again")
    session = seen(out)
    assert session["EDITOR"] == "nano"
    assert not {"DISPLAY", "MINE_API_KEY", "LC_TIME", "SSH_AUTH_SOCK"} & set(session)


@pytest.mark.parametrize(
    ("name", "goes"),
    [
        ("PATH", True), ("SSH_AUTH_SOCK", True), ("LC_ALL", True), ("NVM_DIR", True), ("GPG_TTY", True),
        ("OPENAI_API_KEY", True), ("ANTHROPIC_BASE_URL", True), ("TZ", True), ("XAUTHORITY", True),
        ("ORCH_HOME", False), ("ORCH_MAIL__STORE", False), ("ORCH_X_API_KEY", False), ("TMUX", False),
        ("TMUX_PANE", False), ("CLAUDECODE", False), ("CLAUDE_CONFIG_DIR", False), ("LD_PRELOAD", False),
        ("BASH_ENV", False), ("BASH_FUNC_x%%", False), ("PWD", False), ("SHLVL", False), ("HOME", False),
        ("TERM", False), ("GIT_DIR", False), ("NODE_OPTIONS", False), ("a b_API_KEY", False), ("", False),
        ("CLAUDE_CODE_SESSION_ID", False), ("MINE", False),
    ],
)  # fmt: skip
def test_only_what_is_the_persons_and_not_the_terminals_goes_with_a_session(name: str, goes: bool) -> None:
    assert travels(name, Agent().update_environment, MARKS) is goes


@pytest.mark.parametrize(
    "name", ["ORCH_HOME", "TMUX", "CLAUDE_CONFIG_DIR", "LD_PRELOAD", "PWD", "CLAUDECODE"]
)
def test_some_variables_never_go_whatever_is_configured(name: str) -> None:
    assert not travels(name, ("*", name), MARKS)
    assert may_leave(name) is name.startswith("CLAUDE")


def pack(names: dict[str, str], umask: object = 0o022) -> str:
    return base64.b64encode(zlib.compress(json.dumps({"names": names, "umask": umask}).encode())).decode()


def kept(home: Home) -> Environments:
    home.make()
    return Environments(home.environment, home.ssh_agent, DEFAULT, MARKS)


def test_a_start_without_a_client_has_the_last_ones_environment_also_after_the_hub_was_killed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":hub")
    assert kept(home).of("c1") == ({}, (), None)
    marked = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s"}
    kept(home).take(pack({"EDITOR": "vi", "ORCH_HOME": "/theirs", "UNLISTED": "1", **marked}))
    env, unset, umask = kept(home).of("c1")
    assert (env, umask) == ({"EDITOR": "vi"}, 0o022)
    assert "DISPLAY" in unset
    assert "PATH" not in unset
    assert "EDITOR" not in unset


def test_a_start_that_waits_keeps_the_environment_of_who_asked_for_it(home: Home) -> None:
    environments = kept(home)
    environments.take(pack({"DISPLAY": ":1"}))
    environments.heard([StartQueued(0.0, "c1", 1, "s", resume=False)])
    environments.take(pack({"DISPLAY": ":2"}))
    assert environments.of("c1")[0] == {"DISPLAY": ":1"}
    assert environments.of("c2")[0] == {"DISPLAY": ":2"}


@pytest.mark.parametrize(
    "header",
    [
        "", "x", "é", base64.b64encode(b"no").decode(), pack({}, "x"),
        base64.b64encode(zlib.compress(b"[]")).decode(),
        base64.b64encode(zlib.compress(b" " * 5_000_000)).decode(),
    ],
)  # fmt: skip
def test_what_is_no_environment_changes_nothing(home: Home, header: str) -> None:
    environments = kept(home)
    environments.take(pack({"EDITOR": "vi"}))
    environments.take(header)
    assert environments.of("c1")[0] == {"EDITOR": "vi"}


def test_a_dead_agent_never_replaces_a_living_one(home: Home, agents: dict[str, socket.socket]) -> None:
    a, b = agents
    environments = kept(home)
    environments.take(pack({"SSH_AUTH_SOCK": a}))
    agents[b].close()
    for wrong in (b, str(home.ssh_agent), "/nowhere", "", "\0", str(home.root)):
        environments.take(pack({"SSH_AUTH_SOCK": wrong}))
        assert os.path.realpath(home.ssh_agent) == a
    assert agent_link.point_at(home.ssh_agent, "")


def test_an_environment_that_is_too_large_is_told_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUGE", os.urandom(30_000).hex())
    said = json.loads(zlib.decompress(base64.b64decode(told.header())))
    assert said["names"]["EDITOR"] == "vi"
    assert "HUGE" not in said["names"]
    assert said["names"]["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1"
    monkeypatch.setenv("HUGE_API_KEY", os.urandom(30_000).hex())
    assert told.header() == ""


def test_what_a_client_does_not_have_is_taken_away() -> None:
    here = Environment({"EDITOR": "vi"})
    assert here.missing(["LC_TIME", "EDITOR", "HOME", "PATH"], ("EDITOR", "LC_*", "PATH", "TZ")) == (
        "LC_TIME",
        "TZ",
    )
