"""The connection from a verb to its hub."""

import contextlib
import os

from orchestrator.cli.machine.programs import require
from orchestrator.client import Client, HubAway, Refused, connect, start_hub
from orchestrator.core.requests.hub import WhoAmI
from orchestrator.paths import Home


def hub() -> Client:
    """A client of the hub, which is started if none is running.

    Checks the hub's requirements first, so that a missing program or a wrong setting is reported here.
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
    """A client of the running hub. Raises `HubAway`."""
    return connect(Home.from_environment(), start=False)


def persons_only(verb: str) -> None:
    """Raises `Refused` in a session, for verbs that do not use the hub. A session without its environment is
    recognised by the hub, if one is running."""
    origin = "a session" if os.environ.get("ORCH_CARD") or os.environ.get("ORCH_TOKEN") else ""
    with contextlib.suppress(HubAway):
        origin = origin or running_hub().submit(WhoAmI()).origin
    if origin:
        hint = "Request it with the tool mail_send, to human, kind question."
        raise Refused(f"{verb} is for people only", f"this comes from {origin}", hint)
