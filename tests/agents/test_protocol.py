"""What every agent program keeps to, whichever it is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.agents import launched
from orchestrator.agents.agent import Agent, AskAnswer, LaunchSpec, Payload, UnfitAnswerError
from orchestrator.agents.known import KINDS
from orchestrator.config import agents as configured
from orchestrator.core.sessions.signals import Asked, PaneSaid
from tests.guard import CHECKOUT
from tests.hub.second.agent import Second

_PERMISSION: Payload = {
    "hook_event_name": "PermissionRequest",
    "tool_name": "Bash",
    "tool_input": {"command": "npm test"},
    "cwd": "/repo",
    "permission_suggestions": [
        {"type": "addRules", "rules": [{"toolName": "Bash"}], "behavior": "allow", "destination": place}
        for place in ("session", "localSettings")
    ],
}
_MAY = ["accept", "acceptForSession", "decline"]
_ASKED: dict[str, Payload] = {"claude-code": _PERMISSION, "second": {"wants": "deploy", "may": _MAY}}


def _agents(folder: Path) -> dict[str, Agent]:
    known = {kind: make({"CLAUDE_CONFIG_DIR": str(folder / "own")}) for kind, make in KINDS.items()}
    return {**known, "second": Second(folder / "own")}


@pytest.fixture(params=[*KINDS, "second"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def agent(kind: str, tmp_path: Path) -> Agent:
    return _agents(tmp_path)[kind]


def _spec(tmp_path: Path, **changes: object) -> LaunchSpec:
    given = {
        "card": "c1", "run": 1, "token": "s3cret", "slug": "a-card", "session_id": "0f-1", "resume": False,
        "prompt": "Begin", "model": "", "permission_mode": "", "command": (sys.executable, "-c", "pass"),
        "env": {}, "hook_url": "http://127.0.0.1:1/hooks", "cwd": str(tmp_path),
        "statusline_report": tmp_path / "launch/statusline.json",
    }  # fmt: skip
    return LaunchSpec(**{**given, **changes})  # type: ignore[arg-type]


def test_the_configuration_has_a_kind_for_each_known_program() -> None:
    assert set(configured.KINDS) == set(KINDS)


def test_a_launch_file_keeps_the_token_out_of_argument_lists_and_tells_its_conversation(
    agent: Agent, kind: str, tmp_path: Path
) -> None:
    file = agent.launch.in_window(tmp_path / "launch", _spec(tmp_path))
    assert subprocess.run(["/bin/sh", "-n", file], check=False).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o700
    command = re.findall(r"^exec (?!\d*[<>]).*$", file.read_text(), re.MULTILINE)[-1]
    assert "s3cret" not in command
    found = launched.read(file, agent.launch.read)
    assert found.cwd == str(tmp_path)
    assert found.conversation == ("" if kind == "plain" else "0f-1")


def test_any_text_of_a_pane_can_be_read(agent: Agent) -> None:
    for text in ("", "$ ls\n", "❯ 1. Yes\n  2. No\nEnter to confirm\n", "\x1b[2m" * 300, "\x00\ud800"):
        said = agent.screen.read(text, 7.0)
        assert (type(said), said.at) == (PaneSaid, 7.0)
        assert agent.screen.read(text, 8.0).digest == said.digest
        agent.screen.in_the_way(text)
        agent.screen.dialog(text)
        agent.screen.draft(text)


def test_a_line_that_is_none_of_the_stream_says_nothing(agent: Agent) -> None:
    assert [*agent.stream.read("no such line", 1.0)] == []
    assert "no such line" in agent.stream.shown("no such line", 80)


def test_a_post_that_is_no_report_is_a_value_error(agent: Agent) -> None:
    if agent.hooks:
        odd: tuple[Payload, ...] = ({}, {"hook_event_name": 7}, {"x": []})
        for payload in odd:
            with pytest.raises(ValueError, match="hook"):
                agent.hooks.signals(payload, 1.0)
            assert not agent.hooks.can_notify(payload)


def test_a_conversation_that_is_not_there_is_not_found(agent: Agent, tmp_path: Path) -> None:
    if agent.conversations:
        for name in ("", "0f-1", "../../etc", "*"):
            assert agent.conversations.find(name) is None
        assert agent.conversations.find("0f-1", str(tmp_path / "gone/0f-1.jsonl")) is None
        assert "0f-1" in agent.conversations.pattern_on_host("0f-1", {})


def test_each_decision_of_a_request_can_be_given_and_no_other(agent: Agent, kind: str) -> None:
    if agent.asks is None:
        return
    payload = _ASKED[kind]
    choices = agent.asks.choices(payload)
    lasting = [each for each in choices if each.allows and each.scope != "once"]
    assert {each.scope for each in choices} <= {"once", "session", "good"}
    replies = [
        agent.asks.answer(payload, AskAnswer("always", choice=number)) for number in range(len(lasting))
    ]
    replies += [
        agent.asks.answer(payload, AskAnswer("allow")),
        agent.asks.answer(payload, AskAnswer("deny", "No")),
    ]
    assert all(replies)
    assert len({str(each) for each in replies}) == len(replies) == len(choices)
    for number, choice in enumerate(lasting):
        assert (agent.asks.right(payload, number).place == "session") is (choice.scope == "session")
    with pytest.raises(UnfitAnswerError):
        agent.asks.answer(payload, AskAnswer("always", choice=len(lasting)))


def test_the_requests_of_hooks_are_heard_as_such(agent: Agent, kind: str) -> None:
    if agent.hooks:
        (asked,) = agent.hooks.signals(_ASKED[kind], 3.0)
        assert isinstance(asked, Asked)


def test_the_doctor_says_something_of_each(agent: Agent, tmp_path: Path) -> None:
    assert [*agent.examine((sys.executable, "-c", "print('1.2.3')"), tmp_path)]


def test_the_agent_of_the_demo_is_started_as_claude_code_is(tmp_path: Path) -> None:
    agent = KINDS["claude-code"]({"CLAUDE_CONFIG_DIR": str(tmp_path)})
    command = (sys.executable, "-m", "orchestrator.demo")
    file = agent.launch.in_window(tmp_path / "launch", _spec(tmp_path, command=command))
    assert launched.read(file, agent.launch.read).conversation == "0f-1"
    assert "orchestrator.demo" in file.read_text()


def test_the_hub_names_no_agent_program() -> None:
    """What is imported is held by the contracts; this holds its words."""
    allowed = {"programs.py": "claude-code"}
    for file in (CHECKOUT / "orchestrator/hub").rglob("*.py"):
        code = re.sub(r'"""[\s\S]*?"""|#.*', "", file.read_text())
        found = {each.lower() for each in re.findall(r"claude[\w-]*", code, re.IGNORECASE)}
        assert found <= {allowed.get(file.name, "")}, file
