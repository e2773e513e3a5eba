"""The channels of notifications: what they need that is missing, and what failed last."""

import shutil
from collections.abc import Iterator

from orchestrator.agents.finding import Finding
from orchestrator.client import OrchError, connect
from orchestrator.config.notify import Notify
from orchestrator.core.requests.notifications import ListNotifications
from orchestrator.core.requests.phone import ListDevices
from orchestrator.paths import Home
from orchestrator.world.notifications import apprise, web_push

_NAME = "notifications"
_LOOKED_AT = 50


def notifications(settings: Notify, home: Home) -> Iterator[Finding]:
    """Nothing is said about channels that work."""
    if settings.command and shutil.which(settings.command[0]) is None:
        yield Finding(_NAME, "warn", f"no program {settings.command[0]}", "Correct it: [notify] command")
    for number, url in enumerate(settings.apprise, 1):
        if why := apprise.trouble(url):
            what = f"[notify] apprise, number {number}: {why}"
            yield Finding(_NAME, "warn", what, "Correct it, then: orch notify test")
    try:
        client = connect(home, start=False)
        subscribed = any(each.push for each in client.submit(ListDevices()))
        latest = client.submit(ListNotifications(_LOOKED_AT))
    except OrchError:
        return
    if subscribed and not web_push.available():
        yield Finding(_NAME, "warn", f"phones get none: {web_push.MISSING}", "Then: orch hub restart")
    newest = {each.channel: each for each in reversed(latest)}
    for channel, each in newest.items():
        if each.state == "failed":
            yield Finding(
                _NAME, "warn", f"{channel} failed: {each.why}", f"Try it: orch notify test {channel}"
            )
