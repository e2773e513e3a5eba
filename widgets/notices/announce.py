"""Notices from the hub: a text on the screen, and one ring of the terminal."""

from collections.abc import Iterable

from orchestrator.core.board.views import Notice
from widgets.hub_app import HubApp
from widgets.notices import ringing

_STALE = 60.0
"""Seconds after which nothing rings any more: the board was suspended meanwhile."""


def announce(app: HubApp, updates: Iterable[object]) -> None:
    """Shows every notice among these that is to be shown; any number of them rings once."""
    notices = tuple(dict.fromkeys(update for update in updates if isinstance(update, Notice)))
    for notice in notices:
        if notice.shown:
            app.tell(notice.text, title=notice.need, severity="warning")
    if loud := [each for each in notices if each.rings and app.clock() - each.at < _STALE]:
        ringing.ring(app, loud[-1].title or "orch", loud[-1].text)
