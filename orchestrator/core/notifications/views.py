"""What was told, as clients see it."""

from dataclasses import dataclass

from orchestrator.core.literals import NotificationState


@dataclass(frozen=True, slots=True)
class NotificationView:
    """A message of one channel, and an element of `orch notify list --json`.

    `state` is `sending`, `sent`, `failed`, `skipped` (the channel had nobody to tell), or `unknown`: the hub
    ended before the outcome was known, and it is not sent again.
    """

    id: int
    at: float
    channel: str
    needs: tuple[str, ...]
    """The ids of what it was about."""
    kinds: tuple[str, ...]
    text: str
    state: NotificationState
    why: str = ""
    """Why it failed or was skipped."""
    retry_at: float = 0.0
    """When it is tried again, if it still holds then; 0 for never."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. With `again` it was certainly not delivered, and may be tried again."""

    state: NotificationState
    why: str = ""
    again: bool = False


SENT = Outcome("sent")
