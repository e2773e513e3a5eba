"""A card's issue and change request, and what of the card waits to be sent to the forge."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from orchestrator.core.forge.autofix.state import Autofix
from orchestrator.core.forge.changes.change import FoundChange
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.issues.progress import Progress
from orchestrator.core.forge.outbox.acts import Act, FieldAct, words
from orchestrator.core.forge.outbox.compare import Conflict, Synced, waiting
from orchestrator.core.forge.outbox.fields import Fields
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
    progress: Progress = field(default_factory=Progress)
    """What of the card an issue shows."""
    parting: str = ""
    """With a claim that is to be released: the text in place of orch's comment; empty to keep that."""
    unsent_since: float = 0.0
    """Since when there has been something to send; 0 for nothing."""
    imported: bool = False
    """The card was created for it."""
    rule: str = ""
    """The rule that did that, as text; empty for a person."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What orch pushed last."""

    remote: str
    branch: str
    commit: str
    at: float


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
    left: tuple[Link, ...] = ()
    """Issues that it has no longer, of which that is still to be told on the forge."""
    pushed: Pushed | None = None
    unlinked: int = 0
    """The number of the change request that a person unlinked: it is not adopted again."""
    replaced: int = 0
    """The number of the change request that was closed unmerged, and in whose place is another."""
    followed: str = ""
    """The head of the merged change request after which the card was to be finished."""
    autofix: Autofix = field(default_factory=Autofix)

    def link(self, ref: ItemRef) -> Link | None:
        """The link to this item."""
        return next((each for each in self.links if each.ref.same(ref)), None)

    @property
    def links(self) -> tuple[Link, ...]:
        """All of them, in the order in which they are served."""
        return tuple(each for each in (self.issue, self.change, *self.left) if each)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is next for a card: to find out about an act in doubt (`doubt`), to claim its issue (`claim`), to
    send a queued act (`send`), to look at an item and change what is wanted (`sync`), to look whether the
    commit of its work can be seen (`publish`), or to release a claim (`release`)."""

    kind: Literal["doubt", "claim", "send", "sync", "publish", "release"]
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
    found = (Owed(kind, item=link.ref) for link in forge.links for kind in _owed_by(link))
    by_kind = {each.kind: each for each in reversed(tuple(found))}
    return next((by_kind[kind] for kind in ("sync", "release", "publish") if kind in by_kind), None)


def left_undone(forge: CardForge, link: Link) -> bool:
    """Whether something is still to be done on the forge about an issue that the card has no longer, or a
    person has to decide about it."""
    acts = any(each.item and each.item.same(link.ref) for each in forge.outbox)
    disputed = any(each.field == "state" for each in link.conflicts)
    return acts or disputed or any(_owed_by(link))


def _owed_by(link: Link) -> Iterator[Literal["sync", "publish", "release"]]:
    if link.gone:
        return
    if waiting(link.synced):
        yield "sync"
    elif link.progress.stage == "landed":
        yield "publish"
    elif link.claim == "releasing":
        yield "release"


def unsent(forge: CardForge) -> tuple[str, ...]:
    """The changes that wait to be sent, in their order, as texts."""
    queued = [words(each.act) for each in forge.outbox if each.state in ("queued", "sent")]
    in_doubt = [each.act for each in forge.outbox if each.state == "sent"]
    synced = [words(act) for link in forge.links for act in _waiting(link) if act not in in_doubt]
    return (*queued, *synced, *(said for link in forge.links for said in _later(link)))


def pending(forge: CardForge, link: Link) -> bool:
    """Whether something about the item waits to be sent, or may have been sent."""
    sent = any(
        each.state in ("queued", "sent") and each.item and each.item.same(link.ref) for each in forge.outbox
    )
    return sent or bool(_waiting(link)) or any(_later(link))


def _waiting(link: Link) -> tuple[FieldAct, ...]:
    return () if link.gone else waiting(link.synced)


def _later(link: Link) -> Iterator[str]:
    if link.gone:
        return
    if link.claim == "wanted":
        yield "claim the issue"
    if link.progress.closing:
        yield f"close once {link.progress.commit[:10]} is pushed to the default branch"
    if link.claim == "releasing":
        yield "release the issue"
