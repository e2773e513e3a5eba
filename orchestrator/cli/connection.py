"""The way from a verb to its hub."""

from orchestrator.cli.programs import require
from orchestrator.client import Client, HubAway, connect, start_hub
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
