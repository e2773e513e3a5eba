"""What would have spared a request: in words that can be put into a file as they are."""

import json
import re
from typing import Any

import pytest

from orchestrator.agents.claude_code.requests import allowed_by


@pytest.mark.parametrize(
    ("tool", "given", "rule"),
    [
        ("Bash", {"command": "npm test"}, "Bash(npm test)"),
        ("Bash", {"command": 'echo "a b" && make'}, 'Bash(echo "a b" && make)'),
        ("Bash", {"command": "a\nb"}, "Bash"),
        ("Bash", {"command": "x" * 300}, "Bash"),
        ("Bash", {}, "Bash"),
        ("Edit", {"file_path": "/r/a.py"}, "Edit"),
        ("WebFetch", {"url": "https://docs.example.org/page?x=1"}, "WebFetch(domain:docs.example.org)"),
        ("WebFetch", {"url": "nonsense"}, "WebFetch"),
        ("mcp__tracker__close", {"id": 3}, "mcp__tracker__close"),
    ],
)
def test_a_tool_is_allowed_by_a_rule_for_just_that_call(tool: str, given: dict[str, Any], rule: str) -> None:
    said = allowed_by({"tool_name": tool, "tool_input": given})
    found = re.search(r'"permissions": (\{.*\}) in \.claude/settings\.json', said)
    assert found is not None, said
    assert json.loads(found[1]) == {"allow": [rule]}


@pytest.mark.parametrize("tool", ["Edit", "MultiEdit", "NotebookEdit", "Write"])
def test_an_edit_is_allowed_by_the_stage_s_permission_mode_too(tool: str) -> None:
    assert allowed_by({"tool_name": tool}).startswith("permission_mode: acceptEdits of the stage, or ")


def test_a_question_and_a_plan_are_spared_by_the_workflow_itself() -> None:
    assert "the stage's prompt" in allowed_by({"tool_name": "AskUserQuestion"})
    assert "permission_mode: acceptEdits" in allowed_by({"tool_name": "ExitPlanMode"})


def test_what_is_odd_in_a_command_is_shown_and_a_broken_address_breaks_nothing() -> None:
    assert "\u202e" not in allowed_by({"tool_name": "Bash", "tool_input": {"command": "a\u202eb"}})
    assert "WebFetch" in allowed_by({"tool_name": "WebFetch", "tool_input": {"url": "http://[bad"}})
