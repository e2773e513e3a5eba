"""Going to a session's own terminal, and coming back."""

import os
import subprocess
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from orchestrator.core.views import Attachment

if TYPE_CHECKING:
    from widgets.app import OrchApp

_SWITCH_WITHIN = 10.0
"""Seconds that tmux has for switching a client."""


def go(app: "OrchApp", attachment: Attachment) -> None:
    """Attaches this terminal to the session until it comes back; where the terminal is inside the same
    tmux server already, only switches its client."""
    if attachment.inside:
        app.run_worker(lambda: _switch(app, attachment), thread=True, exit_on_error=False)
        return
    environment = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")}
    try:
        with app.suspend():
            done = subprocess.run(
                attachment.argv, env=environment, stderr=subprocess.PIPE, text=True, check=False
            )
    except SuspendNotSupported:
        app.tell("This terminal can't be handed over to another program.", severity="error")
    except OSError as error:
        app.tell(str(error), title="tmux could not be run", severity="error")
    else:
        _tell(app, done.returncode, done.stderr)


def _switch(app: "OrchApp", attachment: Attachment) -> None:
    try:
        done = subprocess.run(
            attachment.argv, capture_output=True, text=True, check=False, timeout=_SWITCH_WITHIN
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        app.call_later(_tell, app, 1, str(error))
    else:
        app.call_later(_tell, app, done.returncode, done.stderr)


def _tell(app: "OrchApp", code: int, said: str) -> None:
    if code:
        app.tell(said.strip() or f"It ended with {code}.", title="tmux could not go there", severity="error")
