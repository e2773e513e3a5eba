"""Runs the user's own notification command, with JSON on its standard input."""

import json
import logging
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.core.notifications.views import SENT, Outcome
from orchestrator.core.text.clean import last_line
from orchestrator.core.trust.secrets import masked

_log = logging.getLogger(__name__)


def run(command: Sequence[str], told: Mapping[str, object], timeout: float) -> Outcome:
    """Runs the command with `told` as a line of JSON. Blocks for at most `timeout` seconds. A command that
    failed is not run again: it may have told something. Errors are logged."""
    try:
        done = subprocess.run(
            list(command),
            input=json.dumps(dict(told)) + "\n",
            text=True,
            errors="replace",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=timeout,
            check=False,
            cwd=Path.home(),
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return _failed(f"took longer than {timeout:g} s")
    except OSError as error:
        return _failed(f"cannot be run: {error.strerror or type(error).__name__}")
    if done.returncode:
        said = masked(last_line(done.stderr[-2000:]))
        return _failed(f"exited with {done.returncode}" + (f": {said}" if said else ""))
    return SENT


def _failed(why: str) -> Outcome:
    _log.warning("notify.command %s", why)
    return Outcome("failed", why)
