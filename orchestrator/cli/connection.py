"""The way from a verb to its hub."""

import contextlib
import os

from orchestrator.cli.machine.programs import require
from orchestrator.client import Client, HubAway, Refused, connect, start_hub
from orchestrator.core.requests.hub import WhoAmI
from orchestrator.paths import Home


def hub() -> Client:
    """A client of the hub, which is started where none runs.

    What a hub needs is looked at first, so that a missing program or a wrong setting is said here.
    """
    try:
        return running_hub()
    except HubAway:
        require("tmux", "git")
        from orchestrator.cli.settings import load_config  # costs a fifth of a second

        load_config()
        home = Home.from_environment()
        start_hub(home)
        return Client(home)


def running_hub() -> Client:
    """A client of the hub that runs. Raises `HubAway`."""
    return connect(Home.from_environment(), start=False)


def persons_only(verb: str) -> None:
    """Raises `Refused` in a session, for what a verb does without the hub. A session whose environment was
    taken away is told by the hub, where one runs."""
    origin = "a session" if os.environ.get("ORCH_CARD") or os.environ.get("ORCH_TOKEN") else ""
    with contextlib.suppress(HubAway):
        origin = origin or running_hub().submit(WhoAmI()).origin
    if origin:
        hint = "Request it with the tool mail_send, to human, kind question."
        raise Refused(f"{verb} is for people only", f"this comes from {origin}", hint)
