"""What is handed out is leased, not gone: a lease ends by an acknowledgement, or gives the message back.

Delivery is at least once. Each lease has a fencing number, larger than all before it; an acknowledgement
with an older one is refused, so that the effect of a message is settled once. After five deliveries without
an acknowledgement a message goes to the dead letters, where it stays until somebody puts it back.
"""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.core.mail.message import Message

VISIBLE_S = 900.0
"""How long a lease holds. The hub renews those of sessions that live."""

MOST_DELIVERIES = 5


class Outcome(StrEnum):
    """How a receiver settles a message.

    `done` settles it for good, `failed` sends it to the dead letters at once, `requeue` gives it back.
    """

    DONE = "done"
    FAILED = "failed"
    REQUEUE = "requeue"


class Acked(StrEnum):
    """What an acknowledgement came to.

    `stale`: the lease it speaks of has ended, and nothing was changed. `unknown`: the box never had that
    message. Acknowledging twice with the same number says `done` twice.
    """

    DONE = "done"
    REQUEUED = "requeued"
    DEAD = "dead"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dead:
    """A dead letter: a message that one box could not settle, and why."""

    message: Message
    box: str
    why: str
    times: int
    at: float


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What became of leases that ended without an acknowledgement, and of messages past their time, as
    (box, message id)."""

    waiting: tuple[tuple[str, str], ...] = ()
    dead: tuple[tuple[str, str], ...] = ()


WORN_OUT = f"delivered {MOST_DELIVERIES} times and never acknowledged"
NOT_DONE = "its receiver could not process it"
TOO_LATE = "it expired before it was read"


def why_dead(times: int, expires_at: float | None, now: float) -> str:
    """Why a message that is given back goes to the dead letters; empty where it goes back to its box."""
    if times >= MOST_DELIVERIES:
        return WORN_OUT
    return TOO_LATE if expires_at is not None and now >= expires_at else ""
