"""The file that a session's window runs: it sets the environment and execs the agent."""

import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.agents import sole

_ENDS_WITHIN = 10
"""Seconds that an agent still ending in the same worktree has before a start is refused."""
# The environment of the tmux server may contain settings of orch, and with them passwords. Uses the shell's
# own list of exported variables: the user's PATH may contain nothing else.
_NO_SETTINGS = (
    "set -f; for name in $(export -p); do name=${name%%=*}; case $name in "
    "ORCH_HOME|ORCH_CONFIG|ORCH_TMUX_SOCKET|ORCH_THEME|ORCH_TEST_*|ORCH_DEMO_*) ;; "
    'ORCH_*[!A-Za-z0-9_]*) ;; ORCH_*) unset "$name" ;; esac; done; set +f'
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class LaunchSpec:
    """The parameters of one start of an agent."""

    card: str
    run: int
    token: str
    slug: str
    session_id: str
    resume: bool
    """Resume the conversation `session_id` instead of starting it."""
    prompt: str
    """The first prompt; empty for none."""
    model: str
    permission_mode: str
    command: tuple[str, ...]
    """The agent's program and the user's own arguments."""
    env: Mapping[str, str]
    """Variables to set in addition to those that the agent needs."""
    hook_url: str
    cwd: str
    statusline_report: Path
    """Where to write the agent's latest status line report."""
    user_status_line: str = ""
    """The shell command of the user's own status line; empty for none. The agent looks for it."""
    mcp_url: str = ""
    """The URL of the hub's MCP server; empty for none."""
    system_prompt: str = ""
    """Text in addition to the agent's own system prompt; empty for none."""
    readable: str = ""
    """A folder outside of `cwd` that may be read without asking; empty for none."""
    no_proxy: Mapping[str, str] = field(default_factory=dict)
    """What the user's own settings say of hosts that no proxy is asked for, by variable. The agent looks for
    it."""
    repo: str = ""
    """The main worktree of the repository; empty where that isn't known."""
    permission_tool: str = ""
    """The tool of the hub's that a session without a terminal asks for permissions; empty for none."""
    unset: tuple[str, ...] = ()
    """Variables to unset."""
    umask: int | None = None
    """The umask; `None` for that of the tmux server."""
    lock: Path | None = None
    """A lock that only one agent can hold at a time: that of the worktree; none on another machine."""


def write_launch_file(
    folder: Path,
    cwd: str,
    argv: Iterable[str],
    env: Mapping[str, str],
    unset: Iterable[str] = (),
    *,
    stdin: Path | None = None,
    holds: Path | None = None,
    lock: Path | None = None,
    umask: int | None = None,
) -> Path:
    """Writes `launch.sh` (0700) into `folder` (0700): go to `cwd`, change the environment, exec `argv`.

    Its input comes from the file `stdin`, if given. It holds the named pipe `holds` open for writing, as file
    descriptor 9, as long as it lives. With a `lock` it runs once, and not while another process holds the
    lock: otherwise it ends with an error and exit code 75.

    Run it as two arguments, `/bin/sh` and this path: from a single one tmux makes a shell that stays between
    the pane and the agent. Raises `ValueError` for an invalid name of an environment variable.
    """
    for name in env:
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"{name!r} is not a valid name of an environment variable")
    there = shlex.quote(cwd)
    pipe = shlex.quote(str(holds))
    words = [*(_alone(lock, folder / "started") if lock else ()), *argv]
    lines = [
        "#!/bin/sh",
        _NO_SETTINGS,
        *(f"unset {name}" for name in unset),
        *(f"export {name}={shlex.quote(value)}" for name, value in env.items()),
        *_DIRECT,
        *((f"umask {umask:04o}",) if umask is not None else ()),
        # tmux silently starts in $HOME if the folder is missing
        f"cd -- {there} || exit 1",
        # opening a pipe write-only waits for a reader, so open one for that moment
        *((f"exec 8<>{pipe} 9>{pipe} 8>&-",) if holds else ()),
        f"exec {shlex.join(words)}{f' < {shlex.quote(str(stdin))}' if stdin else ''}",
    ]
    return write_private(folder / "launch.sh", "\n".join(lines) + "\n", 0o700)


_DIRECT = (
    'NO_PROXY="${NO_PROXY:-${no_proxy:-}}"',
    'export NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost"',
    'export no_proxy="${no_proxy:+$no_proxy,}$NO_PROXY"',
)
"""The hub is on this machine: bypass proxies."""


def _alone(lock: Path, receipt: Path) -> tuple[str, ...]:
    """The prefix of the agent's command that makes it run once and alone."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    receipt.unlink(missing_ok=True)
    return (sys.executable, "-I", "-S", sole.__file__, str(lock), str(receipt), str(_ENDS_WITHIN))


def write_private(path: Path, text: str, mode: int = 0o600) -> Path:
    """Writes the file atomically, in a folder that only its owner can enter."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode)
    new.chmod(mode)
    new.write_text(text, encoding="utf-8", errors="replace")
    return new.replace(path)
