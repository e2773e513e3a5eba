"""A message between sessions, and what becomes of it in each mailbox that it was sent to.

A mailbox has a card's slug as its name; `human` is the person's own. Times are seconds since the epoch.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.core.mail.gather import Gather

HUMAN = "human"
"""The person's mailbox."""
ORCH = "orch"
"""Who signs what orch itself writes."""


class Kind(StrEnum):
    """What a message is for."""

    TASK = "task"
    QUESTION = "question"
    ANSWER = "answer"
    RESULT = "result"
    PARTIAL = "partial"
    STATUS = "status"
    HANDOFF = "handoff"
    NOTE = "note"
    CONTROL = "control"


class Authority(StrEnum):
    """On whose behalf a message speaks. The hub stamps it from the sender's token."""

    HUMAN = "human"
    ORCH = "orch"
    PEER = "peer"
    UNPROVEN = "unproven"
    """A shared store had it, and nothing proves which hub wrote it: it speaks for nobody."""


class SendStatus(StrEnum):
    """What a send comes to for one recipient.

    `queued` is given where the shared store is away and the local outbox has taken the message.
    """

    STORED = "stored"
    FULL = "full"
    UNKNOWN = "unknown"
    QUEUED = "queued"


class MessageState(StrEnum):
    """Where a message stands in one mailbox. `waiting` and `leased` count against the box's limits."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that a message points at.

    `kind` is `file` (`target` is a path in the worktree of `card`, as it is at `commit`), `blob` (`target`
    is its sha256), `issue` or `gather`. `size` is in bytes, 0 where nobody knows.
    """

    kind: str
    target: str
    card: str = ""
    commit: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the same for all its recipients. It never changes once it is stored."""

    id: str
    """Unique among all hubs. A store keeps one message of an id, however often that is sent."""
    sender: str
    to: tuple[str, ...]
    """The names of mailboxes, each once."""
    kind: Kind
    body: str
    at: float
    thread: str
    """The id of the message that began the thread; its own where it did."""
    subject: str = ""
    refs: tuple[Ref, ...] = ()
    reply_to: str = ""
    urgent: bool = False
    authority: Authority = Authority.PEER
    idem: str = ""
    """The sender's own word for this message: two of a sender with the same one are one message."""
    expires_at: float | None = None
    """After that it is not delivered any more, and goes to the dead letters."""
    hops: int = 0
    """How often the matter was handed on from box to box."""
    gather: str = ""
    """The gather that it opened, or that it reports to."""
    proof: str = ""
    """What a shared store keeps beside it, see `store.mail.redis.seal`; empty everywhere else."""
    to_come: tuple[str, ...] = ()
    """Those of its mailboxes that no session had when it was sent: it waits there for one."""

    @property
    def size(self) -> int:
        """Bytes that it takes up in a mailbox."""
        return len(self.subject.encode()) + len(self.body.encode())


@dataclass(frozen=True, slots=True)
class Post:
    """A send. `unknown` are addresses that meant nobody; `opens` is the gather that it begins."""

    message: Message
    unknown: tuple[str, ...] = ()
    opens: Gather | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer to a send: its id and its fate for each recipient. A send that is repeated gets the
    first answer, with `repeated` set. `gather` is the one that was opened; `notes` say what was understood.
    """

    id: str
    fates: tuple[tuple[str, SendStatus], ...]
    gather: str = ""
    repeated: bool = False
    notes: tuple[str, ...] = ()

    def boxes(self, fate: SendStatus) -> tuple[str, ...]:
        """Those with this fate, in the order of the recipients."""
        return tuple(box for box, each in self.fates if each is fate)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message stands in one box. `times` counts how often it was handed out; `why` is said of
    those that are dead, and the note with which one was acknowledged."""

    box: str
    place: MessageState
    times: int = 0
    session: str = ""
    fence: int = 0
    until: float | None = None
    why: str = ""
    at: float = 0.0
    """When it came to stand there."""


@dataclass(frozen=True, slots=True)
class Record:
    """A message and where it stands in each box."""

    message: Message
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class MessageNotice:
    """That a message has gone from one box to others, without its words."""

    id: str
    sender: str
    to: tuple[str, ...]
    """The boxes that have stored it."""
    kind: Kind
    at: float
    urgent: bool = False
    gather: str = ""
    authority: Authority = Authority.PEER


def passing(message: Message, stored: Collection[str]) -> MessageNotice:
    """What is told of a message that these boxes have stored."""
    boxes = tuple(box for box in message.to if box in stored)
    return MessageNotice(
        message.id,
        message.sender,
        boxes,
        message.kind,
        message.at,
        message.urgent,
        message.gather,
        message.authority,
    )
