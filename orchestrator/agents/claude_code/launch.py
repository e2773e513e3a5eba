"""Starts Claude Code with our hooks and status line, without touching a file of the user's or the repo's.

Probed on 2.1.197: `--settings` merges hooks and permissions with the user's and replaces scalars, so
the user's own status line is run by ours; flags are not restored by `--resume`; `--` keeps a prompt
that begins with `-` from being an option, and options that take lists from eating it.
"""

import json
import shlex
from pathlib import Path
from typing import Any

from orchestrator.agents.launch_file import LaunchSpec, write_launch_file, write_private

__all__ = ["HOOK_EVENTS", "LaunchSpec", "prepare", "user_status_line"]

HOOK_EVENTS = (
    "UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest",
    "PermissionDenied", "Notification", "Stop", "StopFailure", "SubagentStart", "SubagentStop",
    "PreCompact", "PostCompact", "SessionEnd",
)  # fmt: skip
"""The events of which Claude Code tells the hub."""

_HOOK_SECONDS = 10
_REQUEST_SECONDS = 86_400
"""A request for a permission waits for a human."""

# What a Claude Code sets for the processes it starts: one that sees them takes itself for a part of it.
_PARENT = (
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

# One argument may have 128 KiB on Linux.
_PROMPT_BYTES = 100_000


def prepare(folder: Path, spec: LaunchSpec) -> Path:
    """Writes `settings.json`, `statusline.sh` and `launch.sh` into `folder` (0700) and returns the last.

    A prompt too long for an argument goes into `prompt.md`, and the first prompt says to read it.
    """
    said = spec.prompt.replace("\0", "")
    allowed: list[str] = []
    if len(said.encode(errors="replace")) > _PROMPT_BYTES:
        file = write_private(folder / "prompt.md", said)
        allowed.append(f"Read(/{file})")
        said = f"Your task is written in {file}. Read the whole of that file first, then do what it says."
    status_line = write_private(folder / "statusline.sh", _status_line_script(spec), 0o700)
    settings = write_private(
        folder / "settings.json", json.dumps(_settings(spec.hook_url, status_line, allowed), indent=1)
    )
    argv = [
        *spec.command,
        *(("--resume" if spec.resume else "--session-id"), spec.session_id),
        *("--name", spec.slug),
        *("--settings", str(settings)),
        *(("--model", spec.model) if spec.model else ()),
        *(("--permission-mode", spec.permission_mode) if spec.permission_mode else ()),
        *(("--", said) if said.strip() else ()),
    ]
    env = {
        "CLAUDE_CODE_DISABLE_AGENT_VIEW": "1",
        "CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS": "0",
        **spec.env,
        "ORCH_CARD": spec.card,
        "ORCH_TOKEN": spec.token,
    }
    return write_launch_file(folder, spec.cwd, argv, env, unset=_PARENT)


def user_status_line(config_dir: Path, cwd: str) -> str:
    """The shell command of the status line that Claude Code would show in `cwd`; empty for none."""
    project = Path(cwd) / ".claude"
    for file in (project / "settings.local.json", project / "settings.json", config_dir / "settings.json"):
        try:
            line = json.loads(file.read_bytes())["statusLine"]
            if line["type"] == "command" and isinstance(line["command"], str):
                return line["command"]
        except (OSError, ValueError, LookupError, TypeError):
            continue  # absent, or broken: Claude Code goes by the next one too
    return ""


def _settings(url: str, status_line: Path, allowed: list[str]) -> dict[str, Any]:
    hook = {
        "type": "http",
        "url": url,
        "headers": {"Authorization": "Bearer $ORCH_TOKEN"},
        "allowedEnvVars": ["ORCH_TOKEN"],
    }
    return {
        "hooks": {event: [{"hooks": [{**hook, "timeout": _patience(event)}]}] for event in HOOK_EVENTS},
        "statusLine": {"type": "command", "command": shlex.quote(str(status_line))},
        **({"permissions": {"allow": allowed}} if allowed else {}),
    }


def _patience(event: str) -> int:
    return _REQUEST_SECONDS if event == "PermissionRequest" else _HOOK_SECONDS


def _status_line_script(spec: LaunchSpec) -> str:
    report = shlex.quote(str(spec.statusline_report))
    new = shlex.quote(f"{spec.statusline_report}.new")
    lines = [
        "#!/bin/sh",
        "umask 077",
        "said=",
        'while IFS= read -r line || [ -n "$line" ]; do said="$said$line"; done',
        f"printf '%s\\n' \"$said\" > {new} && mv -f {new} {report}",
    ]
    if spec.user_status_line:
        lines.append(f"printf '%s\\n' \"$said\" | /bin/sh -c {shlex.quote(spec.user_status_line)}")
    return "\n".join(lines) + "\n"
