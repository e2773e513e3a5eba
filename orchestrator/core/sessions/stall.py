"""When a session that works counts as stalled: nothing has been heard of it for too long."""

from dataclasses import replace

from orchestrator.core.sessions.model import Facts, Signs
from orchestrator.core.sessions.signals import NOT_KEPT, Tick

_NO_WORK = ("idle", "waiting", NOT_KEPT)
"""Words of the registry with which silence means nothing."""


def stalled(facts: Facts, signs: Signs, now: Tick) -> Facts:
    """The facts with `stalled_since` set, where the last sign of activity is older than `now` allows."""
    allowed = now.stall_after_tool if signs.tools else now.stall_after
    asks = facts.asks or (facts.dialog and not facts.registry)
    if (
        now.at - signs.last_at <= allowed
        or facts.stalled_since is not None
        or asks
        or facts.registry in _NO_WORK
    ):
        return facts
    return replace(facts, stalled_since=signs.last_at)
