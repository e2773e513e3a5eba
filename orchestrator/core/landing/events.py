"""What happened to cards that land, as the journal keeps it: see `core.events`."""

from dataclasses import dataclass

from orchestrator.core.model import Landed


@dataclass(frozen=True, slots=True)
class LandingAdmitted:
    """It is the card's turn to land."""

    at: float
    card: str


@dataclass(frozen=True, slots=True)
class LandingMade:
    """What is to become the base is there, and its check has passed. The base has not moved yet."""

    at: float
    card: str
    made: Landed


@dataclass(frozen=True, slots=True)
class LandingOutdated:
    """The base moved before it could become what was made."""

    at: float
    card: str


@dataclass(frozen=True, slots=True)
class LandingCancelled:
    """A person took the card out of the queue."""

    at: float
    card: str


@dataclass(frozen=True, slots=True)
class BranchMerged:
    """The base has the content of the branch."""

    at: float
    card: str
    commit: str


LandingEvent = LandingAdmitted | LandingMade | LandingOutdated | LandingCancelled | BranchMerged
