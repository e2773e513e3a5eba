"""The palette's test of notifications."""

from orchestrator.core.landing.text import counted
from orchestrator.core.notifications.views import NotificationView
from orchestrator.core.requests.notifications import SendTestNotification
from widgets.hub_app import HubApp


def test(app: HubApp) -> None:
    """Sends a test message by every channel, then shows what became of each."""
    app.command(lambda client: client.submit(SendTestNotification()), lambda found: _show(app, found))


def _show(app: HubApp, found: tuple[NotificationView, ...]) -> None:
    lines = [f"{each.channel}: {each.state}" + (f", {each.why}" if each.why else "") for each in found]
    failed = sum(each.state == "failed" for each in found)
    title = f"{counted(failed, 'notification')} failed" if failed else "Test notifications"
    app.tell("\n".join(lines), title=title, severity="warning" if failed else "information")
