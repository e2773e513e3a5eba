"""The hub's API as Python calls: the one way in which the TUI and every verb reach it.

A `Client` holds no state and may be used from several threads; each call is one HTTP request on the
hub's Unix socket. Calls raise `Refused`, `Missing`, `Failed` or `HubAway`, and nothing else.
"""

from orchestrator.client.calls import Client
from orchestrator.client.errors import Failed, HubAway, Missing, OrchError, OtherVersion, Refused, Untrusted
from orchestrator.client.start import connect, start_hub
from orchestrator.core.updates import (
    Board,
    CardChanged,
    CardGone,
    HubChanged,
    MailChanged,
    NeedsChanged,
    RunChanged,
    RunGone,
    Update,
)

__all__ = [
    "Board", "CardChanged", "CardGone", "Client", "Failed", "HubAway", "HubChanged", "MailChanged",
    "Missing", "NeedsChanged", "OrchError", "OtherVersion", "Refused", "RunChanged", "RunGone", "Untrusted",
    "Update", "connect", "start_hub",
]  # fmt: skip
