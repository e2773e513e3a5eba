"""Issues that no rule imports, because a person took their card off the board, or off the issue."""

from dataclasses import replace

from orchestrator.core.events import CardEvent, CardRemoved
from orchestrator.core.forge.events import ItemLinked, ItemUnlinked
from orchestrator.core.forge.repository import ItemRef
from orchestrator.core.model import Card, State

KEPT = 5000
"""The latest ones."""


def with_passed_over(state: State, card: Card, event: CardEvent) -> State:
    """The state with what the event about the card means for rules that import."""
    match event:
        case ItemUnlinked(item=ref) if ref.kind == "issue":
            return _added(state, ref)
        case CardRemoved() if card.forge.issue:
            return _added(state, card.forge.issue.ref)
        case ItemLinked(item=ref) if ref.key in state.passed_over:
            return replace(state, passed_over=tuple(key for key in state.passed_over if key != ref.key))
        case _:
            return state


def _added(state: State, ref: ItemRef) -> State:
    others = tuple(key for key in state.passed_over if key != ref.key)
    return replace(state, passed_over=(*others, ref.key)[-KEPT:])
