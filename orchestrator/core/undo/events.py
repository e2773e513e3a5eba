"""Acts, and what was done to take one back, as the journal keeps it: see `core.events`."""

from dataclasses import dataclass

from orchestrator.core.model import Worktree


@dataclass(frozen=True, slots=True)
class ActRecorded:
    """Somebody acts on the card; what follows of it comes after this. `act` is the verb, `how` its choice."""

    at: float
    card: str
    act: str
    how: str = ""
    user: str = ""
    origin: str = ""
    """`session c3`, or another process started by orch; empty for a person."""
    by: str = ""
    """`phone:NAME` for a person on a paired phone; else empty."""


@dataclass(frozen=True, slots=True)
class UndoAsked:
    """A person takes back the act that was recorded at the time `act_at`."""

    at: float
    card: str
    act_at: float
    user: str = ""


@dataclass(frozen=True, slots=True)
class WorktreeRestored:
    """Worktree and branch of the card are back, with what was uncommitted."""

    at: float
    card: str
    worktree: Worktree


@dataclass(frozen=True, slots=True)
class BaseMovedBack:
    """The base is at the commit that it had before the card's branch was landed."""

    at: float
    card: str
    commit: str


UndoEvent = ActRecorded | UndoAsked | WorktreeRestored | BaseMovedBack
