"""What ends automatically: an API limit, and an unreachable host. When a stage may continue after it."""

import re

from orchestrator.core.model import Card, State
from orchestrator.core.sessions.model import Meters, Session, Turn
from orchestrator.core.sessions.transitions import RATE_LIMITS
from orchestrator.core.workflow.run import Run, StageRun, StageState

UNKNOWN_RESET = 300.0
"""Seconds until a retry after a limit with an unknown reset time."""
STAGGER = 20.0
"""Seconds between two stages that continue after the same reset."""
_AWAY_FIRST, _AWAY_MOST = 10.0, 600.0
"""Seconds before an unreachable host is retried: the first and the longest interval."""
_EPOCH = re.compile(r"\|(\d{10})\b")
"""The suffix of the agent's words about its limit: the time of the reset."""


def limited(session: Session) -> bool:
    """Whether its last turn was ended by a limit of the API."""
    return session.facts.turn is Turn.FAILED and session.facts.failure in RATE_LIMITS


def goes_on_at(state: State, session: Session, own: StageRun, now: float) -> float:
    """When the stage continues, at intervals after each other; 0 if a person must decide, because it has
    already continued after this very limit."""
    lifts = lifts_at(session.meters) or _told(session.facts.failure_said)
    if own.resumed_for and (not lifts or lifts <= own.resumed_for + UNKNOWN_RESET):
        return 0.0
    first = max(lifts, now) if lifts else now + UNKNOWN_RESET
    return first + STAGGER * (1 + _waiting(state))


def next_look(own: StageRun, now: float) -> float:
    """When a host that was unreachable at the start is retried."""
    return now + min(_AWAY_FIRST * 2.0 ** min(own.away, 10), _AWAY_MOST)


def lifts_at(meters: Meters) -> float | None:
    """When the limit shown by the meters resets; `None` for none."""
    if (meters.seven_day_percent or 0) >= 100:
        return meters.seven_day_resets_at
    return meters.five_hour_resets_at if (meters.five_hour_percent or 0) >= 100 else None


def is_away(card: Card | None) -> bool:
    """Whether it could not be started because its host does not respond."""
    return card is not None and card.failure is not None and card.failure.away


def _told(said: str) -> float | None:
    found = _EPOCH.search(said)
    return float(found[1]) if found else None


def _waiting(state: State) -> int:
    """The number of stages waiting for the end of a limit."""
    return sum(1 for run in state.runs.values() for own in run.stages.values() if _waits(run, own))


def _waits(run: Run, own: StageRun) -> bool:
    return run.ended_at is None and own.state is StageState.BLOCKED and bool(own.until) and not own.place
