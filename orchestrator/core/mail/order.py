"""In which order a mailbox hands out its messages, and how many at once.

Urgent ones come first, then the oldest. A message that was given back keeps its place; one that was taken out
of the dead letters stands at the end, as if it had just come.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.mail.message import Kind, Message

BYTES_A_CALL = 32 * 1024
"""What one call hands out at most, save that the first message always comes."""


@dataclass(frozen=True, slots=True)
class ReceiveFilter:
    """What a receiver asks for; empty conditions ask for nothing."""

    most: int = 10
    kinds: tuple[Kind, ...] = ()
    senders: tuple[str, ...] = ()
    thread: str = ""
    ids: tuple[str, ...] = ()
    most_bytes: int = BYTES_A_CALL


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in a receiver's hands. Only who shows the `fence` may acknowledge it; after `until` it goes
    to the next who asks. `times` is how often it has been handed out, this time included.

    A message that was only looked at has no fence (0).
    """

    message: Message
    fence: int
    until: float
    times: int


@dataclass(frozen=True, slots=True)
class Received:
    """What a call hands out, in order; `more` when the box holds more of what was asked for."""

    messages: tuple[Leased, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as a list shows it: its first message, and how it went on."""

    id: str
    subject: str
    names: tuple[str, ...]
    """Everybody who has written in it."""
    count: int
    first_at: float
    last_at: float


@dataclass(frozen=True, slots=True)
class BoxCount:
    """What a mailbox holds. `waiting` are unread; `tasks` and `urgent` are among those."""

    box: str
    waiting: int = 0
    leased: int = 0
    dead: int = 0
    tasks: int = 0
    urgent: int = 0
    bytes: int = 0
    """Of what waits and what is leased."""
    oldest: float | None = None
    """When the oldest that waits was sent."""


def fitting(sizes: Iterable[int], want: ReceiveFilter) -> int:
    """How many of the messages of these sizes, in order, one call hands out: at least one if there is one."""
    total = count = 0
    for size in sizes:
        total += size
        if count >= want.most or (count and total > want.most_bytes):
            break
        count += 1
    return count
