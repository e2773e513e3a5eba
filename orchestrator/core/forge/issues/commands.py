"""Commands about a card's issue, with what was fetched of it."""

from dataclasses import dataclass

from orchestrator.core.forge.events import ItemUnlinked
from orchestrator.core.forge.outbox.fields import Fields
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.literals import ClaimState


@dataclass(frozen=True, slots=True)
class FetchedIssue:
    """An issue as it was fetched, for a card. `claim` is `wanted` if it is to be claimed on the forge, so
    that no other board takes it."""

    ref: ItemRef
    title: str
    url: str
    seen: Fields
    claim: ClaimState = "wanted"
    rule: str = ""
    """The rule that imports it, as text; empty if a person asks for it."""


@dataclass(frozen=True, slots=True)
class LinkIssue:
    card: str
    issue: FetchedIssue


@dataclass(frozen=True, slots=True)
class UnlinkIssue:
    """`release` is what the forge is to be told; `None` to leave everything there as it is."""

    card: str
    release: ItemUnlinked | None = None


@dataclass(frozen=True, slots=True)
class QueueIssue:
    """Creates an issue from the card's title and prompt."""

    card: str
    labels: tuple[str, ...] = ()
    claim: ClaimState = "wanted"


ForgeCommand = LinkIssue | UnlinkIssue | QueueIssue
