"""Ends of conversations as 2.1.197 wrote them, and cut ones."""

import json
from pathlib import Path

import pytest

from orchestrator.agents.claude_code.transcript import find, tail

RECORDED = Path(__file__).parent / "recorded"


@pytest.mark.parametrize(
    ("name", "words", "interrupted", "is_open"),
    [
        ("ended", "I looked at it.\n\nShall I go on?", False, False),
        ("rejected", "I looked at it.\n\nShall I go on?", True, False),
        # Esc before the first word leaves the prompt as the last entry
        ("silent-esc", "I looked at it.\n\nShall I go on?", False, True),
        ("failed", "API Error: Request rejected (429) · Slow down, please", False, False),
        ("compacted", "API Error: Request rejected (429) · Slow down, please", False, False),
    ],
)
def test_the_end_of_a_conversation_is_read(name: str, words: str, interrupted: bool, is_open: bool) -> None:
    said = tail(RECORDED / f"{name}.jsonl")
    assert (said.last_words, said.interrupted, said.open_turn) == (words, interrupted, is_open)


def entry(kind: str, content: object, **more: object) -> str:
    return json.dumps({"type": kind, "message": {"role": kind, "content": content}, **more})


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_tool_call_and_its_result_leave_the_turn_open(tmp_path: Path) -> None:
    prompt = entry("user", "go")
    call = entry("assistant", [{"type": "tool_use", "id": "t", "name": "Bash", "input": {}}])
    result = entry("user", [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}])
    assert tail(write(tmp_path / "a", prompt, call)).open_turn
    assert tail(write(tmp_path / "b", prompt, call, result)).open_turn


def test_subagents_and_commands_of_the_terminal_are_not_the_conversation(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a",
        entry("user", "go"),
        entry("assistant", [{"type": "text", "text": "Done."}]),
        entry("user", "inner prompt", isSidechain=True),
        entry("user", "<local-command-caveat>…", isMeta=True),
        entry("user", "<command-name>/clear</command-name>"),
        entry("user", "<local-command-stdout></local-command-stdout>"),
    )
    said = tail(path)
    assert (said.last_words, said.open_turn) == ("Done.", False)


def test_only_the_end_of_a_large_file_is_read(tmp_path: Path) -> None:
    old = entry("assistant", [{"type": "text", "text": "old " * 1000}])
    path = write(tmp_path / "a", *[old] * 50, entry("assistant", [{"type": "text", "text": "new"}]))
    assert tail(path, max_bytes=2000).last_words == "new"


def test_a_line_still_being_written_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a", entry("assistant", [{"type": "text", "text": "Done."}]))
    with path.open("a") as file:
        file.write('{"type": "user", "mess')
    assert tail(path).last_words == "Done."


@pytest.mark.parametrize(
    "line", ["", "[]", "7", '{"type": "user"}', '{"type": "assistant", "message": 3}', "\0"]
)
def test_odd_lines_never_raise(tmp_path: Path, line: str) -> None:
    assert tail(write(tmp_path / "a", line)).last_words == ""


def test_a_conversation_is_found_in_whatever_project_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "projects/-home-ada-shop"
    folder.mkdir(parents=True)
    file = write(folder / "12-ab.jsonl", "{}")
    assert find(tmp_path, "12-ab") == file
    assert find(tmp_path, "34-cd") is None
    assert find(tmp_path, "*") is None
    assert find(tmp_path / "nowhere", "12-ab") is None
