"""Mail to a name without a session: it is kept for a future one, with a time limit."""

from orchestrator.core.mail.message import HUMAN, Message

KEPT_FOR_S = 24 * 3600.0
"""How long it is kept by default."""


def to_come_words(message: Message, kept_for: float) -> tuple[str, ...]:
    """What its sender is told."""
    waiting = [each for each in message.to_come if each in message.to]
    if not waiting:
        return ()
    names = ", ".join(waiting)
    if HUMAN in message.to:
        return (f"no session is named {names}: delivered to the person under that name",)
    return (f"no session is named {names} yet: kept for {names}, for {_hours(kept_for)}",)


def waits_for(name: str) -> str:
    """The notification state of a mailbox without a session."""
    return f"waiting for {name}"


def never_came(name: str, kept_for: float) -> str:
    """Why mail to a name has become a dead letter."""
    return f"no session named {name} started within {_hours(kept_for)}"


def _hours(seconds: float) -> str:
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and seconds % size == 0:
            count = round(seconds / size)
            return f"{count} {word}{'s' if count > 1 else ''}"
    return f"{seconds:g} seconds"
