"""What repositories bring along that would run. A `path` is one in a repository, or that of a workflow's or a
team's file."""

from dataclasses import dataclass

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.trust.repositories import TrustView


@dataclass(frozen=True, slots=True)
class ShowTrust(Read[tuple[TrustView, ...]]):
    """What there would run, and whether it is allowed."""

    verb = "trust.show"
    path: str


@dataclass(frozen=True, slots=True)
class ListTrust(Read[tuple[TrustView, ...]]):
    """What is allowed, of every repository."""

    verb = "trust.list"


@dataclass(frozen=True, slots=True)
class Trust(Act[tuple[TrustView, ...]]):
    """Allows exactly what has these digests. Refused where something else stands there by now."""

    verb = "trust.allow"
    decides = True
    path: str
    seen: tuple[str, ...] = ()
    """The digests of what was looked at."""


@dataclass(frozen=True, slots=True)
class Distrust(Act[tuple[TrustView, ...]]):
    """Takes back what was allowed there; answered by what that was."""

    verb = "trust.revoke"
    path: str
