"""Getting a hub that answers, started if need be."""

import json
import subprocess
import sys
import time

from orchestrator.client.client import Client
from orchestrator.core.errors import Failed, HubAway
from orchestrator.core.requests.hub import ShowHub
from orchestrator.paths import Home

_BOOT_WITHIN = 60.0
"""Seconds for opening the hub's window; the user's tmux.conf runs in them."""
_START_WITHIN = 60.0
"""Seconds from the open window to the first answer, on a machine with much else to do."""
_OPENS_AGAIN_AFTER = 3.0
"""Seconds after which the window is looked at again: one whose hub was just ending is gone by then. Each look
costs about as much as the hub's own start, so the time between two of them doubles."""


def connect(home: Home, *, start: bool = True) -> Client:
    """A client of a hub that answers. Starts one where none does, unless told not to.

    Raises `HubAway`, or `Failed` in the words of a hub that could not be started.
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
    """Starts the hub in its tmux window and returns when it answers; one that runs is left alone.

    Raises `Failed` with the reason, which is the hub's own where it has one.
    """
    client = Client(home)
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
            if home.last_words.exists():
                raise Failed("cannot start the hub", home.last_words.read_text().strip()) from None
            if time.monotonic() > deadline:
                why = client.away().why
                raise Failed("the hub did not start in time", why, "See: orch hub logs") from None
            time.sleep(0.03)
        else:
            return


def _open_window() -> None:
    """Opens the hub's window unless it is open. Raises `Failed`."""
    try:
        done = subprocess.run(
            # -P: never a folder of that name which happens to lie here
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
