"""How an idle session is told that there is mail: without a word of it, and not for ever."""

from orchestrator.core.mail.order import BoxCount

RINGS_AFTER_S = (0.0, 15.0, 60.0, 300.0)
"""When the bell rings, counted from the first ring. After the last one the card is marked instead."""


def words(box: BoxCount) -> str:
    """What the bell says: `2 unread, 1 task: call mail_receive`; empty where nothing waits."""
    if not box.waiting:
        return ""
    parts = [f"{box.waiting} unread"]
    if box.tasks:
        parts.append(f"{box.tasks} task{'s' if box.tasks > 1 else ''}")
    if box.urgent:
        parts.append(f"{box.urgent} urgent")
    return f"{', '.join(parts)}: call mail_receive"


def next_ring(first: float | None, rung: int) -> float | None:
    """When to ring again after `rung` rings, the first of them at `first`; `None` when that is enough.

    A receive that is recorded ends it: then the next message begins with its own first ring.
    """
    if rung == 0 or first is None:
        return 0.0
    return first + RINGS_AFTER_S[rung] if rung < len(RINGS_AFTER_S) else None
