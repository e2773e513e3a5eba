"""A message between sessions, and its state in each mailbox it was sent to.

A mailbox is named by a card's slug; `human` is the person's own. Times are seconds since the epoch.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.core.literals import RefKind
from orchestrator.core.mail.gather import Gather

HUMAN = "human"
"""The person's mailbox."""
ORCH = "orch"
"""The sender of messages from orch itself."""


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
    """On whose behalf a message speaks. The hub sets it from the sender's token."""

    HUMAN = "human"
    ORCH = "orch"
    PEER = "peer"
    UNPROVEN = "unproven"
    """From a shared store, without proof of which hub wrote it: it speaks for nobody."""


class SendStatus(StrEnum):
    """The outcome of a send for one recipient.

    `queued` means that the shared store is unreachable and the local outbox has the message.
    """

    STORED = "stored"
    FULL = "full"
    UNKNOWN = "unknown"
    QUEUED = "queued"


class MessageState(StrEnum):
    """The state of a message in one mailbox. `waiting` and `leased` count against its limits."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that a message refers to.

    `kind` is `file` (`target` is a path in the worktree of `card`, as of `commit`), `blob` (`target` is its
    sha256), `issue` or `gather`. `size` is in bytes, 0 if unknown.
    """

    kind: RefKind
    target: str
    card: str = ""
    commit: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the same for all its recipients. Immutable once it is stored."""

    id: str
    """Unique among all hubs. A store keeps one message per id, however often it is sent."""
    sender: str
    to: tuple[str, ...]
    """The names of mailboxes, each once."""
    kind: Kind
    body: str
    at: float
    thread: str
    """The id of the first message of the thread; its own if it is the first."""
    subject: str = ""
    refs: tuple[Ref, ...] = ()
    reply_to: str = ""
    urgent: bool = False
    authority: Authority = Authority.PEER
    idem: str = ""
    """The sender's own key for this message: two messages of a sender with the same key are one."""
    expires_at: float | None = None
    """After that it is not delivered any more, and becomes a dead letter."""
    hops: int = 0
    """How often the matter was forwarded from mailbox to mailbox."""
    gather: str = ""
    """The gather that it opened, or that it reports to."""
    proof: str = ""
    """What a shared store keeps with it, see `store.mail.redis.seal`; empty elsewhere."""
    to_come: tuple[str, ...] = ()
    """Those of its mailboxes that no session had when it was sent: it waits there for one."""

    @property
    def size(self) -> int:
        """Bytes that it takes up in a mailbox."""
        return len(self.subject.encode()) + len(self.body.encode())


@dataclass(frozen=True, slots=True)
class Post:
    """A message to send. `unknown` are addresses that matched nothing; `opens` is the gather that it
    opens."""

    message: Message
    unknown: tuple[str, ...] = ()
    opens: Gather | None = None


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer to a send: the message's id and its outcome for each recipient. A repeated send gets the
    first answer, with `repeated` set. `gather` is the one that was opened; `notes` say how the message was
    interpreted.
    """

    id: str
    fates: tuple[tuple[str, SendStatus], ...]
    gather: str = ""
    repeated: bool = False
    notes: tuple[str, ...] = ()

    def boxes(self, fate: SendStatus) -> tuple[str, ...]:
        """Those with this outcome, in the order of the recipients."""
        return tuple(box for box, each in self.fates if each is fate)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of a message in one mailbox. `times` counts its deliveries; `why` is the reason of a dead
    letter, or the note of an acknowledgement."""

    box: str
    place: MessageState
    times: int = 0
    session: str = ""
    fence: int = 0
    until: float | None = None
    why: str = ""
    at: float = 0.0
    """Since when it is in this state."""


@dataclass(frozen=True, slots=True)
class Record:
    """A message and its state in each mailbox."""

    message: Message
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class MessageNotice:
    """A message from one mailbox to others, without its content."""

    id: str
    sender: str
    to: tuple[str, ...]
    """The mailboxes that have stored it."""
    kind: Kind
    at: float
    urgent: bool = False
    gather: str = ""
    authority: Authority = Authority.PEER


def passing(message: Message, stored: Collection[str]) -> MessageNotice:
    """The record of a message that these mailboxes have stored."""
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
