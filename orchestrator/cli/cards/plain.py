"""Verbs defined by the action's row alone: each submits the request of that verb for every card."""

from collections.abc import Callable

import click

from orchestrator.actions import PLAIN
from orchestrator.cli.cards.chosen import chosen, several_cards
from orchestrator.cli.cards.verbs import each, state_in_words
from orchestrator.cli.group import verb
from orchestrator.cli.options import json_option
from orchestrator.core.board.views import CardView
from orchestrator.core.filter.language import Filter
from orchestrator.core.requests.every import card_request


def _pinned(card: CardView) -> str:
    return "pinned" if card.pinned else "unpinned"


def _in_words(action: str) -> Callable[[CardView], str]:
    return _pinned if action in ("pin", "unpin") else state_in_words


def __getattr__(action: str) -> click.Command:
    """The verb of that plain action."""
    if action not in PLAIN:
        raise AttributeError(action)

    @verb(action)
    @several_cards
    @json_option("Print each card as a JSON line.")
    def command(cards: tuple[str, ...], where: Filter | None, as_json: bool) -> None:
        each(chosen(cards, where), lambda card: card_request(action, card), as_json, _in_words(action))

    return command
