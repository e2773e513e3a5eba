"""Attaching to a session's own terminal, and returning."""

import os
import subprocess
from collections.abc import Callable

from textual.app import SuspendNotSupported

from orchestrator.core.board.views import Attachment
from orchestrator.core.requests.cards import SeenLast
from widgets.hub_app import HubApp
from widgets.kit.format import count
from widgets.screens.pass_terminal import pass_terminal

_SWITCH_WITHIN = 10.0
"""Seconds that tmux has for switching a client."""


def go(app: HubApp, attachment: Attachment, seen: Callable[[str], object]) -> None:
    """Attaches this terminal to the session until it returns, then calls `seen` with the id of the card that
    was viewed last; if the terminal is already inside the same tmux server, only switches its client, and
    calls `seen` when the board has the focus again."""
    if attachment.inside:
        app.when_focused = lambda: _look_up(app, attachment, seen)
        app.run_worker(lambda: _switch(app, attachment), thread=True, exit_on_error=False)
        return
    environment = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")}
    try:
        done = pass_terminal(app, attachment.argv, env=environment, keep_errors=True)
    except SuspendNotSupported:
        app.tell("This terminal cannot be passed to another program.", severity="error")
    except OSError as error:
        app.tell(str(error), title="cannot run tmux", severity="error")
    else:
        _tell(app, done.returncode, done.stderr)
        _drop_keys(app)
        _look_up(app, attachment, seen)


def _drop_keys(app: HubApp) -> None:
    """Keys typed after the one that attached were meant for the session."""
    if keys := app.forget_keys():
        app.tell(f"{count(keys, 'key')} ignored before the session's terminal was ready.")


def _look_up(app: HubApp, attachment: Attachment, seen: Callable[[str], object]) -> None:
    if attachment.view:
        app.command(lambda client: client.submit(SeenLast(attachment.view)), seen, lambda _error: None)


def _switch(app: HubApp, attachment: Attachment) -> None:
    try:
        done = subprocess.run(
            attachment.argv, capture_output=True, text=True, check=False, timeout=_SWITCH_WITHIN
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        app.call_later(_tell, app, 1, str(error))
    else:
        app.call_later(_tell, app, done.returncode, done.stderr)


def _tell(app: HubApp, code: int, said: str) -> None:
    if code:
        app.tell(said.strip() or f"exit code {code}.", title="tmux cannot attach", severity="error")
