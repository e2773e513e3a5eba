"""What follows automatically from the state: which waiting cards may start, and when an ending is
complete."""

from dataclasses import dataclass

from orchestrator.core.board.shown import start_queue
from orchestrator.core.effects import alive, owed
from orchestrator.core.events import (
    CardRemoved,
    EndingDone,
    Event,
    StartAdmitted,
    StartQueued,
)
from orchestrator.core.forge.changes.follow import following
from orchestrator.core.landing.queue import waits
from orchestrator.core.model import Card, State, Step


@dataclass(frozen=True, slots=True)
class Capacity:
    """The free slots for sessions: `max_sessions` is set by the user, `more` by the free memory, which
    `memory` has as text."""

    max_sessions: int
    more: int
    memory: str


def admit(state: State, room: Capacity, now: float) -> tuple[Event, ...]:
    """Starts of waiting cards for which there is a slot, in order."""
    starting = sum(1 for card in state.cards.values() if card.launch and card.launch.step is not Step.QUEUED)
    free = min(room.max_sessions - running(state) - starting, room.more - starting)
    return tuple(StartAdmitted(now, card.id) for card in start_queue(state)[: max(0, free)])


def running(state: State) -> int:
    """The number of sessions with a live process."""
    return sum(1 for card in state.cards.values() if alive(card))


def queue_reason(state: State, room: Capacity) -> str:
    """Why cards are waiting to start, as text; empty if none is."""
    waiting = len(start_queue(state))
    if not waiting:
        return ""
    if running(state) >= room.max_sessions:
        return f"max_sessions = {room.max_sessions} reached"
    return f"memory: {room.memory}"


def completed(card: Card, now: float) -> tuple[Event, ...]:
    """The end of an ending that has no pending effects, and what follows from a change request."""
    ending = card.ending
    if ending is None:
        return following(card, now)
    if waits(card) or owed(card):
        return ()
    if ending.then == "remove":
        return (CardRemoved(now, card.id),)
    done = EndingDone(now, card.id)
    again = ending.then == "restart" or ending.resumes
    if again and card.session:
        session = card.session
        return (done, StartQueued(now, card.id, session.run + 1, session.session_id, resume=True))
    return (done,)
