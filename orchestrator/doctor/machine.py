"""The machine and the terminal: memory, log-out behaviour, locale."""

import getpass
import os
import shutil
from collections.abc import Iterator

import psutil

from orchestrator.agents.finding import Finding
from orchestrator.doctor.versions import said_by


def memory(max_sessions: int, session_memory_mb: int, running: int) -> Iterator[Finding]:
    """Whether there is memory for the sessions that may be started."""
    free = psutil.virtual_memory().available // 1024**2
    more = max(0, max_sessions - running)
    wanted = more * session_memory_mb
    what = f"{free} MB free; {more} more sessions may need {wanted} MB"
    if free >= wanted:
        yield Finding("memory", "ok", what)
    else:
        room = running + free // session_memory_mb
        yield Finding("memory", "warn", what, f"Set max_sessions to {max(1, room)}, or close other programs.")


def log_out() -> Iterator[Finding]:
    """systemd may end all of a user's processes, including our tmux server, when the last SSH session
    closes."""
    if shutil.which("loginctl") is None:
        return
    kills = said_by(["loginctl", "show-session", "--property=KillUserProcesses"])
    if kills is None:
        return
    if "yes" not in kills:
        yield Finding("log-out", "ok", "processes survive log-out")
        return
    lingers = said_by(["loginctl", "show-user", getpass.getuser(), "--property=Linger"]) or ""
    begin = "start the hub with: systemd-run --user --scope orch hub start"
    if "yes" in lingers:
        what = "systemd ends processes of a login session when it closes (KillUserProcesses=yes)"
        yield Finding("log-out", "warn", what, f"To be safe, {begin}")
    else:
        what = "systemd ends all your processes at log-out (KillUserProcesses=yes, no linger)"
        yield Finding("log-out", "warn", what, f"Run: loginctl enable-linger; then {begin}")


def terminal() -> Iterator[Finding]:
    """Checks `TERM` and the locale; unsuitable ones are warnings, never failures."""
    term = os.environ.get("TERM", "")
    if term in {"", "dumb"}:
        fix = "Set TERM to the type of your terminal, such as xterm-256color."
        yield Finding("terminal", "warn", f"TERM is {term or 'not set'}", fix)
    else:
        yield Finding("terminal", "ok", f"TERM is {term}")
    variable = next((each for each in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(each)), "")
    value = os.environ.get(variable, "")
    if value.lower().replace("-", "").endswith("utf8"):
        yield Finding("letters", "ok", f"{variable} is {value}")
    else:
        what = f"{variable} is {value}, which is not UTF-8" if value else "no locale is set"
        yield Finding("letters", "warn", what, "Set LANG to a UTF-8 locale, such as C.UTF-8.")
