"""What Claude Code asks for, to be read before answering: the payload of a `PermissionRequest` hook.

Displayed by `core.text.clean.shown`: in full, with unusual characters made visible.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from orchestrator.agents.agent import Choice
from orchestrator.agents.claude_code.changes import change
from orchestrator.core.board.views import Question
from orchestrator.core.rules import RequestFacts
from orchestrator.core.text.clean import shown
from orchestrator.paths import from_worktree

_LONGEST = 1024 * 1024
"""Maximum characters of a detail; longer ones are cut, which is stated."""
_LONGEST_RULE = 200
"""Maximum characters of a command that a suggested rule names; a longer one is allowed by its tool."""
_EDITS = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Write"})
_PATHS = ("file_path", "notebook_path", "path")


def questions(payload: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of `AskUserQuestion`; empty for any other tool."""
    asked = given_input(payload).get("questions") if payload.get("tool_name") == "AskUserQuestion" else None
    return tuple(
        Question(
            text=shown(raw(each, "question")),
            header=shown(raw(each, "header")),
            multi=each.get("multiSelect") is True,
            options=tuple(
                (shown(raw(option, "label")), shown(raw(option, "description")))
                for option in list_of(each, "options")
            ),
        )
        for each in (asked if isinstance(asked, list) else [])
        if isinstance(each, Mapping)
    )


def always(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Claude's own suggestions of what to allow from now on, as text."""
    return tuple(_suggestion(each) for each in list_of(payload, "permission_suggestions"))


def lasting(payload: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The same, each with how long it holds."""
    places = (
        text_of(each, "destination") or "session" for each in list_of(payload, "permission_suggestions")
    )
    return tuple(
        Choice(words, allows=True, scope="session" if place == "session" else "good")
        for words, place in zip(always(payload), places, strict=True)
    )


def allowed_by(payload: Mapping[str, Any]) -> str:
    """What would have avoided the request: a permission rule, or a key of a workflow's stage."""
    tool, given = raw(payload, "tool_name"), given_input(payload)
    if tool == "AskUserQuestion":
        return "questions cannot be answered in advance: put the answer into the stage's prompt"
    if tool == "ExitPlanMode":
        return "permission_mode: acceptEdits instead of plan needs no approval"
    rule = rule_words({"toolName": tool, "ruleContent": _content(tool, given)})
    mode = "permission_mode: acceptEdits of the stage, or " if tool in _EDITS else ""
    allow = json.dumps([shown(rule)], ensure_ascii=False)
    return f'{mode}"permissions": {{"allow": {allow}}} in .claude/settings.json of the repository allows it'


def _content(tool: str, given: Mapping[str, Any]) -> str:
    """What a rule for this call alone names beside the tool; empty if only the tool is named."""
    command = raw(given, "command").strip()
    if command and "\n" not in command and len(command) <= _LONGEST_RULE:
        return command
    if tool != "WebFetch":
        return ""
    try:
        host = urlsplit(raw(given, "url")).hostname
    except ValueError:
        return ""
    return f"domain:{host}" if host else ""


def texts(payload: Mapping[str, Any]) -> Iterator[str]:
    """Everything the agent says in a request: the tool, its input and its suggestions, keys included."""
    yield raw(payload, "tool_name")
    yield from _strings(payload.get("tool_input"))
    yield from _strings(payload.get("permission_suggestions"))


def _strings(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case Mapping() as found:
                waiting += [*found.keys(), *found.values()]
            case list() as found:
                waiting += found


def facts(payload: Mapping[str, Any], worktree: str) -> RequestFacts:
    """What rules match against; paths with symlinks and `..` resolved."""
    given = given_input(payload)
    cwd = text_of(payload, "cwd") or worktree
    named = [text_of(given, key) for key in _PATHS if text_of(given, key)]
    # some tools strip spaces around a path, others keep them
    every = dict.fromkeys(each for path in named for each in (path, path.strip()))
    return RequestFacts(
        tool=text_of(payload, "tool_name"),
        command=text_of(given, "command"),
        paths=tuple(from_worktree(path, cwd, worktree) for path in every),
        unsandboxed=bool(given.get("dangerouslyDisableSandbox")),
    )


def detail(payload: Mapping[str, Any]) -> tuple[str, bool]:
    """(the full text of a request, whether it is a unified diff).

    Reads the file that an edit would change, to show the difference.
    """
    given = given_input(payload)
    tool = raw(payload, "tool_name")
    if tool == "ExitPlanMode" and "plan" in given:
        return _cut(shown(raw(given, "plan"))), False
    if tool == "AskUserQuestion":
        return "\n\n".join(each.text for each in questions(payload)), False
    if (diff := change(tool, given)) is not None:
        return _cut(diff), True
    told = [_said(key, each) for key, each in given.items()]
    if command := raw(given, "command"):
        why = raw(given, "description")
        rest = [_said(key, each) for key, each in given.items() if key not in ("command", "description")]
        told = [shown(command), *(["", shown(why)] if why else []), *(["", *rest] if rest else [])]
    return _cut("\n".join(told) or shown(tool)), False


def _said(key: str, value: object) -> str:
    return shown(f"{key}: {value if isinstance(value, str) else json.dumps(value)}")


_PLACES = {
    "session": "for this session",
    "localSettings": "in this worktree (.claude/settings.local.json)",
    "projectSettings": "in this project (.claude/settings.json)",
    "userSettings": "everywhere (your settings.json)",
}


def _suggestion(said: Mapping[str, Any]) -> str:
    place = _PLACES.get(text_of(said, "destination"), raw(said, "destination"))
    match said.get("type"):
        case "addRules":
            rules = ", ".join(rule_words(rule) for rule in list_of(said, "rules"))
            return shown(f"{raw(said, 'behavior') or 'allow'} {rules} {place}".strip())
        case "setMode":
            return shown(f"switch to {raw(said, 'mode')} {place}".strip())
        case "addDirectories":
            folders = said.get("directories")
            named = [each for each in folders if isinstance(each, str)] if isinstance(folders, list) else []
            return shown(f"allow the directory {', '.join(named)} {place}".strip())
        case _:
            return shown(json.dumps(said))


def rule_words(rule: Mapping[str, Any]) -> str:
    """A permission rule as written in a settings file."""
    content = raw(rule, "ruleContent")
    return f"{raw(rule, 'toolName')}({content})" if content else raw(rule, "toolName")


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    lines = text.count("\n", _LONGEST)
    return f"{text[:_LONGEST]}\n… {lines} more lines, {len(text) - _LONGEST} more characters: not shown"


def given_input(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's input, unchanged."""
    given = payload.get("tool_input")
    return dict(given) if isinstance(given, Mapping) else {}


def raw(said: Mapping[str, Any], key: str) -> str:
    """The value unchanged if it is a string, else empty."""
    value = said.get(key)
    return value if isinstance(value, str) else ""


def text_of(said: Mapping[str, Any], key: str) -> str:
    """The value if it is a string, without lone surrogates; else empty."""
    return raw(said, key).encode(errors="ignore").decode()


def list_of(said: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in the value if it is a list of them, else none."""
    value = said.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
