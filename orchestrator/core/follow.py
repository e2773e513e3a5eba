"""What follows by itself from the state: who is let in from the queue, and when an ending is done."""

from dataclasses import dataclass

from orchestrator.core.effects import alive, first_prompt, owed
from orchestrator.core.events import (
    CardRemoved,
    EndingDone,
    Event,
    PromptConfirmed,
    PromptUnconfirmed,
    StartAdmitted,
    StartQueued,
)
from orchestrator.core.model import Card, State, Step, Turn
from orchestrator.core.shown import queue
from orchestrator.core.signals import PromptTaken, Signal

RECEIPT_WITHIN = 15.0
"""Seconds after which a typed prompt without a receipt is shown as unconfirmed."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many sessions may run: `max_sessions` by the user's wish, `more` by the memory that is free
    now; `memory` says that figure in words."""

    max_sessions: int
    more: int
    memory: str


def admit(state: State, room: Room, now: float) -> tuple[Event, ...]:
    """Starts of queued cards for which there is room, in the queue's order."""
    starting = sum(1 for card in state.cards.values() if card.launch and card.launch.step is not Step.QUEUED)
    free = min(room.max_sessions - running(state) - starting, room.more - starting)
    return tuple(StartAdmitted(now, card.id) for card in queue(state)[: max(0, free)])


def running(state: State) -> int:
    """How many sessions have a live process."""
    return sum(1 for card in state.cards.values() if alive(card))


def queue_reason(state: State, room: Room) -> str:
    """Why cards wait in the queue, in words; empty when none does."""
    waiting = len(queue(state))
    if not waiting:
        return ""
    if running(state) >= room.max_sessions:
        return f"max_sessions = {room.max_sessions} is reached"
    return f"memory: {room.memory}"


def completed(card: Card, now: float, session_id: str) -> tuple[Event, ...]:
    """The end of an ending for which nothing is owed any more. `session_id` is a fresh UUID, used
    where a restart has no conversation to bring back."""
    ending = card.ending
    if ending is None or owed(card):
        return ()
    if ending.then == "remove":
        return (CardRemoved(now, card.id),)
    done = EndingDone(now, card.id)
    if ending.then == "restart" and card.session:
        resume = card.session.facts.turn is not Turn.NONE
        return (
            done,
            StartQueued(
                now,
                card.id,
                card.session.run + 1,
                card.session.session_id if resume else session_id,
                resume=resume,
                prompt="" if resume else first_prompt(card),
            ),
        )
    return (done,)


def receipt(card: Card, signal: Signal) -> tuple[Event, ...]:
    """The typed prompt that this signal confirms."""
    if not isinstance(signal, PromptTaken):
        return ()
    for prompt in card.outbox:
        if prompt.state != "queued" and _same(prompt.text, signal.text):
            return (PromptConfirmed(signal.at, card.id, prompt.id),)
    return ()


def overdue(card: Card, now: float) -> tuple[Event, ...]:
    """Prompts whose receipt is late."""
    return tuple(
        PromptUnconfirmed(now, card.id, prompt.id)
        for prompt in card.outbox
        if prompt.state in ("pasting", "pasted") and now - prompt.at >= RECEIPT_WITHIN
    )


def is_prompt(shown: str, kept: str) -> bool:
    """Whether a box that shows `shown` holds the prompt of which `kept` is the beginning; lines may have
    been broken anew."""
    begun = "".join(kept.split())
    return bool(begun) and "".join(shown.split()).startswith(begun)


def _same(typed: str, taken: str) -> bool:
    return typed.split() == taken.split()
