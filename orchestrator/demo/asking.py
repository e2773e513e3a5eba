"""Requests to the user, answered by the user in the pane or by a hook, whichever is first."""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from orchestrator.demo import dialogs
from orchestrator.demo.context import Context
from orchestrator.demo.dialogs import Form
from orchestrator.demo.loop import Future
from orchestrator.demo.screen import plain
from orchestrator.demo.steps import Permission, Plan, Question

_REQUEST_AFTER = 0.04
_NOTIFIED_AFTER = 6.0
_UNASKED = "This command requires approval"


@dataclass(frozen=True, slots=True)
class Request:
    """A tool call that must be allowed. `needs_input`: an allowance counts only with an `updatedInput`."""

    tool: str
    input: dict[str, Any]
    form: Form
    needs_input: bool = False
    suggestions: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`by` is `pane`, `hook`, `tool` or `nobody`; `chosen` are the pane's options, `input` replaces the
    call's own if a hook or tool has set it."""

    by: str
    allowed: bool
    chosen: tuple[int, ...] = ()
    input: dict[str, Any] = field(default_factory=dict)
    message: str = ""
    ends_turn: bool = False
    always: bool = False


def request_of(step: Permission | Question | Plan, subject: str = "") -> Request:
    """The request of a step; `subject` describes its tool call, in a line."""
    match step:
        case Permission():
            always = f"{subject.partition(' ')[0] or step.name} commands"
            rule = {"toolName": step.name, "ruleContent": f"{subject}:*"}
            suggestion = {
                "type": "addRules",
                "rules": [rule],
                "behavior": "allow",
                "destination": "localSettings",
            }
            form = dialogs.permission(step.name, plain(subject), always)
            return Request(step.name, step.input, form, suggestions=(suggestion,))
        case Question():
            asked = {
                "question": step.text,
                "header": "Question",
                "options": [{"label": each, "description": ""} for each in step.options],
                "multiSelect": step.multi,
            }
            form = dialogs.question(plain(step.text), step.options, multi=step.multi)
            return Request("AskUserQuestion", {"questions": [asked]}, form, needs_input=True)
        case Plan():
            return Request("ExitPlanMode", {"plan": step.text}, dialogs.plan(step.text), needs_input=True)


async def ask(session: Context, request: Request) -> Answer:
    """The first answer. The dialog stays open until then; a held hook stays held after it, unused."""
    answer: Future[Answer] = Future()
    chosen: Future[tuple[int, ...]] = Future()
    chosen.then(lambda: answer.set(_from_pane(request, chosen.value)))

    async def by_hook() -> None:
        await session.loop.sleep(_REQUEST_AFTER)
        said = await session.fire(
            "PermissionRequest",
            request.tool,
            tool_name=request.tool,
            tool_input=request.input,
            permission_suggestions=list(request.suggestions),
        )
        for each in said:
            if decision := _from_hook(request, each):
                answer.set(decision)

    async def notify() -> None:
        await session.fire(
            "Notification",
            "permission_prompt",
            message=f"Claude needs your permission to use {request.tool}",
            notification_type="permission_prompt",
        )

    session.loop.spawn(by_hook())
    forget = session.loop.later(_NOTIFIED_AFTER, lambda: session.loop.spawn(notify()))
    try:
        session.registry.show("waiting", "permission prompt")
        session.open_dialog(request.form, chosen)
        return await answer
    finally:
        forget()
        session.close_dialog()
        session.registry.show("busy")


async def ask_elsewhere(session: Context, request: Request, use_id: str) -> Answer:
    """The answer without a user: that of the tool which `--permission-prompt-tool` names, else no.

    Hooks are not asked, as probed on 2.1.197. Without such a tool the session ends.
    """
    if not session.permission_tool:
        return Answer("nobody", False, message=_UNASKED)
    tool = await session.mcp.find(session.permission_tool)
    if tool is None:
        words = f"Error: MCP tool {session.permission_tool} (passed via --permission-prompt-tool) not found"
        print(words, file=sys.stderr)  # noqa: T201 (a program's last words)
        session.loop.soon(lambda: session.leave(1))
        return await Future[Answer]()
    given = {"tool_name": request.tool, "input": request.input, "tool_use_id": use_id}
    try:
        said = json.loads((await session.mcp.call(tool, given, use_id)).text)
    except (OSError, ValueError) as error:
        return Answer("tool", False, message=f"{session.permission_tool}: {error}")
    if said.get("behavior") == "allow":
        return Answer("tool", True, input=said.get("updatedInput") or {})
    return Answer("tool", False, message=said.get("message") or _UNASKED)


def _from_pane(request: Request, chosen: tuple[int, ...]) -> Answer:
    refusing = request.form.refusing
    options = len(request.form.options)
    refused = refusing in chosen or refusing + options in chosen
    always = request.form.options[chosen[0]].startswith("Yes, and don't ask again")
    return Answer("pane", not refused, chosen, ends_turn=refused, always=always)


def _from_hook(request: Request, said: dict[str, Any]) -> Answer | None:
    decision = said.get("hookSpecificOutput", {}).get("decision", {})
    match decision.get("behavior"):
        case "allow":
            given = decision.get("updatedInput")
            if request.needs_input and not given:
                return None
            return Answer("hook", True, input=given or {}, always=bool(decision.get("updatedPermissions")))
        case "deny":
            message = decision.get("message", "denied")
            return Answer("hook", False, message=message, ends_turn=bool(decision.get("interrupt")))
        case _:
            return None
