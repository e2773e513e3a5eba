"""Connects to the hub, starting it if necessary."""

import json
import subprocess
import sys
import time

from orchestrator.client.client import Client
from orchestrator.core.errors import Failed, HubAway
from orchestrator.core.requests.hub import ShowHub
from orchestrator.paths import Home

_BOOT_WITHIN = 60.0
"""Seconds for opening the hub's window, which includes the user's tmux.conf."""
_START_WITHIN = 60.0
"""Seconds from the open window to the first answer, on a busy machine."""
_OPENS_AGAIN_AFTER = 3.0
"""Seconds after which the window is checked again: one whose hub was just ending is gone by then. Each check
costs about as much as the hub's own start, so the interval doubles."""


def connect(home: Home, *, start: bool = True) -> Client:
    """A client of a responding hub. Starts one if there is none, unless told not to.

    Raises `HubAway`, or `Failed` with the error of a hub that could not be started.
    """
    client = Client(home)
    try:
        client.submit(ShowHub())
    except HubAway:
        if not start:
            raise
        start_hub(home)
    return client


def start_hub(home: Home) -> None:
    """Starts the hub in its tmux window and returns when it responds; a running hub is left alone.

    Raises `Failed` with the reason, which is the hub's own if it has one.
    """
    client = Client(home)
    home.stopped.unlink(missing_ok=True)
    _open_window()
    pause = _OPENS_AGAIN_AFTER
    deadline, again = time.monotonic() + _START_WITHIN, time.monotonic() + pause
    while True:
        if time.monotonic() >= again:
            _open_window()
            pause *= 2
            again = time.monotonic() + pause
        try:
            client.submit(ShowHub())
        except HubAway:
            if said := _last_words(home):
                raise Failed("cannot start the hub", said) from None
            if time.monotonic() > deadline:
                why = client.away().why
                raise Failed("the hub did not start in time", why, "See: orch hub logs") from None
            time.sleep(0.03)
        else:
            return


def _last_words(home: Home) -> str:
    """Why the hub gave up; empty while it has not, or has just begun to write it."""
    try:
        return home.last_words.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _open_window() -> None:
    """Opens the hub's window unless it is open. Raises `Failed`."""
    try:
        done = subprocess.run(
            # -P: never a folder of that name in the current directory
            [sys.executable, "-P", "-m", "orchestrator.hub.boot"],
            capture_output=True,
            text=True,
            timeout=_BOOT_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed("cannot start the hub", "tmux did not respond in time", "See: orch doctor") from None
    if done.returncode:
        try:
            raise Failed(**json.loads(done.stderr.strip().splitlines()[-1]))
        except (ValueError, IndexError, TypeError):
            raise Failed("cannot start the hub", done.stderr.strip()) from None
