"""Answers that Claude Code understands, as replies to a held `PermissionRequest` hook.

The hook may be held open while the dialog stays usable in the terminal; the first answer wins (probed on
2.1.197 and 2.1.330). A plan is approved by echoing its input: a bare allow is ignored on 2.1.330.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.agents.agent import AskAnswer, Payload, Reply, UnfitAnswerError
from orchestrator.agents.claude_code.requests import given_input, list_of, questions, raw
from orchestrator.core.text.clean import shown


def answered(payload: Payload, given: AskAnswer) -> Reply:
    """The reply that gives this answer. Raises `UnfitAnswerError`."""
    if given.verdict == "deny":
        return deny(given.message)
    if given.options:
        return answer(payload, given.options)
    if given.verdict == "always":
        return allow_always(payload, given.choice)
    return allow(payload)


def allow(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Allows it once; approves a plan."""
    if payload.get("tool_name") == "AskUserQuestion":
        raise UnfitAnswerError("a question needs an answer: choose one of its options")
    echo = {"updatedInput": given_input(payload)} if payload.get("tool_name") == "ExitPlanMode" else {}
    return _decision({"behavior": "allow", **echo})


def allow_always(payload: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Allows it, and from now on what the suggestion with that number covers."""
    suggested = list_of(payload, "permission_suggestions")
    if not suggested:
        raise UnfitAnswerError("the agent suggests nothing to allow always")
    if not 0 <= number < len(suggested):
        raise UnfitAnswerError(f"no suggestion {number}; they are numbered 0 to {len(suggested) - 1}")
    return _decision({"behavior": "allow", "updatedPermissions": [suggested[number]]})


def deny(message: str) -> dict[str, Any]:
    """Denies it; the agent reads `message`."""
    return _decision({"behavior": "deny", "message": message or "The user denied this."})


def answer(payload: Mapping[str, Any], chosen: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Answers the questions in order, each with labels or with the user's own text."""
    asked = questions(payload)
    given = given_input(payload)
    if not asked:
        raise UnfitAnswerError("this request is not a question")
    if len(chosen) != len(asked) or not all(chosen):
        raise UnfitAnswerError(f"there are {len(asked)} questions, and each needs an answer")
    for question, labels in zip(asked, chosen, strict=True):
        if len(labels) > 1 and not question.multi:
            raise UnfitAnswerError(f"only one answer is allowed for: {question.text}")
    each = list_of(given, "questions")
    answers = {
        raw(question, "question"): ", ".join(_as_offered(question, labels))
        for question, labels in zip(each, chosen, strict=True)
    }
    return _decision({"behavior": "allow", "updatedInput": {**given, "answers": answers}})


def _as_offered(question: Mapping[str, Any], labels: Sequence[str]) -> list[str]:
    """The labels as the agent wrote them, which may differ from how they are displayed."""
    offered = {shown(raw(option, "label")): raw(option, "label") for option in list_of(question, "options")}
    return [offered.get(label, label) for label in labels]


def _decision(decision: dict[str, Any]) -> dict[str, Any]:
    return {"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}}
