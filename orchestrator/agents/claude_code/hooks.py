"""Converts Claude Code's hooks to signals.

Claude Code posts one JSON object per event. Fields that are missing, unknown or of an unexpected type are
ignored: the event then has less information, and never fails.
"""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from orchestrator.agents.claude_code.prompt_text import as_written
from orchestrator.agents.claude_code.requests import questions, texts
from orchestrator.core.literals import AskKind
from orchestrator.core.sessions.model import Ask
from orchestrator.core.sessions.signals import (
    AgentExited,
    Asked,
    Compacting,
    Noticed,
    PromptTaken,
    Signal,
    SignOfLife,
    ToolEnded,
    ToolStarted,
    TurnEnded,
    TurnFailed,
)
from orchestrator.core.text.clean import last_words, one_line, shown_line, unusual

# What a tool call is about: the first of these keys in its input.
_SUBJECTS = (
    "command",
    "file_path",
    "notebook_path",
    "url",
    "query",
    "pattern",
    "path",
    "description",
    "skill",
    "prompt",
)
_IDLE = frozenset(
    (
        "idle_prompt", "auth_success", "auth_storage_failure", "agent_completed", "elicitation_complete",
        "elicitation_response", "computer_use_exit", "push_notification",
    )
)  # fmt: skip
"""Notifications that are not a reason to wait."""
_PATHS = ("file_path", "notebook_path", "path")
_KINDS: dict[str, AskKind] = {"AskUserQuestion": "question", "ExitPlanMode": "plan"}


def parse(payload: Mapping[str, Any], at: float) -> tuple[Signal, ...]:
    """The signals of one hook event that arrived `at`.

    Summaries are one line of at most 200 characters, last words at most 2000. A prompt's text is complete and
    as it was pasted, because it is compared with the one that was sent. Raises `ValueError` if this is not a
    hook event.
    """
    event = payload.get("hook_event_name")
    if not isinstance(event, str) or not event:
        raise ValueError("not a hook event: it has no hook_event_name")
    agent = _text(payload, "agent_id")
    tool_use = _text(payload, "tool_use_id")
    match event:
        case "UserPromptSubmit":
            return (_prompt(payload, at),)
        case "PreToolUse":
            return (ToolStarted(at, tool_use, summary(payload), agent),)
        case "PostToolUse":
            return (ToolEnded(at, tool_use, failed=False, agent_id=agent),)
        case "PostToolUseFailure" | "PermissionDenied" if tool_use:
            return (ToolEnded(at, tool_use, failed=True, agent_id=agent),)
        case "PermissionRequest":
            tool = shown_line(_text(payload, "tool_name"), 80)
            ask = Ask(
                kind=_KINDS.get(tool, "permission"),
                tool=tool,
                summary=summary(payload),
                at=at,
                agent_id=agent,
                options=_labels(payload),
                unusual=unusual(*texts(payload)),
            )
            return (Asked(at, ask),)
        case "Stop" if not agent:
            return (
                TurnEnded(at, last_words(_text(payload, "last_assistant_message")), _background(payload)),
            )
        case "StopFailure" if not agent:
            said = last_words(_text(payload, "last_assistant_message"))
            return (TurnFailed(at, one_line(_text(payload, "error"), 80), said),)
        case "PreCompact":
            return (Compacting(at, active=True),)
        case "PostCompact":
            return (Compacting(at, active=False),)
        case "SessionEnd":
            reason = one_line(_text(payload, "reason"), 80)
            return (AgentExited(at, reason, cleared=reason == "clear"),)
        case "Notification":
            said = one_line(_text(payload, "message")) or event
            if _text(payload, "notification_type") in _IDLE:
                return (SignOfLife(at, said),)
            return (Noticed(at, said),)
        case _:
            return (SignOfLife(at, one_line(f"{event} {_text(payload, 'agent_type')}")),)


def summary(payload: Mapping[str, Any]) -> str:
    """A tool call in a line: `Bash: npm test`, `Edit src/a.py`, or the text of a question."""
    tool = shown_line(_text(payload, "tool_name"), 80) or "a tool"
    given = payload.get("tool_input")
    if not isinstance(given, Mapping):
        return tool
    if tool == "AskUserQuestion":
        return shown_line(" · ".join(_questions(given))) or tool
    if tool == "ExitPlanMode":
        lines = (line.strip("# \t") for line in _raw(given, "plan").splitlines())
        return shown_line(next((line for line in lines if line), "a plan"))
    for key in _SUBJECTS:
        if said := _raw(given, key):
            if key in _PATHS:
                return shown_line(f"{tool} {_below(said, _text(payload, 'cwd'))}")
            return shown_line(f"{tool} {said}" if key == "url" else f"{tool}: {said}")
    if tool.startswith("mcp__"):
        return shown_line(tool.removeprefix("mcp__").replace("__", ": ", 1))
    return tool


def _prompt(payload: Mapping[str, Any], at: float) -> PromptTaken:
    text = as_written(_text(payload, "prompt"))
    return PromptTaken(at, text, _text(payload, "session_id"), _text(payload, "transcript_path"))


def _questions(given: Mapping[str, Any]) -> list[str]:
    asked = given.get("questions")
    each = asked if isinstance(asked, list) else []
    return [_raw(one, "question") for one in each if isinstance(one, Mapping) and _raw(one, "question")]


def _labels(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The options of the questions."""
    return tuple(label for question in questions(payload) for label, _ in question.options)


def _background(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the tasks that continue after the turn."""
    tasks = payload.get("background_tasks")
    return tuple(
        one_line(_text(task, "description") or _text(task, "command") or _text(task, "type") or "a task", 80)
        for task in (tasks if isinstance(tasks, list) else [])
        if isinstance(task, Mapping) and task.get("status", "running") in ("running", "pending")
    )


def _below(path: str, folder: str) -> str:
    """The path relative to the folder, if it is below it."""
    try:
        return str(PurePath(path).relative_to(folder)) if folder else path
    except ValueError:
        return path


def _raw(payload: Mapping[str, Any], key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def _text(payload: Mapping[str, Any], key: str) -> str:
    value = payload.get(key)
    if not isinstance(value, str):
        return ""
    # text cut in the middle of a character contains half of it, which no file can store
    return value if value.isascii() else value.encode(errors="ignore").decode()
