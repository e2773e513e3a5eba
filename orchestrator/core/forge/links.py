"""A card's issue and change request, and what of the card waits to be sent to the forge."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.forge.acts import Act, words
from orchestrator.core.forge.changes import FoundChange
from orchestrator.core.forge.compare import Conflict, Synced, waiting
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.fields import Fields
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.literals import ClaimState, OutgoingState


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An act on its way to the forge. `state` is `queued`; `sent`, which it may have been, until there is a
    receipt; `unclear` or `refused`, which wait for a person."""

    id: str
    act: Act
    since: float
    item: ItemRef | None = None
    """The item that it changes; `None` if it makes one."""
    state: OutgoingState = "queued"
    before: Fields | None = None
    """The item as it was when the act was sent."""
    sent_at: float = 0.0
    why: str = ""
    """Why it could not be sent so far, or why it was refused."""


@dataclass(frozen=True, slots=True)
class Link:
    """An issue or change request that belongs to the card."""

    ref: ItemRef
    title: str
    url: str
    synced: Synced
    as_of: float
    """When the forge was asked last."""
    conflicts: tuple[Conflict, ...] = ()
    gone: str = ""
    """What became of it where it is not there any more, as text: deleted, transferred, made a discussion."""
    claim: ClaimState = ""


@dataclass(frozen=True, slots=True)
class CardForge:
    """Everything that a card has on the forge."""

    issue: Link | None = None
    change: Link | None = None
    request: FoundChange = NOT_FETCHED
    """The change request of the card's branch as last fetched."""
    outbox: tuple[Outgoing, ...] = ()
    """In the order in which they are sent."""
    next_act: int = 1
    claim_refused: str = ""
    """Why the card did not get its last issue: another board has it."""

    def link(self, ref: ItemRef) -> Link | None:
        """The link to this item."""
        return next((each for each in (self.issue, self.change) if each and each.ref.same(ref)), None)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is next for a card: to find out about an act in doubt (`doubt`), to claim its issue (`claim`), to
    send a queued act (`send`), or to look at an item and change what is wanted (`sync`)."""

    kind: Literal["doubt", "claim", "send", "sync"]
    act: Outgoing | None = None
    item: ItemRef | None = None


def owed(forge: CardForge) -> Owed | None:
    """What is next, if there is anything. An act in doubt comes before everything else, and what waits for a
    person delays nothing."""
    for each in forge.outbox:
        if each.state == "sent":
            return Owed("doubt", each, each.item)
    if forge.issue and forge.issue.claim == "wanted" and not forge.issue.gone:
        return Owed("claim", item=forge.issue.ref)
    for each in forge.outbox:
        if each.state == "queued":
            return Owed("send", each, each.item)
    for link in (forge.issue, forge.change):
        if link and not link.gone and waiting(link.synced):
            return Owed("sync", item=link.ref)
    return None


def unsent(forge: CardForge) -> tuple[str, ...]:
    """The changes that wait to be sent, in their order, as texts."""
    queued = [words(each.act) for each in forge.outbox if each.state in ("queued", "sent")]
    in_doubt = [each.act for each in forge.outbox if each.state == "sent"]
    synced = [
        words(act)
        for link in (forge.issue, forge.change)
        if link and not link.gone
        for act in waiting(link.synced)
        if act not in in_doubt
    ]
    return (*queued, *synced)
