"""Who needs the human, and how urgently: the order in which `next waiting` walks."""

from orchestrator.core.model import Column, Status

_URGENCY = {
    Status.PERMISSION: 1,
    Status.QUESTION: 1,
    Status.PLAN: 1,
    Status.SETUP: 1,
    Status.ERROR: 2,
    Status.LOST: 2,
    Status.EXITED: 2,
    Status.STALLED: 3,
    Status.RATE_LIMITED: 3,
}


def attention(column: Column, state: str, *, held: bool, unread: bool, asks: bool) -> int:
    """0 when nobody is needed, else 1 (an agent stands still until somebody answers), 2 (something
    broke), 3 (it may go on by itself), 4 (it ended with a question) or 5 (it ended, unread)."""
    if held or column in (Column.BACKLOG, Column.DONE):
        return 0
    if column is Column.BLOCKED:
        return _URGENCY.get(Status(state), 2) if state in set(Status) else 2
    if column is Column.REVIEW and unread:
        return 4 if asks else 5
    return 0
