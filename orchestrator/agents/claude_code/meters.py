"""What Claude Code passes to its status line command: cost, context, model and, for subscribers, quotas."""

import math
from collections.abc import Mapping
from typing import Any

from orchestrator.core.sessions.model import Meters
from orchestrator.core.sessions.signals import MetersSaid
from orchestrator.core.text.clean import one_line


def parse(payload: Mapping[str, Any], at: float) -> MetersSaid:
    """The meters of one report; what is missing or malformed is `None`, zero or empty."""
    limits = _part(payload, "rate_limits")
    five_hour, seven_day = _part(limits, "five_hour"), _part(limits, "seven_day")
    meters = Meters(
        cost_usd=_number(_part(payload, "cost"), "total_cost_usd") or 0.0,
        context_percent=_number(_part(payload, "context_window"), "used_percentage"),
        model=_text(_part(payload, "model"), "display_name"),
        five_hour_percent=_number(five_hour, "used_percentage"),
        five_hour_resets_at=_number(five_hour, "resets_at"),
        seven_day_percent=_number(seven_day, "used_percentage"),
        seven_day_resets_at=_number(seven_day, "resets_at"),
    )
    return MetersSaid(at, meters, _text(payload, "session_id"), _text(payload, "transcript_path", 4096))


def _part(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = payload.get(key)
    return value if isinstance(value, Mapping) else {}


def _number(payload: Mapping[str, Any], key: str) -> float | None:
    value = payload.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _text(payload: Mapping[str, Any], key: str, limit: int = 200) -> str:
    value = payload.get(key)
    return one_line(value, limit) if isinstance(value, str) else ""
