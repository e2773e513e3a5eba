"""The notifications of a hub, by its settings."""

import asyncio
from collections.abc import Awaitable, Callable

from orchestrator import config
from orchestrator.config.values import seconds
from orchestrator.core.board.views import Need
from orchestrator.core.notifications.policy import Timing
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.notifications.activity import Activity
from orchestrator.hub.notifications.channels import Page, channels_of
from orchestrator.hub.notifications.quiet import quiet_until
from orchestrator.hub.notifications.service import Notifications
from orchestrator.hub.phone.service import PhoneService
from orchestrator.hub.telling.stream import Stream
from orchestrator.hub.watching.pending_hooks import PendingHooks
from orchestrator.paths import Home
from orchestrator.store.notifications import NotificationLog
from orchestrator.world.notifications.web_push import VapidKeys
from orchestrator.world.tmux import Tmux, TmuxError


def notifications_of(
    engine: Engine,
    home: Home,
    settings: config.Notify,
    stream: Stream,
    *,
    needs: Callable[[], tuple[Need, ...]],
    holds: PendingHooks,
    tmux: Tmux | None,
    attached: Callable[[], bool],
    page: PhoneService,
) -> Notifications:
    """`tmux` is `None` in a hub without windows, which ends with its run and so waits for nothing. `attached`
    says whether a terminal may be attached to a session."""
    pages = Page(lambda: page.devices, VapidKeys(home.push_key), lambda: page.settings.url)
    delays = {kind: seconds(said) for kind, said in settings.delays.items()}
    timing = Timing(settings.delay, settings.gather, delays) if tmux else Timing(0.0, 0.0)
    return Notifications(
        engine=engine,
        record=NotificationLog(home.notifications),
        channels=tuple(channels_of(settings, stream, tmux, attached, pages)),
        timing=timing,
        activity=Activity(settings.away_after),
        quiet_until=quiet_until(settings.quiet, settings.timezone),
        needs=needs,
        answering=lambda: holds.being_answered,
        attached_until=_attached_until(tmux, attached, settings.away_after),
    )


def _attached_until(
    tmux: Tmux | None, attached: Callable[[], bool], away_after: float
) -> Callable[[], Awaitable[float]]:
    async def until() -> float:
        if tmux is None or not attached():
            return 0.0
        try:
            at = await asyncio.to_thread(tmux.viewer_active_at)
        except TmuxError:
            return 0.0
        return at + away_after if at else 0.0

    return until
