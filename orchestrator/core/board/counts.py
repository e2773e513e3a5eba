"""Counts of the board, for prompts and status lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.board.views import CardView, HubView
from orchestrator.core.sessions.states import AT_WORK


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers only: `orch status` reads them without a parser."""

    needs: int
    """Entries of the queue: everything that needs you."""
    working: int
    """Cards in In Progress."""
    idle: int
    """Cards whose session is idle."""
    sessions: int
    """Running sessions, of which `at_work` are at work."""
    at_work: int
    queued: int
    """Cards that wait to start."""
    unread: int
    """Cards with a result that you have not seen."""
    backlog: int
    blocked: int
    review: int
    done: int
    cards: int
    cost: float
    """USD today."""


def counts(cards: Iterable[CardView], hub: HubView) -> Counts:
    """The counts of these cards."""
    every = tuple(cards)
    columns = [card.column for card in every]
    return Counts(
        needs=hub.waiting,
        working=columns.count("in_progress"),
        idle=sum(1 for card in every if card.state == "idle"),
        sessions=hub.sessions,
        at_work=sum(1 for card in every if card.session_state in AT_WORK),
        queued=hub.queued,
        unread=sum(1 for card in every if card.unread),
        backlog=columns.count("backlog"),
        blocked=columns.count("blocked"),
        review=columns.count("review"),
        done=columns.count("done"),
        cards=len(every),
        cost=round(hub.cost_today_usd, 2),
    )
