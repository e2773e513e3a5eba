"""Whether a process is running, or at least not reaped."""

import os
from pathlib import Path

_PROC = Path("/proc/self/exe").is_symlink()


def runs(pid: int) -> bool:
    """`False` for a zombie, if the system tells (Linux); `True` for another user's."""
    if pid <= 0:
        return False
    try:
        if _PROC:
            # disappears as soon as it ends, and faster than reading its state
            os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115 (asked for each session, seven times a second)
        else:
            os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def exists(pid: int) -> bool:
    """Whether it is a zombie: an exit code may still come. `False` for another user's."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
