"""Gates. One is named by its id (`g7`), by `r3.review-gate`, or by its stage if only one such gate is
open."""

from dataclasses import dataclass

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.workflow.views import GateView


@dataclass(frozen=True, slots=True)
class ListGates(Read[tuple[GateView, ...]]):
    """All gates in the state: open ones first, oldest first."""

    verb = "gate.list"


@dataclass(frozen=True, slots=True)
class ShowGate(Read[GateView]):
    """One gate with its present evidence."""

    verb = "gate.show"
    gate: str


@dataclass(frozen=True, slots=True)
class Decision(Act[GateView]):
    """One person's approval, committed before the answer. Refused if the evidence has changed since it was
    seen, or the gate is decided. `who` is the claimed name."""

    decides = True
    gate: str
    who: str
    note: str = ""
    seen: int | None = None
    """The version of the `GateView` that was seen; `None` for none."""
    signature: str = ""
    """A signature of `core.workflow.voters.ballot`."""


@dataclass(frozen=True, slots=True)
class Approve(Decision):
    verb = "gate.approve"


@dataclass(frozen=True, slots=True)
class Deny(Decision):
    """`note` is the reason, which the stage that is done again is told. With `comments` it is told those
    that are drafts on the diffs of the gate, too."""

    verb = "gate.deny"
    comments: bool = False
