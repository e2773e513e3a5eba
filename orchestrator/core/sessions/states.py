"""The states of a session: one row for each, with everything that follows from it."""

from dataclasses import dataclass

from orchestrator.core.literals import NeedKind, StateRole
from orchestrator.core.model import Column
from orchestrator.core.sessions.model import Status


@dataclass(frozen=True, slots=True)
class StateRow:
    """The meaning of a session's state. The flags are false unless a row sets them."""

    column: Column
    """The column of its card; an unexpected `exited` is Blocked instead."""
    glyph: str
    role: StateRole
    need: NeedKind | None = None
    """The kind of need that the state implies; `None` for none."""
    at_work: bool = False
    """Ending the session would cut off work."""
    over: bool = False
    """The session has no process any more."""
    may_type: bool = False
    """A prompt may be typed if the registry reports that the agent is idle."""
    may_interrupt: bool = False
    """Escape interrupts its turn."""
    wakes: bool = False
    """It can be woken for mail."""
    answers: bool = False
    """It is blocked until a person answers."""


STATES: dict[Status, StateRow] = {
    Status.STARTING: StateRow(Column.IN_PROGRESS, "◌", "busy", at_work=True),
    Status.WORKING: StateRow(Column.IN_PROGRESS, "●", "busy", at_work=True, may_interrupt=True),
    Status.BACKGROUND: StateRow(Column.IN_PROGRESS, "◐", "busy", at_work=True, may_type=True, wakes=True),
    Status.COMPACTING: StateRow(Column.IN_PROGRESS, "◐", "busy", at_work=True, may_interrupt=True),
    Status.RETRYING: StateRow(Column.IN_PROGRESS, "↻", "trouble", at_work=True, may_interrupt=True),
    Status.SETUP: StateRow(Column.BLOCKED, "◌", "trouble", need="dialog", at_work=True, answers=True),
    Status.PERMISSION: StateRow(Column.BLOCKED, "▲", "needs", need="permission", at_work=True, answers=True),
    Status.QUESTION: StateRow(Column.BLOCKED, "▲", "needs", need="question", at_work=True, answers=True),
    Status.PLAN: StateRow(Column.BLOCKED, "▲", "needs", need="plan", at_work=True, answers=True),
    Status.RATE_LIMITED: StateRow(Column.BLOCKED, "◆", "trouble", need="rate_limited", may_type=True),
    Status.ERROR: StateRow(Column.BLOCKED, "×", "bad", need="error", may_type=True),
    Status.STALLED: StateRow(Column.BLOCKED, "◆", "trouble", need="stalled", may_interrupt=True),
    Status.LOST: StateRow(Column.BLOCKED, "×", "bad", need="lost", over=True),
    Status.IDLE: StateRow(Column.REVIEW, "◇", "calm", may_type=True, wakes=True),
    Status.INTERRUPTED: StateRow(Column.REVIEW, "■", "calm", may_type=True),
    Status.EXITED: StateRow(Column.REVIEW, "□", "off", over=True),
}
"""In the order of the columns."""

OVER = frozenset(status for status, row in STATES.items() if row.over)
AT_WORK = frozenset(status for status, row in STATES.items() if row.at_work)

_DOES = {
    Status.BACKGROUND: "has tasks in the background",
    Status.RETRYING: "is retrying an API call",
    Status.SETUP: "is waiting at a dialog",
    Status.PERMISSION: "is waiting for a permission",
    Status.QUESTION: "is waiting for an answer",
    Status.PLAN: "is waiting for approval of a plan",
    Status.RATE_LIMITED: "has reached a rate limit",
    Status.ERROR: "has failed a turn",
    Status.INTERRUPTED: "was interrupted",
    Status.EXITED: "has exited",
}


def does(state: str) -> str:
    """What a session in that state does, as a predicate such as `is waiting for a permission`."""
    known = state in set(Status)
    return _DOES.get(Status(state), f"is {state}") if known else f"is {state.replace('_', ' ')}"
