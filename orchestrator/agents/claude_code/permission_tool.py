"""Permissions of a session without a terminal: it calls a tool of ours instead of opening a dialog.

`--permission-prompt-tool` names an MCP tool that Claude Code calls with `tool_name`, `input` and
`tool_use_id`, without a time limit. Its result is one block of text, without structured content, that
contains JSON (probed on 2.1.197, where `PermissionRequest` hooks do not fire in such a session, and on
2.1.330). The model does not see the tool. If it is missing when it is needed, the session ends.
"""

import json
from collections.abc import Mapping
from typing import Any


def request(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The call as the payload of a `PermissionRequest` hook, to be handled like any other."""
    return {
        "hook_event_name": "PermissionRequest",
        "tool_name": arguments.get("tool_name", ""),
        "tool_input": arguments.get("input", {}),
        "tool_use_id": arguments.get("tool_use_id", ""),
    }


def result(arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The tool's text for an answer to that hook; an empty answer denies."""
    said = answer.get("hookSpecificOutput")
    decision = said.get("decision") if isinstance(said, Mapping) else None
    if not isinstance(decision, Mapping) or decision.get("behavior") != "allow":
        words = decision.get("message") if isinstance(decision, Mapping) else ""
        return json.dumps({"behavior": "deny", "message": words or "The request was not answered."})
    # an allow must contain the input, changed or not
    return json.dumps({"updatedInput": arguments.get("input", {}), **decision})
