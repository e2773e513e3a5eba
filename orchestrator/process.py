"""Whether a process runs, or has at least not been reaped."""

import os
from pathlib import Path

_PROC = Path("/proc/self/exe").is_symlink()


def runs(pid: int) -> bool:
    """`False` for one that has ended and waits for its parent to notice, where the system tells that (Linux);
    `True` for another user's."""
    if pid <= 0:
        return False
    try:
        if _PROC:
            # gone as soon as it ends, and quicker than reading its state
            os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115 (asked for each session, seven times a second)
        else:
            os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def exists(pid: int) -> bool:
    """Whether its parent has not noticed its end: an exit code may still come. `False` for another user's."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
