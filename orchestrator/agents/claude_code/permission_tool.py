"""Permissions of a session without a terminal: it asks a tool of ours instead of a dialog.

`--permission-prompt-tool` names an MCP tool that Claude Code calls with `tool_name`, `input` and
`tool_use_id`, and that may take its time. Its result is one block of text, without structured content,
that holds JSON (probed on 2.1.197, where `PermissionRequest` hooks don't fire in such a session, and on
2.1.330). The model doesn't see the tool. If it is missing when it is needed, the session ends.
"""

import json
from collections.abc import Mapping
from typing import Any


def request(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The call as the payload of a `PermissionRequest` hook, which is then treated like any other."""
    return {
        "hook_event_name": "PermissionRequest",
        "tool_name": arguments.get("tool_name", ""),
        "tool_input": arguments.get("input", {}),
        "tool_use_id": arguments.get("tool_use_id", ""),
    }


def result(arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The tool's text for an answer to that hook; an empty one, nobody's, denies."""
    said = answer.get("hookSpecificOutput")
    decision = said.get("decision") if isinstance(said, Mapping) else None
    if not isinstance(decision, Mapping) or decision.get("behavior") != "allow":
        words = decision.get("message") if isinstance(decision, Mapping) else ""
        return json.dumps({"behavior": "deny", "message": words or "Nobody has answered this request."})
    # an allow must hold the input, changed or not
    return json.dumps({"updatedInput": arguments.get("input", {}), **decision})
