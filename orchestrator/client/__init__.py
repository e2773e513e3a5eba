"""The connection to the hub: the TUI and every verb submit requests of `core.requests`, and get views as
answers.

A `Client` holds no state and may be used from several threads; each request is one HTTP request on the hub's
Unix socket. It raises `Refused`, `Missing`, `Failed` or `HubAway`, and nothing else.
"""

from orchestrator.client.client import Client
from orchestrator.client.start import connect, start_hub
from orchestrator.core.board.updates import (
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
from orchestrator.core.errors import Failed, HubAway, Missing, OrchError, OtherVersion, Refused, Untrusted

__all__ = [
    "Board", "CardChanged", "CardGone", "Client", "Failed", "HubAway", "HubChanged", "MailChanged",
    "Missing", "NeedsChanged", "OrchError", "OtherVersion", "Refused", "RunChanged", "RunGone", "Untrusted",
    "Update", "connect", "start_hub",
]  # fmt: skip
