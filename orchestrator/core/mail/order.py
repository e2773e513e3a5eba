"""The order in which a mailbox delivers its messages, and how many at once.

Urgent ones first, then the oldest. A returned message keeps its place; a redriven one goes to the end, as if
it were new.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.mail.message import Kind, Message

BYTES_A_CALL = 32 * 1024
"""The most that one call delivers, except that the first message is always delivered."""


@dataclass(frozen=True, slots=True)
class ReceiveFilter:
    """What a receiver asks for; empty conditions match everything."""

    most: int = 10
    kinds: tuple[Kind, ...] = ()
    senders: tuple[str, ...] = ()
    thread: str = ""
    ids: tuple[str, ...] = ()
    most_bytes: int = BYTES_A_CALL


@dataclass(frozen=True, slots=True)
class Leased:
    """A message leased to a receiver. Only the holder of the `fence` may acknowledge it; after `until` it is
    delivered again. `times` counts its deliveries, including this one.

    A message that was only read has no fence (0).
    """

    message: Message
    fence: int
    until: float
    times: int


@dataclass(frozen=True, slots=True)
class Received:
    """The messages delivered by a call, in order; `more` if the mailbox has more matching ones."""

    messages: tuple[Leased, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread in a list: its first message, and its progress."""

    id: str
    subject: str
    names: tuple[str, ...]
    """All senders in it."""
    count: int
    first_at: float
    last_at: float


@dataclass(frozen=True, slots=True)
class BoxCount:
    """The content of a mailbox. `waiting` are unread; `tasks` and `urgent` are among those."""

    box: str
    waiting: int = 0
    leased: int = 0
    dead: int = 0
    tasks: int = 0
    urgent: int = 0
    bytes: int = 0
    """Of waiting and leased messages."""
    oldest: float | None = None
    """When the oldest waiting message was sent."""


def fitting(sizes: Iterable[int], want: ReceiveFilter) -> int:
    """How many of the messages of these sizes, in order, one call delivers: at least one if there is one."""
    total = count = 0
    for size in sizes:
        total += size
        if count >= want.most or (count and total > want.most_bytes):
            break
        count += 1
    return count
