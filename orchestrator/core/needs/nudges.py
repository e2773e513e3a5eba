"""When a stuck session is nudged automatically, and when no longer."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from orchestrator.core.model import Card
from orchestrator.core.requests.cards import Nudging
from orchestrator.core.sessions.model import Session, Status

KEPT = 50
"""How many nudges are remembered per card."""
_HOUR, _DAY = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Policy:
    """The automatic nudges at a stall and at an error (`continue`, `interrupt`, `restart`, or empty for
    none), and their limits per card, hour and day."""

    stall: str = ""
    error: str = ""
    per_hour: int = 3
    per_day: int = 10


def commands(card: str, options: Collection[str]) -> tuple[str, ...]:
    """The command lines that help the session of that card on by these of a need's options. One
    that has ended can't be nudged."""
    nudges = [each for each in options if each in get_args(Nudging)]
    resumes = [f"orch resume {card}"] if "resume" in options else []
    return (*resumes, *([f"orch nudge {card} {'|'.join(nudges)}"] if nudges else []))


def due(card: Card, policy: Policy, now: float) -> str:
    """The nudge that the card gets now; empty for none. One each time it gets stuck."""
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
