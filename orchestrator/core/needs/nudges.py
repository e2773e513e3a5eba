"""When a stuck session is helped on by itself, and when that must stop."""

from dataclasses import dataclass

from orchestrator.core.model import Card, Session, Status

KEPT = 50
"""How many times of nudges are remembered for each card."""
_HOUR, _DAY = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Policy:
    """What to do by itself at a stall and at an error (`continue`, `interrupt`, `restart`, or nothing when
    empty), and the most of it in an hour and in a day for one card."""

    stall: str = ""
    error: str = ""
    per_hour: int = 3
    per_day: int = 10


def due(card: Card, policy: Policy, now: float) -> str:
    """The nudge that the card gets now; empty for none. One for each time that it got stuck."""
    session = card.session
    if session is None or card.ending or card.launch or card.held is not None or card.finished:
        return ""
    how = _wanted(session, policy)
    if not how or any(at >= session.since for at in card.nudges):
        return ""
    if sum(now - at < _HOUR for at in card.nudges) >= policy.per_hour:
        return ""
    return "" if sum(now - at < _DAY for at in card.nudges) >= policy.per_day else how


def _wanted(session: Session, policy: Policy) -> str:
    if session.status is Status.STALLED:
        return policy.stall
    return policy.error if session.status is Status.ERROR else ""
