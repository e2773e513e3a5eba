"""What has happened between a card and a forge, as the journal keeps it: see `core.events`.

The outbox is in these events: an act is `ActSent` before its request is made, and `ActDone` or `ActSettled`
once it is known what became of it.
"""

from dataclasses import dataclass, field

from orchestrator.core.forge.autofix.events import AutofixEvent
from orchestrator.core.forge.changes.change import ChangeRequest, NoChange
from orchestrator.core.forge.issues.progress import Progress
from orchestrator.core.forge.outbox.acts import Act, QueuedAct
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Fields, Wanted
from orchestrator.core.forge.outbox.receipts import Fate
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.literals import ClaimState, ConflictField, Side


@dataclass(frozen=True, slots=True)
class ItemLinked:
    """The card belongs to that issue or change request from now on, in place of an earlier one."""

    at: float
    card: str
    item: ItemRef
    title: str
    url: str
    synced: Synced
    claim: ClaimState = ""
    progress: Progress = field(default_factory=Progress)
    """What of the card the item is not made to show, because it was so before."""
    imported: bool = False
    """The card was created for the issue."""
    rule: str = ""
    """The rule that imported it, as text; empty if a person has asked for it."""


@dataclass(frozen=True, slots=True)
class ItemUnlinked:
    """The card has the item no longer. With `release` that is still to be told on the forge: by `wanted`, and
    by the text `parting` in place of orch's comment, which is kept if that is empty."""

    at: float
    card: str
    item: ItemRef
    release: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    parting: str = ""


@dataclass(frozen=True, slots=True)
class ItemProgressed:
    """The issue has to show how far the card is: `wanted` is what follows from that, in full. `claim` is its
    claim from now on, `None` if that stays; `parting` as in `ItemUnlinked`."""

    at: float
    card: str
    item: ItemRef
    progress: Progress
    wanted: Wanted
    claim: ClaimState | None = None
    parting: str = ""


@dataclass(frozen=True, slots=True)
class ItemPublished:
    """Everybody can see the commit by which the card's work landed. `progress` and `wanted` follow from
    that."""

    at: float
    card: str
    item: ItemRef
    progress: Progress
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class ItemReleased:
    """The claim to the issue is released on the forge."""

    at: float
    card: str
    item: ItemRef


@dataclass(frozen=True, slots=True)
class ItemClaimed:
    """The issue is the card's: `comment` (its digest) claims it. `wanted` is what follows from that."""

    at: float
    card: str
    item: ItemRef
    comment: str
    seen: Fields
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """The card cannot have the issue, as another board has claimed it: they are not linked any more."""

    at: float
    card: str
    item: ItemRef
    why: str


@dataclass(frozen=True, slots=True)
class ItemWanted:
    """What orch wants of the item has changed; in full."""

    at: float
    card: str
    item: ItemRef
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """The item was fetched: it is compared with what is wanted when this enters the journal. While an act on
    it is in doubt this changes nothing."""

    at: float
    card: str
    item: ItemRef
    remote: Fields
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ItemGone:
    """The item is not there any more; `why` as text."""

    at: float
    card: str
    item: ItemRef
    why: str


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """The item has another name: its repository was renamed, or it was transferred."""

    at: float
    card: str
    item: ItemRef
    to: ItemRef


@dataclass(frozen=True, slots=True)
class ConflictSettled:
    """A person chose a side."""

    at: float
    card: str
    item: ItemRef
    field: ConflictField
    side: Side


@dataclass(frozen=True, slots=True)
class ActQueued:
    """An act that was asked for once."""

    at: float
    card: str
    act: str
    what: QueuedAct
    item: ItemRef | None = None


@dataclass(frozen=True, slots=True)
class ActSent:
    """Its request is made now: from here on the act may have been done."""

    at: float
    card: str
    act: str
    what: Act
    item: ItemRef | None = None
    before: Fields | None = None


@dataclass(frozen=True, slots=True)
class ActDone:
    """The forge has confirmed the act, or shows it. `seen` is the item after it, if that was told."""

    at: float
    card: str
    act: str
    seen: Fields | None = None
    comment: int = 0
    """The id of orch's own comment, if the act wrote it."""


@dataclass(frozen=True, slots=True)
class ActSettled:
    """What became of an act without a receipt."""

    at: float
    card: str
    act: str
    fate: Fate
    comment: int = 0
    """As in `ActDone`."""


@dataclass(frozen=True, slots=True)
class ActRefused:
    """The forge has refused the act for good: it waits for a person. `again` is an outside failure after
    which it is certain that nothing was done: it is sent again."""

    at: float
    card: str
    act: str
    why: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class ActRetried:
    """A person lets a refused or unclear act be sent again."""

    at: float
    card: str
    act: str


@dataclass(frozen=True, slots=True)
class ActDropped:
    """A person took an act out of the outbox."""

    at: float
    card: str
    act: str


@dataclass(frozen=True, slots=True)
class ChangeSeen:
    """The change request of the card's branch was fetched."""

    at: float
    card: str
    found: ChangeRequest | NoChange


@dataclass(frozen=True, slots=True)
class MergeFollowed:
    """The card is finished because its change request was merged; `head` is the commit that was merged."""

    at: float
    card: str
    head: str


ForgeEvent = (
    ItemLinked
    | ItemUnlinked
    | ItemProgressed
    | ItemPublished
    | ItemReleased
    | ItemClaimed
    | ClaimRefused
    | ItemWanted
    | ItemSeen
    | ItemGone
    | ItemMoved
    | ConflictSettled
    | ActQueued
    | ActSent
    | ActDone
    | ActSettled
    | ActRefused
    | ActRetried
    | ActDropped
    | ChangeSeen
    | MergeFollowed
    | AutofixEvent
)
