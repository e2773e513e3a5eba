"""Which process a pid means: pids are reused, and all of them after a reboot."""

import subprocess
from pathlib import Path

_PROC = Path("/proc/self/stat").exists()
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def identity(pid: int) -> str:
    """A unique id of the process with this pid; empty if none is running.

    A zombie counts as ended.
    """
    return _from_proc(pid) if _PROC else from_ps(pid)


def _from_proc(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # field 3 is the state, field 22 the start in ticks since the boot; field 2, the program's name, may
    # contain spaces and brackets
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return ""
    boot = _BOOT.read_text().strip() if _BOOT.exists() else "boot"
    return f"{boot}:{fields[19]}"


def from_ps(pid: int) -> str:
    """The same without /proc, as on macOS."""
    done = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, started = done.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else " ".join(started.split())
