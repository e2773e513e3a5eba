"""`orch wait`: blocks until cards reach a state."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType

import click

from orchestrator.cli.cards.chosen import chosen, where_option
from orchestrator.cli.cards.verbs import report, state_in_words
from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.options import cards_argument, json_option, time_option
from orchestrator.cli.text import plain
from orchestrator.client import Board, CardChanged, CardGone, Client, HubAway, Update
from orchestrator.core.board.reaching import GOALS, Waiting
from orchestrator.core.filter.language import Filter
from orchestrator.core.requests.cards import ShowCard

_HUB_BACK_WITHIN = 60.0
"""Seconds in which a hub that has ended is expected back, as after a crash or an upgrade."""
_TRIES_EVERY = 0.5


@verb("wait")
@cards_argument(required=False)
@where_option("Every card that fits now, instead of CARD....")
@click.option(
    "--until",
    "goals",
    type=click.Choice([*GOALS]),
    multiple=True,
    required=True,
    help="; ".join(f"{goal}: {means}" for goal, means in GOALS.items()) + ". Repeat it for alternatives.",
)
@click.option("--any", "one", is_flag=True, help="Until the first of the cards is there; default: all.")
@click.option("--all", "every", is_flag=True, help="Until each card has been there once; the default.")
@time_option("--timeout", "Give up after this time.")
@json_option("Print each card as a JSON line when it is there.")
def wait(
    *,
    cards: tuple[str, ...],
    where: Filter | None,
    goals: tuple[str, ...],
    one: bool,
    every: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    if one and every:
        raise click.UsageError("--any and --all cannot be combined.")
    names, client = chosen(cards, where), hub()
    found = [client.submit(ShowCard(name)).card for name in names]
    waiting = Waiting(goals, {card.id: card.slug for card in found}, one)
    try:
        with _at_most(timeout):
            code = _follow(client, waiting, as_json)
    except _TimeUpError:
        left = ", ".join(f"{card} {plain(waiting.cards[card])}" for card in waiting.left)
        click.echo(f"orch: timeout: still waiting for {left}", err=True)
        code = ExitCode.TIMEOUT
    click.get_current_context().exit(code)


wait.epilog = (
    "Exits with 0 when it is reached, 7 at the timeout, and 8 when it cannot be reached any more: a card was "
    "removed, or is done."
)


def _follow(client: Client, waiting: Waiting, as_json: bool) -> ExitCode:
    for update in _updates(client):
        there = []
        match update:
            case Board():
                there = waiting.board(update.cards)
            case CardChanged():
                there = [update.card] if waiting.changed(update.card) else []
            case CardGone():
                waiting.gone(update.id)
        for card in there:
            if as_json:
                click.echo(json.dumps(asdict(card)))
            else:
                report(card, False, state_in_words)
        if waiting.over:
            return ExitCode.DONE
        if waiting.hopeless:
            for card_id, why in waiting.lost.items():
                click.echo(
                    f"orch: {card_id} {plain(waiting.cards[card_id])} cannot get there: {why}", err=True
                )
            return ExitCode.UNREACHABLE
    raise AssertionError("the stream has no end")


def _updates(client: Client) -> Iterator[Update]:
    """The updates of the hub, and of the one that takes its place. Raises `HubAway` if none does, or it was
    stopped on purpose."""
    away_since: float | None = None
    while True:
        try:
            for update in client.watch():
                away_since = None
                yield update
        except HubAway:
            now = time.monotonic()
            away_since = away_since or now
            if client.home.stopped.exists() or now - away_since > _HUB_BACK_WITHIN:
                raise
            time.sleep(_TRIES_EVERY)


class _TimeUpError(Exception):
    """The timeout has passed."""


@contextmanager
def _at_most(seconds: float | None) -> Iterator[None]:
    """Raises `_TimeUpError` in whatever waits inside once the time has passed."""
    if seconds is None:
        yield
        return

    def up(_number: int, _frame: FrameType | None) -> None:
        raise _TimeUpError

    before = signal.signal(signal.SIGALRM, up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
