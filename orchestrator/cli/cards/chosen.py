"""The cards that a verb acts on: named one by one, or all that fit a filter."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.options import cards_argument
from orchestrator.core.board.views import CardView
from orchestrator.core.errors import Missing
from orchestrator.core.filter.language import Filter, parse
from orchestrator.core.filter.problem import FilterError
from orchestrator.core.requests.cards import ShowBoard

_BOTH = "name cards or use --where, not both."


def _parsed(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Filter | None:
    if value is None:
        return None
    try:
        return parse(value)
    except FilterError as error:
        raise click.BadParameter(str(error)) from None


def where_option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--where`, passed to the verb as a `Filter`, or `None`."""
    return click.option("--where", metavar="FILTER", callback=_parsed, help=help_text)


def several_cards(verb: Callable[..., Any]) -> Callable[..., Any]:
    """`CARD...` or `--where`, passed to the verb as `cards` and `where` for `chosen`."""
    return cards_argument(required=False)(where_option("Every card that fits, instead of CARD....")(verb))


def chosen(cards: Sequence[str], where: Filter | None) -> tuple[str, ...]:
    """The named cards, or the ids of those that fit, in the board's order. Raises `Missing` if none does."""
    if where is None:
        if not cards:
            raise click.UsageError("name cards, or use --where.")
        return tuple(cards)
    if cards:
        raise click.UsageError(_BOTH)
    return tuple(card.id for card in fitting(where))


def fitting(where: Filter) -> list[CardView]:
    """The cards that fit, in the board's order. Raises `Missing` if none does."""
    now = time.time()
    found = [card for card in hub().submit(ShowBoard()).cards if where.fits(card, now)]
    if not found:
        raise Missing(f"no card fits {where.text!r}", hint="List cards: orch ls")
    return found


def one_or_where(words: tuple[str, ...], where: object, what: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Splits `[CARD] REST...`: the card is there unless `where` chooses cards. `what` names the arguments."""
    if where:
        return (), words
    if not words:
        raise click.UsageError(f"{what}, or use --where.")
    return words[:1], words[1:]
