"""Notifications: what was told, tests, and reports of boards."""

from dataclasses import dataclass

from orchestrator.core.notifications.views import NotificationView
from orchestrator.core.requests.request import Act, Read


@dataclass(frozen=True, slots=True)
class ListNotifications(Read[tuple[NotificationView, ...]]):
    """What was told, newest first."""

    verb = "notify.list"
    act = "notify.list"
    """It shows what others wrote to the person."""
    most: int = 50
    skipped: bool = False
    """Also those that a channel had nobody to tell."""


@dataclass(frozen=True, slots=True)
class SendTestNotification(Act[tuple[NotificationView, ...]]):
    """Sends a test message by that channel, or by all that are on; answered by what became of each."""

    verb = "notify.test"
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ReportActivity(Read[None]):
    """A person pressed a key on a board, or it got the focus; or it has lost it. Nothing is kept of it, but a
    session may not report it: that would silence notifications."""

    verb = "board.activity"
    act = "board.activity"
    board: str
    """Any name that no other open board has."""
    focused: bool = True
