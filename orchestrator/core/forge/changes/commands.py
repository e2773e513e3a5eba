"""Commands about a card's change request, with what was found of branch, remote and forge."""

from dataclasses import dataclass

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.outbox.acts import Push
from orchestrator.core.landing.survey import Refusal


@dataclass(frozen=True, slots=True)
class PublishCard:
    """Pushes the card's branch, and opens or updates its change request."""

    card: str
    push: Push | None
    refused: Refusal | None = None
    """What refuses it; there is no `push` then."""


@dataclass(frozen=True, slots=True)
class MergeChange:
    """Merges the card's change request. `methods` are those that the repository allows; `queue` is whether it
    merges by its queue alone."""

    card: str
    found: ChangeRequest
    method: str
    """Empty for the only one that is allowed."""
    methods: tuple[str, ...]
    queue: bool = False
    tip: str = ""
    """The commit of the card's branch; empty if it is gone."""
    force: bool = False
    """Merges it whatever else than the forge itself stands against that."""


@dataclass(frozen=True, slots=True)
class LinkChange:
    card: str
    found: ChangeRequest


@dataclass(frozen=True, slots=True)
class UnlinkChange:
    card: str


ChangeCommand = PublishCard | MergeChange | LinkChange | UnlinkChange
