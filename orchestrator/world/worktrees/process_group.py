"""Ends a program that timed out, with its children."""

import os
import signal
import subprocess
import time
from contextlib import suppress


def end_group(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """Ends the process group of a process started with `start_new_session` that has not been waited for.

    The group gets SIGTERM, has `grace` seconds to clean up, and is then killed. No other group is affected.
    """
    _signal(process.pid, signal.SIGTERM)
    time.sleep(grace)  # not waited for meanwhile, so the group's number cannot be reused
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS reports the latter for a group of zombies
        os.killpg(group, number)
