"""Notifies an absent person: runs a command of the user's, with JSON on its standard input."""

import json
import logging
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_log = logging.getLogger(__name__)


def notify(command: Sequence[str], news: Mapping[str, object], timeout: float) -> bool:
    """Runs the command with `news` as a line of JSON, and returns whether it succeeded. Blocks for at most
    `timeout` seconds. Errors are logged."""
    try:
        done = subprocess.run(
            list(command),
            input=json.dumps(dict(news)) + "\n",
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=timeout,
            check=False,
            cwd=Path.home(),
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("notify.command failed: %s", error)
        return False
    if done.returncode:
        _log.warning("notify.command exited with %d: %s", done.returncode, done.stderr[-500:])
    return done.returncode == 0
