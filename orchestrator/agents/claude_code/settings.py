"""What every start of Claude Code is passed, without changing a file of the user or the repository.

Probed on 2.1.197 and 2.1.330: `--settings` merges hooks and permissions with the user's and replaces
scalars, `--mcp-config` adds servers to the user's, and `--resume` restores no flags.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestrator.agents.claude_code import proxies
from orchestrator.agents.claude_code.own_command import OwnCommand, merged, read
from orchestrator.agents.launch_file import LaunchSpec, write_private

HOOK_EVENTS = (
    "UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest",
    "PermissionDenied", "Notification", "Stop", "StopFailure", "SubagentStart", "SubagentStop",
    "PreCompact", "PostCompact", "SessionEnd",
)  # fmt: skip
"""The events that Claude Code reports to the hub. A version that does not know one of them opens a dialog
about it at the start."""

MCP_SERVER = "orch"
"""The name of the hub's MCP server; its tools are `mcp__orch__…`."""

_HOOK_SECONDS = 10
_PROMPT_SECONDS = 30
"""A session's first prompt is held until its tools are available."""
_REQUEST_SECONDS = 86_400
"""A permission request waits for a person."""

PARENT = (
    "AI_AGENT", "CLAUDECODE", "CLAUDE_AGENT_SDK_VERSION", "CLAUDE_BG_RENDEZVOUS_SOCK",
    "CLAUDE_BG_SESSION_PERMISSION_RULES", "CLAUDE_BG_SOCKET_TOKENS_PATH", "CLAUDE_BRIDGE_REATTACH_SEQ",
    "CLAUDE_BRIDGE_REATTACH_SESSION", "CLAUDE_CODE_AGENT", "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_EXECPATH", "CLAUDE_CODE_MESSAGING_SOCKET",
    "CLAUDE_CODE_MESSAGING_SOCKET_PATH", "CLAUDE_CODE_MESSAGING_TOKEN", "CLAUDE_CODE_REMOTE",
    "CLAUDE_CODE_REMOTE_SESSION_ID", "CLAUDE_CODE_RESUME_FROM_SESSION",
    "CLAUDE_CODE_SESSION_ACCESS_TOKEN", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_SESSION_KIND",
    "CLAUDE_CODE_SESSION_LOG", "CLAUDE_CODE_SESSION_NAME", "CLAUDE_CODE_SSE_PORT",
    "CLAUDE_CODE_TASK_LIST_ID", "CLAUDE_CODE_TMUX_SESSION", "CLAUDE_EFFORT", "TRACEPARENT",
)  # fmt: skip
"""What Claude Code sets for the processes it starts: a Claude Code that sees them takes itself for a part of
another."""

MARKS = (
    "CLAUDE_CONFIG_DIR", "CLAUDECODE", "CLAUDE_AGENT_*", "CLAUDE_BG_*", "CLAUDE_BRIDGE_*", "CLAUDE_EFFORT",
    "CLAUDE_CODE_SESSION*", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_EXECPATH", "CLAUDE_CODE_MESSAGING_*",
    "CLAUDE_CODE_REMOTE*", "CLAUDE_CODE_SSE_PORT", "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_AGENT",
    "CLAUDE_CODE_RESUME_FROM_SESSION", "CLAUDE_CODE_TASK_LIST_ID", "CLAUDE_CODE_TMUX_SESSION",
)  # fmt: skip
"""The same, those of other versions among them, and the directory, of which the hub watches one."""


Hooks = Mapping[str, list[dict[str, Any]]]
"""Groups of hooks by event."""


def settings(
    spec: LaunchSpec,
    *,
    events: Iterable[str] = HOOK_EVENTS,
    allowed: Iterable[str] = (),
    beside: Hooks | None = None,
) -> dict[str, Any]:
    """The settings with hooks for these events, and those `beside` them; `allowed` are rules for what needs
    no permission."""
    hook = {
        "type": "http",
        "url": spec.hook_url,
        "headers": {"Authorization": "Bearer $ORCH_TOKEN"},
        "allowedEnvVars": ["ORCH_TOKEN"],
    }
    allow = [*allowed, *([f"mcp__{MCP_SERVER}"] if spec.mcp_url else [])]
    allow += [f"Read(/{spec.readable}/**)"] if spec.readable else []
    hooks = {event: [{"hooks": [{**hook, "timeout": _patience(event)}]}] for event in events}
    for event, groups in (beside or {}).items():
        hooks.setdefault(event, []).extend(groups)
    return {
        "hooks": hooks,
        **({"permissions": {"allow": allow}} if allow else {}),
    }


def own(spec: LaunchSpec, *, here: bool = True) -> OwnCommand:
    """The user's own command, split. Raises `UnfitCommandError`."""
    return read(spec.command, Path(spec.cwd), here=here)


def flags(
    folder: Path,
    spec: LaunchSpec,
    settings: dict[str, Any],
    own: OwnCommand,
    *,
    seen_as: Path | None = None,
) -> list[str]:
    """Writes `settings.json` and, with an `mcp_url`, `mcp.json` into `folder` (0700), and returns the flags
    that name them (in the folder `seen_as`, if they are to be moved there) and the rest of the spec except
    the prompt. The options of the user's `own` command are merged into them."""
    settings = merged(own.settings, settings)
    if past := proxies.direct({**spec.no_proxy, **proxies.said_in(own.settings)}):
        settings = merged(settings, {"env": past})
    there = seen_as or folder
    ours = there / write_private(folder / "settings.json", json.dumps(settings, indent=1)).name
    argv = ["--resume" if spec.resume else "--session-id", spec.session_id]
    argv += ["--name", spec.slug, "--settings", str(ours)]
    if spec.mcp_url:
        mcp = write_private(folder / "mcp.json", json.dumps(_mcp(spec.mcp_url)))
        argv += ["--mcp-config", str(there / mcp.name)]
    if said := "\n\n".join(filter(None, (own.system_prompt, spec.system_prompt))):
        # as a file: every user of the machine can read argument lists
        prompt = write_private(folder / "system-prompt.md", said.replace("\0", ""))
        argv += ["--append-system-prompt-file", str(there / prompt.name)]
    if model := spec.model or own.model:
        argv += ["--model", model]
    if mode := spec.permission_mode or own.permission_mode:
        argv += ["--permission-mode", mode]
    return argv


def environment(spec: LaunchSpec) -> dict[str, str]:
    """The variables of the session's environment, its token included."""
    return {
        "CLAUDE_CODE_DISABLE_AGENT_VIEW": "1",
        "CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS": "0",
        **spec.env,
        "ORCH_CARD": spec.card,
        "ORCH_TOKEN": spec.token,
    }


def _mcp(url: str) -> dict[str, Any]:
    server = {
        "type": "http",
        "url": url,
        "headers": {"Authorization": "Bearer ${ORCH_TOKEN}"},
        "timeout": _REQUEST_SECONDS * 1000,
        # otherwise the tools are hidden behind a search, and the first turn may start without them
        "alwaysLoad": True,
    }
    return {"mcpServers": {MCP_SERVER: server}}


def _patience(event: str) -> int:
    special = {"PermissionRequest": _REQUEST_SECONDS, "UserPromptSubmit": _PROMPT_SECONDS}
    return special.get(event, _HOOK_SECONDS)
