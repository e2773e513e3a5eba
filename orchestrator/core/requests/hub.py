"""The hub itself."""

from dataclasses import dataclass

from orchestrator.core.board.counts import Counts
from orchestrator.core.board.views import HubView, Settings
from orchestrator.core.kept import KeptView
from orchestrator.core.requests.request import Act, Read
from orchestrator.core.trust.caller import Speaker


@dataclass(frozen=True, slots=True)
class ShowHub(Read[HubView]):
    verb = "hub"


@dataclass(frozen=True, slots=True)
class ShowStatus(Read[Counts]):
    verb = "status"


@dataclass(frozen=True, slots=True)
class ShowSettings(Read[Settings]):
    verb = "settings"


@dataclass(frozen=True, slots=True)
class WhoAmI(Read[Speaker]):
    """Who the calling process is to the hub: a person, or a session."""

    verb = "speaker"


@dataclass(frozen=True, slots=True)
class ListKept(Read[tuple[KeptView, ...]]):
    """How much the hub stores, and what retention would remove now."""

    verb = "kept"


@dataclass(frozen=True, slots=True)
class StopHub(Act[None]):
    """Ends the hub; sessions keep running."""

    verb = "hub.stop"
