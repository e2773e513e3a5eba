"""What Claude Code asks for, to be read before it is answered: the payload of a `PermissionRequest` hook."""

import difflib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestrator.core.rules import RequestFacts
from orchestrator.core.text import clean
from orchestrator.core.views import Question

_LONGEST = 64 * 1024
"""Characters of a detail; more is cut, and says so."""
_LARGEST_FILE = 1024 * 1024
"""Bytes of a file that is read to show what writing it would change."""
_PATHS = ("file_path", "notebook_path", "path")


def questions(payload: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of `AskUserQuestion`; empty for any other tool."""
    asked = given_input(payload).get("questions") if payload.get("tool_name") == "AskUserQuestion" else None
    return tuple(
        Question(
            text=clean(text_of(each, "question")),
            header=clean(text_of(each, "header")),
            multi=each.get("multiSelect") is True,
            options=tuple(
                (clean(text_of(option, "label")), clean(text_of(option, "description")))
                for option in list_of(each, "options")
            ),
        )
        for each in (asked if isinstance(asked, list) else [])
        if isinstance(each, Mapping)
    )


def always(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Claude's own suggestions of what to allow from now on, in words."""
    return tuple(_suggestion(each) for each in list_of(payload, "permission_suggestions"))


def facts(payload: Mapping[str, Any], worktree: str) -> RequestFacts:
    """What rules may look at; paths with symlinks and `..` resolved."""
    given = given_input(payload)
    root = os.path.realpath(worktree)
    cwd = text_of(payload, "cwd") or worktree
    paths = [os.path.realpath(Path(cwd) / text_of(given, key)) for key in _PATHS if text_of(given, key)]
    return RequestFacts(
        tool=text_of(payload, "tool_name"),
        command=text_of(given, "command"),
        paths=tuple(
            path.removeprefix(root + os.sep) if path.startswith(root + os.sep) else path for path in paths
        ),
    )


def detail(payload: Mapping[str, Any]) -> tuple[str, bool]:
    """(all there is to be read of a request, whether that is a unified diff).

    Reads the file that an edit would change, to show what it would.
    """
    given = given_input(payload)
    tool = text_of(payload, "tool_name")
    if tool == "ExitPlanMode":
        return _cut(clean(text_of(given, "plan"))), False
    if tool == "AskUserQuestion":
        return "\n\n".join(each.text for each in questions(payload)), False
    if changed := _change(tool, given):
        before, after, path = changed
        lines = difflib.unified_diff(
            clean(before).splitlines(), clean(after).splitlines(), path, path, lineterm="", n=3
        )
        return _cut("\n".join(lines)), True
    if command := text_of(given, "command"):
        why = text_of(given, "description")
        return _cut(clean(f"{command}\n\n{why}" if why else command)), False
    told = [f"{key}: {each if isinstance(each, str) else json.dumps(each)}" for key, each in given.items()]
    return _cut(clean("\n".join(told) or tool)), False


def _change(tool: str, given: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(before, after, path) of a tool that changes a file."""
    path = text_of(given, "file_path")
    if not path:
        return None
    if tool == "Write":
        return _read(path), text_of(given, "content"), path
    edits = list_of(given, "edits") or [given]
    if tool not in ("Edit", "MultiEdit") or not all("new_string" in each for each in edits):
        return None
    before = after = _read(path)
    for edit in edits:
        old, new = text_of(edit, "old_string"), text_of(edit, "new_string")
        if old not in after:  # the file can't be read, or is not as the agent thinks: show the edit alone
            return _joined(edits, "old_string"), _joined(edits, "new_string"), path
        after = after.replace(old, new) if edit.get("replace_all") is True else after.replace(old, new, 1)
    return before, after, path


def _read(path: str) -> str:
    try:
        file = Path(path)
        return file.read_text(errors="replace") if file.stat().st_size <= _LARGEST_FILE else ""
    except OSError:
        return ""


def _joined(edits: Sequence[Mapping[str, Any]], key: str) -> str:
    return "\n".join(text_of(edit, key) for edit in edits)


_PLACES = {
    "session": "for this session",
    "localSettings": "in this worktree (.claude/settings.local.json)",
    "projectSettings": "in this project (.claude/settings.json)",
    "userSettings": "everywhere (your settings.json)",
}


def _suggestion(said: Mapping[str, Any]) -> str:
    place = _PLACES.get(text_of(said, "destination"), text_of(said, "destination"))
    match said.get("type"):
        case "addRules":
            rules = ", ".join(rule_words(rule) for rule in list_of(said, "rules"))
            return clean(f"{text_of(said, 'behavior') or 'allow'} {rules} {place}".strip())
        case "setMode":
            return clean(f"switch to {text_of(said, 'mode')} {place}".strip())
        case "addDirectories":
            folders = said.get("directories")
            named = [each for each in folders if isinstance(each, str)] if isinstance(folders, list) else []
            return clean(f"allow the folder {', '.join(named)} {place}".strip())
        case _:
            return clean(json.dumps(said))


def rule_words(rule: Mapping[str, Any]) -> str:
    """A permission rule as it stands in a settings file."""
    content = text_of(rule, "ruleContent")
    return f"{text_of(rule, 'toolName')}({content})" if content else text_of(rule, "toolName")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… {len(text) - _LONGEST} more characters"


def given_input(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's input, as it came."""
    given = payload.get("tool_input")
    return dict(given) if isinstance(given, Mapping) else {}


def text_of(said: Mapping[str, Any], key: str) -> str:
    """The value if it is a text, less halves of characters; else an empty one."""
    value = said.get(key)
    return value.encode(errors="ignore").decode() if isinstance(value, str) else ""


def list_of(said: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in the value if it is a list of them, else none."""
    value = said.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
