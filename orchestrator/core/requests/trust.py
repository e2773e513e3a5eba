"""Trust: what repositories configure that would run. A `path` is one in a repository, or that of a workflow's
or a team's file."""

from dataclasses import dataclass

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.trust.repositories import TrustView


@dataclass(frozen=True, slots=True)
class ShowTrust(Read[tuple[TrustView, ...]]):
    """What would run there, and whether it is trusted."""

    verb = "trust.show"
    path: str


@dataclass(frozen=True, slots=True)
class ListTrust(Read[tuple[TrustView, ...]]):
    """What is trusted, in all repositories."""

    verb = "trust.list"


@dataclass(frozen=True, slots=True)
class Trust(Act[tuple[TrustView, ...]]):
    """Trusts exactly what has these digests. Refused if the content has changed."""

    verb = "trust.allow"
    decides = True
    path: str
    seen: tuple[str, ...] = ()
    """The digests of what was seen."""


@dataclass(frozen=True, slots=True)
class Distrust(Act[tuple[TrustView, ...]]):
    """Revokes trust there; answered by what was revoked."""

    verb = "trust.revoke"
    path: str
