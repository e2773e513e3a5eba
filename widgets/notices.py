"""What the hub tells unasked: a word on the screen, and one stroke of the terminal's bell."""

from collections.abc import Iterable

from orchestrator.core.board.views import Notice
from widgets.hub_app import HubApp


def announce(app: HubApp, updates: Iterable[object]) -> None:
    """Tells every notice among these; however many there are, the bell is rung once."""
    notices = dict.fromkeys(update for update in updates if isinstance(update, Notice))
    for notice in notices:
        app.tell(notice.text, title=notice.need, severity="warning")
    if notices:
        app.bell()
