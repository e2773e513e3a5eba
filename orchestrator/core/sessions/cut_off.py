"""Turns that were cut off by the end of their session: what they were doing, as text."""

from orchestrator.core.sessions.model import Facts, Session, Turn
from orchestrator.core.text.clean import one_line

_ASKED = {
    "permission": "asking for a permission",
    "question": "asking a question",
    "plan": "waiting for plan approval",
}


def in_a_turn(facts: Facts) -> bool:
    """Whether a turn is in progress. Without hooks, the registry decides."""
    at_work = facts.registry in ("busy", "waiting") and facts.wait != "dialog"
    return bool(facts.asks) or facts.turn is Turn.OPEN or (facts.turn is Turn.NONE and at_work)


def cut_off(session: Session) -> str:
    """What the ended session was doing in the middle of a turn: `ran Bash: npm test`. Empty if no turn was
    cut off; an earlier cut-off turn is remembered until a person decides how to continue."""
    facts = session.facts
    if not in_a_turn(facts):
        return facts.cut_off
    if facts.asks:
        return f"{_ASKED[facts.asks[0].kind]}: {facts.asks[0].summary}"
    if facts.registry == "waiting":
        return f"waiting for you ({facts.waiting_for})" if facts.waiting_for else "waiting for you"
    if facts.compacting:
        return "compacting its context"
    if facts.doing:
        return f"running {facts.doing}"
    return f"working on: {one_line(facts.prompt, 120)}" if facts.prompt else "working"


def words(said: str) -> str:
    """`was cut off while it ran Bash: npm test`."""
    return f"cut off while {said}"
