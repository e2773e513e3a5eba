"""Quiet hours on the clock of their time zone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from orchestrator.core.notifications.quiet import minutes_left, quiet_hours

_LOOKS_AGAIN = 15 * 60.0
"""Seconds after which the clock is read again: it may have been set, or changed to summer time."""


def quiet_until(hours: Sequence[str], zone: str) -> Callable[[float], float]:
    """Until when it is quiet at a time, as far as that is certain; 0 if it is not quiet."""
    known = tuple(map(quiet_hours, hours))
    where = ZoneInfo(zone) if zone else None

    def until(now: float) -> float:
        if not known:
            return 0.0
        there = datetime.fromtimestamp(now, where) if where else datetime.fromtimestamp(now).astimezone()
        left = minutes_left(known, there.weekday(), there.hour * 60 + there.minute)
        return now + min(left * 60 - there.second, _LOOKS_AGAIN) if left else 0.0

    return until
