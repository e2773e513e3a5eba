"""The queue of landings: in each repository one card at a time, in the order in which they were asked for."""

from orchestrator.core.events import Event
from orchestrator.core.landing.events import LandingAdmitted
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.model import Card, State

TRIES = 3
"""How often a landing is made again because its base has moved meanwhile."""
CHECKING = "checking the result"
"""How the progress of a landing begins while its check runs."""


def lands(card: Card) -> bool:
    """Whether its branch is to be landed and is not yet."""
    return card.ending is not None and card.ending.how in METHODS and not card.ending.merged


def waits(card: Card) -> bool:
    """Whether it waits for its turn."""
    return lands(card) and card.ending is not None and not card.ending.admitted


def stage_of_landing(card: Card) -> str:
    """Where it is on its way into the base, as text; empty if it is not being landed."""
    if not lands(card) or card.ending is None:
        return ""
    if waits(card):
        return "queued to land"
    return "check running" if card.ending.progress.startswith(CHECKING) else "landing"


def ahead(state: State, card: Card) -> tuple[str, ...]:
    """The cards of its repository that land before it, the one under way first. A card that is not in the
    queue stands behind all that are."""
    return tuple(each.id for each in _queue(state, card.repo, until=card))


def positions(state: State) -> dict[str, int]:
    """How many cards land before each one that waits for its turn."""
    waiting = [card for card in state.cards.values() if waits(card)]
    return {card.id: len(ahead(state, card)) for card in waiting}


def admitted(state: State, now: float) -> tuple[Event, ...]:
    """The turns that begin now."""
    waiting = [card for card in state.cards.values() if waits(card)]
    if not waiting:
        return ()
    firsts = {repo: _queue(state, repo)[0] for repo in {card.repo for card in waiting}}
    return tuple(LandingAdmitted(now, card.id) for card in firsts.values() if waits(card))


def _queue(state: State, repo: str, until: Card | None = None) -> list[Card]:
    queue = sorted((card for card in state.cards.values() if card.repo == repo and lands(card)), key=_place)
    at = next((n for n, card in enumerate(queue) if until and card.id == until.id), len(queue))
    return queue[:at]


def _place(card: Card) -> tuple[bool, float, int]:
    assert card.ending is not None
    return not card.ending.admitted, card.ending.since, int(card.id.removeprefix("c"))
