"""How an idle session is notified of mail: without its content, and a limited number of times."""

from orchestrator.core.mail.order import BoxCount

NOTIFY_AFTER_S = (0.0, 15.0, 60.0, 300.0)
"""When to notify, counted from the first notification. After the last one the card is marked instead."""


def words(box: BoxCount) -> str:
    """The notification: `2 unread, 1 task: call mail_receive`; empty if there is no mail."""
    if not box.waiting:
        return ""
    parts = [f"{box.waiting} unread"]
    if box.tasks:
        parts.append(f"{box.tasks} task{'s' if box.tasks > 1 else ''}")
    if box.urgent:
        parts.append(f"{box.urgent} urgent")
    return f"{', '.join(parts)}: call mail_receive"


def next_notification(first: float | None, sent: int) -> float | None:
    """When to notify again after `sent` notifications, the first of them at `first`; `None` for never.

    A recorded receive ends it: the next message starts a new series.
    """
    if sent == 0 or first is None:
        return 0.0
    return first + NOTIFY_AFTER_S[sent] if sent < len(NOTIFY_AFTER_S) else None
