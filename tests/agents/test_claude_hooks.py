"""Hook payloads as the real program (2.1.197) sent them, and odd ones as it might."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.claude_code.hooks import parse, summary
from orchestrator.core.literals import AskKind
from orchestrator.core.sessions.model import Ask
from orchestrator.core.sessions.signals import (
    AgentExited,
    Asked,
    Compacting,
    PromptTaken,
    Signal,
    SignOfLife,
    ToolEnded,
    ToolStarted,
    TurnEnded,
    TurnFailed,
)

RECORDED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "recorded/hooks.json").read_text())
AT = 1000.0


def heard(name: str) -> Signal:
    (signal,) = parse(RECORDED[name], AT)
    return signal


def test_a_prompt_is_told_word_for_word_with_its_conversation() -> None:
    prompt = heard("prompt")
    assert isinstance(prompt, PromptTaken)
    assert prompt.text == "MARK1 look at the shop"
    assert prompt.session_id == RECORDED["prompt"]["session_id"]
    assert prompt.transcript.endswith(f"{prompt.session_id}.jsonl")


def test_a_prompt_of_many_lines_keeps_its_spaces() -> None:
    text = "one\n  two  \n\tthree\n"
    (signal,) = parse({"hook_event_name": "UserPromptSubmit", "prompt": text}, AT)
    assert signal == PromptTaken(AT, text)


def test_a_pasted_prompt_is_told_as_it_was_pasted() -> None:
    """2.1.330 wraps what was pasted in several lines."""
    wrapped = '\n\n<pasted_content id="9a27">\none  \n  two\n\n-- three\n</pasted_content id="9a27">\n'
    (signal,) = parse({"hook_event_name": "UserPromptSubmit", "prompt": wrapped}, AT)
    assert signal == PromptTaken(AT, "one  \n  two\n\n-- three")


def test_a_tool_starts_and_ends() -> None:
    started = heard("tool")
    assert isinstance(started, ToolStarted)
    assert started.summary == "Bash: touch a.txt ⏎ echo two"
    assert started.tool_use_id == RECORDED["tool"]["tool_use_id"]
    assert heard("tool done") == ToolEnded(AT, RECORDED["tool done"]["tool_use_id"])


def test_a_tool_that_failed_has_ended() -> None:
    assert heard("tool failed") == ToolEnded(AT, RECORDED["tool failed"]["tool_use_id"], failed=True)


@pytest.mark.parametrize(
    ("name", "kind", "tool", "words"),
    [
        ("permission", "permission", "Bash", "Bash: touch a.txt ⏎ echo two"),
        ("question", "question", "AskUserQuestion", "Which colour? · How big?"),
        ("plan", "plan", "ExitPlanMode", "Plan"),
    ],
)
def test_what_the_agent_asks_is_told_apart(name: str, kind: AskKind, tool: str, words: str) -> None:
    offered = ("Red", "Blue", "S", "L") if kind == "question" else ()
    assert heard(name) == Asked(AT, Ask(kind, tool, words, AT, options=offered))


def test_a_subagent_is_named_in_what_it_does_and_asks() -> None:
    tool = heard("subagent tool")
    assert isinstance(tool, ToolStarted)
    assert tool.agent_id == RECORDED["subagent tool"]["agent_id"]
    (asked,) = parse({**RECORDED["permission"], "agent_id": "a1"}, AT)
    assert isinstance(asked, Asked)
    assert asked.ask.agent_id == "a1"


@pytest.mark.parametrize(
    "name", ["subagent start", "subagent stop", "compact agent stop", "idle notification"]
)
def test_what_is_no_turn_of_its_own_is_a_sign_of_life(name: str) -> None:
    assert isinstance(heard(name), SignOfLife)


@pytest.mark.parametrize("event", ["Stop", "StopFailure"])
def test_a_subagent_never_ends_the_sessions_turn(event: str) -> None:
    (signal,) = parse({"hook_event_name": event, "agent_id": "a1", "error": "unknown"}, AT)
    assert isinstance(signal, SignOfLife)


def test_a_turn_ends_with_its_last_words() -> None:
    assert heard("stop") == TurnEnded(AT, "I looked at it.\n\nShall I go on?")


def test_a_turn_that_leaves_tasks_running_names_them() -> None:
    assert heard("stop with background") == TurnEnded(AT, "started it.", ("Build it all",))


def test_a_task_that_is_done_does_not_count_as_running() -> None:
    tasks = [{"status": "completed", "description": "old"}, {"type": "subagent", "status": "running"}, "odd"]
    (signal,) = parse({"hook_event_name": "Stop", "background_tasks": tasks}, AT)
    assert signal == TurnEnded(AT, "", ("subagent",))


def test_a_turn_that_failed_says_why_in_the_agents_words() -> None:
    said = "API Error: Request rejected (429) · Slow down, please"
    assert heard("failure 429") == TurnFailed(AT, "rate_limit", said)


def test_compacting_begins_and_ends() -> None:
    assert heard("precompact") == Compacting(AT, active=True)
    assert heard("postcompact") == Compacting(AT, active=False)


def test_clearing_the_conversation_is_told_as_its_reason() -> None:
    assert heard("clear") == AgentExited(AT, "clear", cleared=True)


@pytest.mark.parametrize(
    ("tool", "given", "words"),
    [
        ("Bash", {"command": "npm test"}, "Bash: npm test"),
        ("Edit", {"file_path": "/home/ada/shop/src/a.py", "old_string": "x"}, "Edit src/a.py"),
        ("Read", {"file_path": "/etc/hosts"}, "Read /etc/hosts"),
        ("WebFetch", {"url": "https://example.org/a", "prompt": "what"}, "WebFetch https://example.org/a"),
        ("Grep", {"pattern": "TODO", "path": "src"}, "Grep: TODO"),
        ("Agent", {"description": "look", "prompt": "look around"}, "Agent: look"),
        ("mcp__github__list_issues", {"state": 1}, "github: list_issues"),
        ("TodoWrite", {"todos": []}, "TodoWrite"),
        ("Bash", None, "Bash"),
        ("AskUserQuestion", {"questions": "none"}, "AskUserQuestion"),
        ("ExitPlanMode", {}, "a plan"),
    ],
)
def test_a_tool_call_in_a_line(tool: str, given: object, words: str) -> None:
    assert summary({"tool_name": tool, "tool_input": given, "cwd": "/home/ada/shop"}) == words


def test_escape_sequences_and_control_characters_get_through_as_text_alone() -> None:
    nasty = "ls \x1b[31mred\x1b]0;title\x07\x00\u202e \ud800end"
    payload = {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": nasty}}
    (signal,) = parse(payload, AT)
    assert isinstance(signal, ToolStarted)
    assert signal.summary == "Bash: ls ^[[31mred^[]0;title^G^@<U+202E> <U+D800>end"


def test_half_a_character_never_gets_through() -> None:
    keys = ("session_id", "transcript_path", "agent_id", "tool_use_id", "prompt", "last_assistant_message")
    for event in ("UserPromptSubmit", "PreToolUse", "PostToolUse", "PermissionRequest", "Stop"):
        for signal in parse({"hook_event_name": event, **dict.fromkeys(keys, "cut \ud83d")}, AT):
            assert repr(signal).encode()
            assert "\\ud83d" not in repr(signal)


def test_long_texts_are_cut_to_what_can_be_shown() -> None:
    (tool,) = parse(
        {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "x " * 9000}}, AT
    )
    assert isinstance(tool, ToolStarted)
    assert len(tool.summary) == 200
    assert tool.summary.endswith("…")
    (ended,) = parse({"hook_event_name": "Stop", "last_assistant_message": "a" * 9000 + "\nWhat now?"}, AT)
    assert isinstance(ended, TurnEnded)
    assert len(ended.last_words) == 2000
    assert ended.last_words.endswith("\nWhat now?")


@pytest.mark.parametrize("event", sorted({each["hook_event_name"] for each in RECORDED.values()}))
@pytest.mark.parametrize("value", [None, 7, [], {"a": 1}, [None, {"status": 3}]])
def test_fields_of_the_wrong_type_never_raise(event: str, value: object) -> None:
    fields = {key for each in RECORDED.values() for key in each} - {"hook_event_name"}
    for payload in (dict.fromkeys(fields, value) | {"hook_event_name": event}, {"hook_event_name": event}):
        assert len(parse(payload, AT)) == 1


def test_an_event_unknown_to_us_is_a_sign_of_life() -> None:
    assert parse({"hook_event_name": "MoonPhase"}, AT) == (SignOfLife(AT, "MoonPhase"),)


@pytest.mark.parametrize("payload", [{}, {"hook_event_name": 3}, {"event": "Stop"}])
def test_what_is_no_hook_event_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a hook event"):
        parse(payload, AT)
