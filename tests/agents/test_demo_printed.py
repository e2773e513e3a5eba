"""The scripted agent without a terminal, as `claude --print` was seen to work."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.paths import Home
from tests.agents.demo_rig import Rig
from tests.agents.mcp_place import Place
from tests.poll import PATIENCE, poll


@pytest.fixture
def rig(home: Home, repo: Path, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(home, repo, tmp_path)
    yield rig
    rig.close()


def end(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]]]:
    """Its exit code, and the lines of its stream."""
    said, wrong = process.communicate(timeout=PATIENCE)
    assert not wrong
    return process.returncode, [json.loads(line) for line in said.splitlines()]


def test_a_turn_is_told_line_by_line_and_the_process_ends(rig: Rig) -> None:
    place = Place()
    place.open()
    rig.offer(place.url)
    code, lines = end(rig.print("demo: done All; say Bye."))
    place.close()
    assert code == 0
    assert [line["type"] for line in lines] == ["system", "assistant", "user", "assistant", "result"]
    assert {line["session_id"] for line in lines} == {rig.session_id}
    assert lines[0]["mcp_servers"] == [{"name": "orch", "status": "connected"}]
    assert "mcp__orch__stage_done" in lines[0]["tools"]
    assert "heard of All" in lines[2]["message"]["content"][0]["content"]
    result = lines[-1]
    assert (result["subtype"], result["is_error"], result["result"]) == ("success", False, "Bye.")
    assert result["total_cost_usd"] > 0
    assert rig.hearer.events() == ["UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "SessionEnd"]
    assert not list((rig.config_dir / "sessions").iterdir())
    assert not rig.status.exists()


def test_a_stop_hook_that_objects_has_the_turn_go_on(rig: Rig) -> None:
    rig.hearer.answers["Stop"] = {"decision": "block", "reason": "Not yet."}
    code, lines = end(rig.print("demo: say Ready.; then say Really."))
    assert code == 0
    (feedback,) = (line for line in lines if line.get("isSynthetic"))
    assert feedback["message"]["content"][0]["text"] == "Stop hook feedback:\nNot yet."
    assert [line["result"] for line in lines if line["type"] == "result"] == ["Really."]


def test_the_prompt_may_come_by_stdin_and_the_conversation_go_on(rig: Rig) -> None:
    assert end(rig.print("demo: say One."))[0] == 0
    code, lines = end(rig.print(stdin="demo: say Two.", resume=True))
    assert (code, lines[-1]["result"]) == (0, "Two.")
    refused = rig.print("demo: say Three.")
    assert "is already in use" in refused.communicate(timeout=PATIENCE)[1]
    assert refused.returncode == 1
    refused = rig.print(resume=True)
    assert "Input must be provided" in refused.communicate(timeout=PATIENCE)[1]
    assert refused.returncode == 1


def test_an_error_of_the_api_is_its_result_and_exit_code(rig: Rig) -> None:
    code, lines = end(rig.print("demo: retry 1 0.1; fail rate_limit"))
    assert code == 1
    assert [line["attempt"] for line in lines if line.get("subtype") == "api_retry"] == [1]
    assert (lines[-1]["is_error"], lines[-1]["api_error_status"]) == (True, 429)
    assert rig.hearer.events() == ["UserPromptSubmit", "StopFailure", "SessionEnd"]


def test_nobody_is_asked_where_nobody_is(rig: Rig) -> None:
    code, lines = end(rig.print('demo: permission "rm -rf build"; question Which? A B; say Bye.'))
    assert code == 0
    assert [denied["tool_input"] for denied in lines[-1]["permission_denials"]] == [
        {"command": "rm -rf build"}
    ]
    assert rig.hearer.events() == ["UserPromptSubmit", "PreToolUse", "Stop", "SessionEnd"]
    assert lines[-1]["result"] == "Bye."


def test_a_tool_is_asked_where_one_is_named(rig: Rig) -> None:
    place = Place()
    place.decisions += [
        {"behavior": "deny", "message": "Not that one."},
        {"behavior": "allow", "updatedInput": {"answers": {"Which?": "B"}}},
    ]
    place.open()
    rig.offer(place.url)
    ask = ("--permission-prompt-tool", "mcp__orch__permission")
    code, lines = end(rig.print('demo: permission "rm -rf build"; question Which? A B; say Bye.', *ask))
    place.close()
    assert code == 0
    assert [asked["tool_name"] for asked in place.asked] == ["Bash", "AskUserQuestion"]
    assert place.asked[0]["input"] == {"command": "rm -rf build"}
    told = [line["message"]["content"][0]["content"] for line in lines if line["type"] == "user"]
    assert told == ["Not that one.", "Which? → B"]
    assert len(lines[-1]["permission_denials"]) == 1
    assert "PermissionRequest" not in rig.hearer.events()


def test_a_tool_to_ask_that_is_missing_ends_the_session(rig: Rig) -> None:
    process = rig.print("demo: permission x; say Bye.", "--permission-prompt-tool", "mcp__orch__permission")
    _, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert wrong.startswith("Error: MCP tool mcp__orch__permission")
    assert rig.hearer.events()[-1] == "SessionEnd"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 0)])
def test_it_ends_when_it_is_told_to(rig: Rig, number: int, code: int) -> None:
    process = rig.print("demo: hang")
    rig.hearer.last("UserPromptSubmit")
    said = json.loads((rig.config_dir / "sessions" / f"{process.pid}.json").read_text())
    assert "status" not in said
    assert said["entrypoint"] == "sdk-cli"
    process.send_signal(number)
    ended, lines = end(process)
    assert ended == code
    assert [line["is_error"] for line in lines if line["type"] == "result"] == ([] if code else [True])
    assert rig.hearer.events()[-1] == "SessionEnd"


def test_it_stays_until_its_background_has_ended(rig: Rig) -> None:
    code, lines = end(rig.print('demo: background "npm test" 0.3; say Started.'))
    assert (code, lines[-1]["result"]) == (0, "Started.")
    assert [task["command"] for task in rig.hearer.last("Stop")["background_tasks"]] == ["npm test"]


def test_the_result_alone_may_be_printed(rig: Rig) -> None:
    process = rig.print("demo: say Only this.", how="text")
    assert process.communicate(timeout=PATIENCE) == ("Only this.\n", "")
    poll(lambda: rig.hearer.events()[-1:] == ["SessionEnd"])
