"""Delivered messages are leased: a lease ends with an acknowledgement, or returns the message.

Delivery is at least once. Each lease has a fencing number, larger than all before it; an acknowledgement with
an older one is refused, so that the effect of a message is settled once. After five deliveries without an
acknowledgement a message becomes a dead letter, and stays one until it is redriven.
"""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.core.mail.message import Message

VISIBLE_S = 900.0
"""How long a lease lasts. The hub renews those of live sessions."""

MOST_DELIVERIES = 5


class Outcome(StrEnum):
    """How a receiver settles a message.

    `done` settles it permanently, `failed` makes it a dead letter at once, `requeue` returns it.
    """

    DONE = "done"
    FAILED = "failed"
    REQUEUE = "requeue"


class Acked(StrEnum):
    """The result of an acknowledgement.

    `stale`: its lease has ended, and nothing was changed. `unknown`: the mailbox never had that message.
    Acknowledging twice with the same number returns `done` twice.
    """

    DONE = "done"
    REQUEUED = "requeued"
    DEAD = "dead"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dead:
    """A dead letter: a message that one mailbox could not settle, and why."""

    message: Message
    box: str
    why: str
    times: int
    at: float


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The outcome of leases that ended without an acknowledgement, and of expired messages, as (mailbox,
    message id)."""

    waiting: tuple[tuple[str, str], ...] = ()
    dead: tuple[tuple[str, str], ...] = ()


WORN_OUT = f"delivered {MOST_DELIVERIES} times and never acknowledged"
NOT_DONE = "its receiver could not process it"
TOO_LATE = "it expired before it was read"


def why_dead(times: int, expires_at: float | None, now: float) -> str:
    """Why a returned message becomes a dead letter; empty if it goes back to its mailbox."""
    if times >= MOST_DELIVERIES:
        return WORN_OUT
    return TOO_LATE if expires_at is not None and now >= expires_at else ""
