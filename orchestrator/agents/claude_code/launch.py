"""Starts Claude Code in a terminal, with our hooks and status line.

Probed on 2.1.197 and 2.1.332: ours replaces the user's status line, and therefore runs it. A first prompt is
read from standard input if that is a file, and keys are then read from the terminal; an argument would be
visible to every user of the machine in `ps`.
"""

import shlex
from pathlib import Path

from orchestrator.agents.claude_code import began, wake_hook
from orchestrator.agents.claude_code.own_command import merged
from orchestrator.agents.claude_code.settings import HOOK_EVENTS, PARENT, environment, flags, own, settings
from orchestrator.agents.claude_code.settings_files import holding
from orchestrator.agents.launch_file import LaunchSpec, write_launch_file, write_private

__all__ = ["HOOK_EVENTS", "LaunchSpec", "prepare", "user_status_line"]


def prepare(folder: Path, spec: LaunchSpec) -> Path:
    """Writes `settings.json`, `statusline.sh` and `launch.sh` into `folder` (0700) and returns the last; with
    an `mcp_url` also `mcp.json` and the hook that wakes it for mail, with a prompt also `prompt.md`."""
    own_ = own(spec)
    said = spec.prompt.replace("\0", "")
    prompt = write_private(folder / "prompt.md", said) if said.strip() else None
    status_line = write_private(folder / "statusline.sh", _status_line_script(spec, own_.status_line), 0o700)
    pipe = wake_hook.prepare(folder) if spec.mcp_url else None
    ours = settings(spec, beside=merged(began.hooks(folder), wake_hook.hooks(folder) if pipe else {}))
    ours["statusLine"] = {"type": "command", "command": shlex.quote(str(status_line))}
    argv = [*own_.words, *flags(folder, spec, ours, own_)]
    env = environment(spec)
    return write_launch_file(
        folder, spec.cwd, argv, env, (*PARENT, *spec.unset),
        stdin=prompt, holds=pipe, lock=spec.lock, umask=spec.umask,
    )  # fmt: skip


def user_status_line(config_dir: Path, cwd: str, main: str = "") -> str:
    """The shell command of the status line that Claude Code would show in `cwd`; empty for none. `main` is
    the main worktree of its repository."""
    found = ""
    for _, said in holding(config_dir, Path(cwd), Path(main) if main else None):
        line = said.get("statusLine")
        if isinstance(line, dict) and line.get("type") == "command" and isinstance(line.get("command"), str):
            found = line["command"]
    return found


def _status_line_script(spec: LaunchSpec, own: str) -> str:
    report = shlex.quote(str(spec.statusline_report))
    new = shlex.quote(f"{spec.statusline_report}.new")
    lines = [
        "#!/bin/sh",
        "umask 077",
        "said=",
        'while IFS= read -r line || [ -n "$line" ]; do said="$said$line"; done',
        f"printf '%s\\n' \"$said\" > {new} && mv -f {new} {report}",
    ]
    if theirs := own or spec.user_status_line:
        lines.append(f"printf '%s\\n' \"$said\" | /bin/sh -c {shlex.quote(theirs)}")
    return "\n".join(lines) + "\n"
