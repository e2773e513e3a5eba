"""Ending a program that ran out of time, with what it started."""

import os
import signal
import subprocess
import time
from contextlib import suppress


def end_group(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """Ends the process group of a process started with `start_new_session` that has not been waited for.

    The group is asked to end, has `grace` seconds to tidy up, and is then killed. No other group is touched.
    """
    _signal(process.pid, signal.SIGTERM)
    time.sleep(grace)  # not waited for meanwhile, so the group's number can't become another's
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(group, number)
