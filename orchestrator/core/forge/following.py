"""What follows for a card from what has happened to it: its ending, and what its issue shows."""

from orchestrator.core.events import CardRemoved, Event
from orchestrator.core.follow import completed
from orchestrator.core.forge.issues import status
from orchestrator.core.forge.issues.status import Rules
from orchestrator.core.model import Card, State
from orchestrator.core.workflow.progress import stage_of


def following(state: State, card: Card, rules: Rules, now: float) -> tuple[Event, ...]:
    """The events; what the forge is to be told of a removed card is decided with its removal."""
    done = completed(card, now)
    if any(isinstance(each, CardRemoved) for each in done):
        return (*status.removed(card, rules, now), *done)
    return done or progressed(state, card, rules, now)


def progressed(state: State, card: Card, rules: Rules, now: float) -> tuple[Event, ...]:
    """What its issue has to show from now on."""
    return status.progressed(card, stage_of(state, card), rules, now) if card.forge.issue else ()
