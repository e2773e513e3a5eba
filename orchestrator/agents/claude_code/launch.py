"""Starts Claude Code in a terminal, with our hooks and status line.

Probed on 2.1.197: the user's own status line is replaced by ours, and so is run by it; `--` keeps a
prompt that begins with `-` from being an option, and options that take lists from eating it.
"""

import json
import shlex
from pathlib import Path

from orchestrator.agents.claude_code import bell
from orchestrator.agents.claude_code.settings import HOOK_EVENTS, PARENT, environment, flags, settings
from orchestrator.agents.launch_file import LaunchSpec, write_launch_file, write_private

__all__ = ["HOOK_EVENTS", "LaunchSpec", "prepare", "user_status_line"]

# One argument may have 128 KiB on Linux.
_PROMPT_BYTES = 100_000


def prepare(folder: Path, spec: LaunchSpec) -> Path:
    """Writes `settings.json`, `statusline.sh` and `launch.sh` into `folder` (0700) and returns the last;
    with an `mcp_url` also `mcp.json` and the bell that rings for mail.

    A prompt too long for an argument goes into `prompt.md`, and the first prompt says to read it.
    """
    said = spec.prompt.replace("\0", "")
    allowed: list[str] = []
    if len(said.encode(errors="replace")) > _PROMPT_BYTES:
        file = write_private(folder / "prompt.md", said)
        allowed.append(f"Read(/{file})")
        said = f"Your task is written in {file}. Read the whole of that file first, then do what it says."
    status_line = write_private(folder / "statusline.sh", _status_line_script(spec), 0o700)
    pipe = bell.hang_up(folder) if spec.mcp_url else None
    ours = settings(spec, allowed=allowed, beside=bell.hooks(folder) if pipe else None)
    ours["statusLine"] = {"type": "command", "command": shlex.quote(str(status_line))}
    argv = [*spec.command, *flags(folder, spec, ours), *(("--", said) if said.strip() else ())]
    env = environment(spec)
    return write_launch_file(folder, spec.cwd, argv, env, unset=PARENT, holds=pipe, lock=spec.lock)


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
