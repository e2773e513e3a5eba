"""Notices from the hub: a text on the screen, and one ring of the terminal's bell."""

from collections.abc import Iterable

from orchestrator.core.board.views import Notice
from widgets.hub_app import HubApp


def announce(app: HubApp, updates: Iterable[object]) -> None:
    """Shows every notice among these; for any number of them, the bell rings once."""
    notices = dict.fromkeys(update for update in updates if isinstance(update, Notice))
    for notice in notices:
        app.tell(notice.text, title=notice.need, severity="warning")
    if notices:
        app.bell()
