"""Notifications."""

from orchestrator.core.notifications.views import NotificationView
from orchestrator.core.requests.notifications import ListNotifications, ReportActivity, SendTestNotification
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.notifications.service import Notifications

_MOST = 1000


def notifications(service: Notifications) -> Table:
    async def latest(request: ListNotifications) -> tuple[NotificationView, ...]:
        return await service.latest(max(1, min(request.most, _MOST)), skipped=request.skipped)

    async def test(request: SendTestNotification, _: Speaker) -> tuple[NotificationView, ...]:
        return await service.test(request.channel)

    async def active(request: ReportActivity) -> None:
        service.activity.report(request.board[:100], focused=request.focused)

    return {ListNotifications: latest, ReportActivity: active}, {SendTestNotification: test}
