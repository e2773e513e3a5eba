"""What was allowed always is known, and what orch gave can be taken back."""

import json
from pathlib import Path

import pytest

from orchestrator.agents.claude_code.asking import Asks
from orchestrator.agents.claude_code.rights import right, stands
from orchestrator.hub.services.grants import way_back

SUGGESTED = [
    {"type": "addRules", "rules": [{"toolName": "Bash", "ruleContent": "npm test:*"}], "behavior": "allow",
     "destination": "localSettings"},
    {"type": "addRules", "rules": [{"toolName": "Read"}], "behavior": "allow", "destination": "userSettings"},
    {"type": "setMode", "mode": "acceptEdits", "destination": "session"},
    {"type": "addDirectories", "directories": ["/srv"], "destination": "projectSettings"},
]  # fmt: skip


@pytest.fixture
def payload(tmp_path: Path) -> dict[str, object]:
    return {"cwd": str(tmp_path), "permission_suggestions": SUGGESTED}


@pytest.mark.parametrize(
    ("number", "words", "file"),
    [
        (
            0,
            "allow Bash(npm test:*) in this worktree (.claude/settings.local.json)",
            ".claude/settings.local.json",
        ),
        (1, "allow Read everywhere (your settings.json)", "config/settings.json"),
        (2, "switch to acceptEdits for this session", ""),
        (3, "allow the directory /srv in this project (.claude/settings.json)", ".claude/settings.json"),
    ],
)
def test_a_grant_says_what_becomes_allowed_and_where(
    payload: dict[str, object], tmp_path: Path, number: int, words: str, file: str
) -> None:
    made = right(payload, number, tmp_path / "config")
    assert made.words == words
    assert made.file == (str(tmp_path / file) if file else "")


def test_a_grant_is_listed_with_what_holds_of_it(payload: dict[str, object], tmp_path: Path) -> None:
    made = right(payload, 0, tmp_path)
    assert stands(made) is False
    Path(made.file).parent.mkdir()
    Path(made.file).write_text(json.dumps({"permissions": {"allow": ["Bash(npm test:*)"]}}))
    assert stands(made) is True
    Path(made.file).write_text(json.dumps({"permissions": {"allow": []}}))
    assert stands(made) is False
    for broken in ("{", "[]", '{"permissions": {"allow": 3}}'):
        Path(made.file).write_text(broken)
        assert stands(made) is None


def test_only_what_lasts_as_long_as_a_session_is_taken_back_by_orch(
    payload: dict[str, object], tmp_path: Path
) -> None:
    assert "orch grants revoke c1.abc" in way_back("c1.abc", right(payload, 2, tmp_path), Asks(tmp_path))
    said = way_back("c1.abc", right(payload, 0, tmp_path), Asks(tmp_path))
    assert "remove Bash(npm test:*)" in said
    assert str(tmp_path / ".claude" / "settings.local.json") in said
