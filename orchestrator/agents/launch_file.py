"""The file that a session's window runs: it sets the environment and becomes the agent."""

import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.agents import sole

_ENDS_WITHIN = 10
"""Seconds that an agent which is just ending in the same worktree has before a start is refused."""
# What the tmux server was started with may hold settings of orch's, and with them passwords. The shell's own
# list of what is exported: the user's PATH may have nothing else in it.
_NO_SETTINGS = (
    "set -f; for name in $(export -p); do name=${name%%=*}; case $name in "
    "ORCH_HOME|ORCH_CONFIG|ORCH_TMUX_SOCKET|ORCH_THEME|ORCH_TEST_*|ORCH_DEMO_*) ;; "
    'ORCH_*[!A-Za-z0-9_]*) ;; ORCH_*) unset "$name" ;; esac; done; set +f'
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class LaunchSpec:
    """What one start of an agent needs to be told."""

    card: str
    run: int
    token: str
    slug: str
    session_id: str
    resume: bool
    """Bring the conversation `session_id` back instead of beginning it."""
    prompt: str
    """The first prompt; empty for none."""
    model: str
    permission_mode: str
    command: tuple[str, ...]
    """The agent's program and the user's own arguments to it."""
    env: Mapping[str, str]
    """Variables to set beside those that the agent needs."""
    hook_url: str
    cwd: str
    statusline_report: Path
    """Where the agent's latest status line report is to be left."""
    user_status_line: str = ""
    """The shell command of the user's own status line; empty for none. The agent looks for it."""
    mcp_url: str = ""
    """Where the hub's MCP server listens; empty for none."""
    system_prompt: str = ""
    """What is said to the agent beside its own system prompt; empty for nothing."""
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
    """Variables that it is to be without."""
    umask: int | None = None
    """The mask of its files' modes; `None` for that of the tmux server."""
    lock: Path | None = None
    """What only one agent can hold at a time: that of the worktree; none where it is on another machine."""


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

    What it reads comes from the file `stdin`, where one is given. It holds the named pipe `holds` open for
    writing, as its file 9, for as long as it lives. With a `lock` it runs once, and not while
    another one holds that: else it ends with words and exit code 75.

    Run it as two arguments, `/bin/sh` and this path: from a single one tmux makes a shell that stays
    between the pane and the agent. Raises `ValueError` for a name that no environment variable can have.
    """
    for name in env:
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"{name!r} can't be the name of an environment variable")
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
        # tmux starts in $HOME, without a word, when the folder is missing
        f"cd -- {there} || exit 1",
        # to open a pipe for writing alone waits for a reader, so there is one for that moment
        *((f"exec 8<>{pipe} 9>{pipe} 8>&-",) if holds else ()),
        f"exec {shlex.join(words)}{f' < {shlex.quote(str(stdin))}' if stdin else ''}",
    ]
    return write_private(folder / "launch.sh", "\n".join(lines) + "\n", 0o700)


_DIRECT = (
    'NO_PROXY="${NO_PROXY:-${no_proxy:-}}"',
    'export NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost"',
    'export no_proxy="${no_proxy:+$no_proxy,}$NO_PROXY"',
)
"""The hub is on this machine, and no proxy's affair."""


def _alone(lock: Path, receipt: Path) -> tuple[str, ...]:
    """What stands before the agent's command so that it runs once and alone."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    receipt.unlink(missing_ok=True)
    return (sys.executable, "-I", "-S", sole.__file__, str(lock), str(receipt), str(_ENDS_WITHIN))


def write_private(path: Path, text: str, mode: int = 0o600) -> Path:
    """Puts the file in place whole or not at all, in a folder that only its owner can enter."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode)
    new.chmod(mode)
    new.write_text(text, encoding="utf-8", errors="replace")
    return new.replace(path)
