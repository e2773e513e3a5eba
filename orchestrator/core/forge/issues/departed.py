"""Removed cards of which the forge has still to be told."""

from dataclasses import replace

from orchestrator.core.events import CardEvent
from orchestrator.core.forge.events import ForgeEvent
from orchestrator.core.forge.evolve import evolve_forge
from orchestrator.core.forge.issues.leaving import removed, returned
from orchestrator.core.model import Card, State
from orchestrator.core.review.comments import CardReview


def departing(state: State, card: Card) -> State:
    """The state in which the card, which is being removed, is kept as long as the forge has to be told."""
    forge = removed(card.forge)
    if not forge.left:
        return state
    rest = replace(
        card,
        forge=forge,
        prompt="",
        worktree=None,
        launch=None,
        session=None,
        ending=None,
        outbox=(),
        kept=(),
        failure=None,
        review=CardReview(),
        overlap_notes=(),
    )
    return replace(state, departed={**state.departed, card.id: rest})


def with_departed(state: State, event: CardEvent) -> State:
    """The state after an event that may be about a removed card."""
    card = state.departed.get(event.card)
    if card is None or not isinstance(event, ForgeEvent):
        return state
    forge = evolve_forge(card.forge, event)
    rest = {key: each for key, each in state.departed.items() if key != card.id}
    return replace(state, departed={**rest, card.id: replace(card, forge=forge)} if forge.left else rest)


def back_on_board(state: State, card: Card) -> tuple[State, Card]:
    """A removed card that is on the board again, with what it has on the forge."""
    since = state.departed.get(card.id)
    card = replace(card, forge=returned(card.forge, since.forge if since else None))
    return replace(
        state, departed={key: each for key, each in state.departed.items() if key != card.id}
    ), card
