"""Telling a human who is away: a command of the user's own, with the news on its standard input."""

import json
import logging
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_log = logging.getLogger(__name__)


def notify(command: Sequence[str], news: Mapping[str, object], timeout: float) -> bool:
    """Runs the command with `news` as a line of JSON, and says whether it ended well. Blocks for `timeout`
    seconds at most. What goes wrong is logged: nobody is there to be told."""
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
        _log.warning("the command of notify.command did not work: %s", error)
        return False
    if done.returncode:
        _log.warning("the command of notify.command ended with %d: %s", done.returncode, done.stderr[-500:])
    return done.returncode == 0
