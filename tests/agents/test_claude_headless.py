"""A session without a terminal: its launch file run for real, and its stream as real ones printed it."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.claude_code.answers import answer, deny
from orchestrator.agents.claude_code.headless import Result, prepare, read, result
from orchestrator.agents.claude_code.permission_tool import request
from orchestrator.agents.claude_code.permission_tool import result as tool_result
from orchestrator.agents.claude_code.settings import HOOK_EVENTS
from orchestrator.agents.claude_code.stream_text import shown
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.sessions.signals import MetersSaid, PaneSaid, RegistrySaid, Signal, TurnFailed

TELL = (
    "import json, os, sys; print(json.dumps({'argv': sys.argv[1:], 'cwd': os.getcwd(), "
    "'token': os.environ['ORCH_TOKEN'], 'said': sys.stdin.read()}))"
)
RECORDED = [Path(__file__).parent / "recorded" / f"headless-{version}.jsonl" for version in ("197", "330")]
SESSION = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def spec(tmp_path: Path) -> LaunchSpec:
    return LaunchSpec(
        card="c12", run=3, token="s3cr'et", slug="auth-refactor", session_id=SESSION, resume=False,
        prompt="--version\nFix `it`", model="", permission_mode="", command=("python3", "-c", TELL), env={},
        hook_url="http://127.0.0.1:7/hooks", cwd=str(tmp_path), statusline_report=tmp_path / "report.json",
        user_status_line="",
    )  # fmt: skip


def told(file: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["/bin/sh", file], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_the_prompt_comes_on_stdin_and_is_in_no_command_line(spec: LaunchSpec, tmp_path: Path) -> None:
    long = replace(spec, prompt=spec.prompt + "ä\0" * 200_000)
    said = told(prepare(tmp_path / "launch", long))
    assert said["said"] == spec.prompt + "ä" * 200_000
    assert said["token"] == spec.token
    settings = str(tmp_path / "launch" / "settings.json")
    assert said["argv"] == [
        *("-p", "--output-format", "stream-json", "--verbose"),
        *("--session-id", SESSION, "--name", "auth-refactor", "--settings", settings),
    ]


def test_a_resumed_session_needs_a_prompt_too(spec: LaunchSpec, tmp_path: Path) -> None:
    assert "--resume" in told(prepare(tmp_path / "launch", replace(spec, resume=True)))["argv"]
    with pytest.raises(ValueError, match="needs a prompt"):
        prepare(tmp_path / "launch", replace(spec, resume=True, prompt=" \n"))


def test_every_hook_is_told_but_permissions_are_asked_in_one_place(spec: LaunchSpec, tmp_path: Path) -> None:
    folder = tmp_path / "launch"
    told(prepare(folder, spec))
    assert list(json.loads((folder / "settings.json").read_text())["hooks"]) == list(HOOK_EVENTS)
    argv = told(prepare(folder, spec, "mcp__orch__permission"))["argv"]
    assert argv[-2:] == ["--permission-prompt-tool", "mcp__orch__permission"]
    settings = json.loads((folder / "settings.json").read_text())
    assert set(HOOK_EVENTS) - set(settings["hooks"]) == {"PermissionRequest"}
    assert "statusLine" not in settings


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_the_stream_tells_that_it_runs_retries_rests_and_costs(file: Path) -> None:
    signals = [signal for line in file.read_text().splitlines() for signal in read(line, 7.0)]
    registry = [each for each in signals if isinstance(each, RegistrySaid)]
    assert [(each.status, each.session_id) for each in registry] == [("busy", SESSION), ("idle", SESSION)]
    assert registry[0].version.startswith("2.1.")
    (retry, after, *_) = [each for each in signals if isinstance(each, PaneSaid)]
    assert retry.retry
    assert (retry.retry.attempt, retry.retry.said) == (1, "API error 529 overloaded")
    assert after.retry is None
    (meters,) = [each for each in signals if isinstance(each, MetersSaid)]
    assert meters.meters.cost_usd > 0
    assert meters.meters.model.startswith("claude-")
    assert not [each for each in signals if isinstance(each, TurnFailed)]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_the_result_is_the_last_one(file: Path) -> None:
    text = file.read_text()
    found = result(text.splitlines())
    assert found
    assert (found.failed, found.said, found.denied) == (False, "It is done.", ("Write",))
    assert result(text.replace('"result"', '"other"').splitlines()) is None


FAILED = {"type": "result", "is_error": True, "session_id": SESSION, "total_cost_usd": 0.5}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"subtype": "success", "result": "API Error: 400 bad"},
            Result(True, "api_error", "API Error: 400 bad", 0.5),
        ),
        (
            {"subtype": "error_max_turns", "errors": ["Reached maximum number of turns (1)"]},
            Result(True, "error_max_turns", "Reached maximum number of turns (1)", 0.5),
        ),
        (
            {"subtype": "error_during_execution", "errors": ["No conversation found with session ID: x"]},
            Result(True, "error_during_execution", "No conversation found with session ID: x", 0.5),
        ),
        ({"subtype": 7, "errors": 8, "permission_denials": [9]}, Result(True, "unknown", "", 0.5)),
    ],
)
def test_a_failure_says_what_went_wrong(said: dict[str, object], expected: Result) -> None:
    line = json.dumps(FAILED | said)
    assert result([line]) == expected
    failures: list[Signal] = [each for each in read(line, 7.0) if isinstance(each, TurnFailed)]
    # of an API error a hook has told, with agent default word for it
    told_by_hook = expected.error == "api_error"
    assert failures == ([] if told_by_hook else [TurnFailed(7.0, expected.error, expected.said)])


@pytest.mark.parametrize(
    "line", ["", "Warning: x", "{", "[1]", "7", '{"type": "news"}', '{"type": ["system"]}']
)
def test_a_line_of_any_other_kind_says_nothing(line: str) -> None:
    assert read(line, 7.0) == ()


def test_odd_values_are_passed_over() -> None:
    line = json.dumps({"type": "result", "total_cost_usd": float("nan"), "modelUsage": [], "is_error": "no"})
    meters, registry = read(line, 7.0)
    assert isinstance(meters, MetersSaid)
    assert (meters.meters.cost_usd, meters.meters.model) == (0.0, "")
    assert isinstance(registry, RegistrySaid)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_the_stream_reads_like_a_conversation(file: Path) -> None:
    lines = shown("lf-cut line}\n" + file.read_text(), 60).splitlines()
    assert lines[0].startswith("── claude-opus")
    assert "… overloaded: attempt 1 of 1 failed" in lines
    at = lines.index("I look first.")
    assert lines[at + 1 : at + 3] == ["● Bash: ls -l; echo two", "  └ total 4 (+2 lines)"]
    assert "● Write made.txt" in lines
    assert lines[-1].startswith("── done · 1 s · $0.00")
    assert "> Stop hook feedback: Say whether it is done." in lines
    assert max(map(len, lines)) <= 60


def test_what_it_said_can_draw_nothing_but_text() -> None:
    said = {
        "type": "assistant",
        "message": {"content": [{"type": "text", "text": "\x1b[2Ja\rb\x07 " + "w " * 40}]},
    }
    lines = shown("\x1b]0;title\x07Warning\n" + json.dumps(said), 30).splitlines()
    assert lines[0] == "a"
    assert lines[1].startswith("b w w")
    assert max(map(len, lines)) <= 30
    assert shown("\x1b[31mno json", 30) == "no json"


def test_a_subagents_words_stand_apart() -> None:
    said = {
        "type": "assistant",
        "parent_tool_use_id": "t1",
        "message": {"content": [{"type": "text", "text": "x"}]},
    }
    assert shown(json.dumps(said), 30) == "  x"


QUESTION = {"questions": [{"question": "Which?", "options": [{"label": "A"}, {"label": "B"}]}]}


def test_the_permission_tools_call_is_answered_like_a_hook() -> None:
    call = {"tool_name": "AskUserQuestion", "input": QUESTION, "tool_use_id": "t1"}
    asked = request(call)
    assert (asked["hook_event_name"], asked["tool_input"]) == ("PermissionRequest", QUESTION)
    answered = json.loads(tool_result(call, answer(asked, [["B"]])))
    assert answered == {"behavior": "allow", "updatedInput": {**QUESTION, "answers": {"Which?": "B"}}}
    call = {"tool_name": "Bash", "input": {"command": "ls"}}
    bare = {"hookSpecificOutput": {"decision": {"behavior": "allow"}}}
    assert json.loads(tool_result(call, bare)) == {"behavior": "allow", "updatedInput": {"command": "ls"}}
    assert json.loads(tool_result(call, deny("No"))) == {"behavior": "deny", "message": "No"}
    assert json.loads(tool_result(call, {}))["behavior"] == "deny"
