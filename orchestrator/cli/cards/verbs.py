"""Verbs that change cards. Each prints the resulting card; several cards are handled one by one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import get_args

import click

from orchestrator.cli.cards.chosen import chosen, fitting, one_or_where, several_cards, where_option
from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.failures import exit_code, tell
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import card_argument, complete_card, from_stdin, json_option
from orchestrator.cli.text import plain
from orchestrator.client import OrchError
from orchestrator.client.resuming import AT_ONCE, resume_all
from orchestrator.core.board.columns import WAITS_TO_BE_TYPED
from orchestrator.core.board.views import CardView
from orchestrator.core.filter.language import Filter, parse
from orchestrator.core.requests.cards import (
    Hold,
    Nudge,
    Nudging,
    Remove,
    Restart,
    Resume,
    Send,
    Shelve,
    Start,
    Stop,
)
from orchestrator.core.requests.request import Request

RUNNING = parse("session=live")
_json = json_option("Print each card as a JSON line.")


def state_in_words(card: CardView) -> str:
    """The state without underscores, with its reason in brackets if there is one."""
    said = plain(card.reason)
    return card.state.replace("_", " ") + (f" ({said})" if said else "")


def _removed(card: CardView) -> str:
    kept = f"removed; work saved as {card.rescues[-1]}" if card.rescues else "removed"
    return f"{kept}; {plain(card.reason)}" if card.reason and not card.worktree else kept


def _sent(card: CardView) -> str:
    """Says whether the prompt is still waiting; the card's reason says why."""
    said = state_in_words(card)
    if not card.queued_prompts or card.reason.startswith(WAITS_TO_BE_TYPED):
        return said
    number = card.queued_prompts
    waits = "the prompt is waiting" if number == 1 else f"{number} prompts are waiting"
    return f"{said}; {waits} until it is idle"


def report(card: CardView, as_json: bool, in_words: Callable[[CardView], str] = state_in_words) -> None:
    """The resulting card: a line of text, or a line of JSON."""
    if as_json:
        click.echo(json.dumps(asdict(card)))
    else:
        click.echo(f"{card.id} {plain(card.slug)}: {in_words(card)}")


def each(
    cards: Sequence[str],
    request: Callable[[str], Request[CardView]],
    as_json: bool,
    in_words: Callable[[CardView], str] = state_in_words,
) -> None:
    """Submits the request for every card, also after a refusal; the first failure sets the exit code."""
    client = hub()
    first = ExitCode.DONE
    for name in cards:
        try:
            report(with_trust(client, partial(client.submit, request(name))), as_json, in_words)
        except OrchError as error:
            tell(error, plain(name) if len(cards) > 1 else "")
            first = first or exit_code(error)
    click.get_current_context().exit(first)


@verb("start")
@several_cards
@_json
def start(cards: tuple[str, ...], where: Filter | None, as_json: bool) -> None:
    each(chosen(cards, where), Start, as_json)


@verb("stop")
@several_cards
@_json
def stop(cards: tuple[str, ...], where: Filter | None, as_json: bool) -> None:
    each(chosen(cards, where), Stop, as_json)


@verb("resume")
@several_cards
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Resume every session that ended unexpectedly; with --where, only of cards that fit.",
)
@click.option("--continue", "go_on", is_flag=True, help="Continue cut-off turns.")
@click.option(
    "--at-once",
    type=click.IntRange(1),
    metavar="N",
    help=f"With --all: maximum number of simultaneous starts ({AT_ONCE}).",
)
@_json
def resume(
    cards: tuple[str, ...],
    where: Filter | None,
    every: bool,
    go_on: bool,
    at_once: int | None,
    as_json: bool,
) -> None:
    if every and cards:
        raise click.UsageError("name cards or use --all, not both.")
    if not (every or cards or where):
        raise click.UsageError("name cards, or use --all or --where.")
    if at_once and not every:
        raise click.UsageError("--at-once requires --all.")
    if not every:
        each(chosen(cards, where), lambda name: Resume(name, go_on=go_on), as_json)
        return
    nothing, first = True, ExitCode.DONE
    only = {card.id for card in fitting(where)} if where else None
    for resumed in resume_all(hub(), go_on=go_on, at_once=at_once or AT_ONCE, only=only):
        nothing = False
        if resumed.card:
            report(resumed.card, as_json)
        elif resumed.error:
            tell(resumed.error, resumed.id)
            first = first or exit_code(resumed.error)
    if nothing and not as_json:
        click.echo(
            "No session ended unexpectedly, and no turn was cut off. To resume a stopped one: orch "
            "resume CARD"
        )
    click.get_current_context().exit(first)


@verb("restart")
@several_cards
@_json
def restart(cards: tuple[str, ...], where: Filter | None, as_json: bool) -> None:
    each(chosen(cards, where), Restart, as_json)


@verb("send")
@click.argument("words", metavar="[CARD] TEXT|-", nargs=-1, shell_complete=complete_card)
@where_option("Send it to every card that fits, instead of CARD.")
@click.option(
    "--all", "every", is_flag=True, help="Send it to every running session; with --where, to all that fit."
)
@click.option("--queue", is_flag=True, help="Send it once the session is idle.")
@_json
def send(words: tuple[str, ...], where: Filter | None, every: bool, queue: bool, as_json: bool) -> None:
    where = where or (RUNNING if every else None)
    card, text = one_or_where(words, where, "name a card and a text")
    if len(text) != 1:
        raise click.UsageError("the text is missing." if not text else "quote the text: it is one argument.")
    said = from_stdin() if text[0] == "-" else text[0]
    if not said.strip():
        raise click.UsageError("the text is empty.")
    each(chosen(card, where), lambda name: Send(name, said, queue=queue), as_json, _sent)


@verb("nudge")
@card_argument()
@click.argument("how", type=click.Choice(get_args(Nudging)))
@_json
def nudge(card: str, how: Nudging, as_json: bool) -> None:
    each([card], lambda name: Nudge(name, how), as_json)


@verb("hold")
@click.argument("words", metavar="[CARD] [NOTE]", nargs=-1, shell_complete=complete_card)
@where_option("Hold every card that fits, instead of CARD.")
@_json
def hold(words: tuple[str, ...], where: Filter | None, as_json: bool) -> None:
    card, note = one_or_where(words, where, "name a card")
    if len(note) > 1:
        raise click.UsageError("quote the note: it is one argument.")
    each(chosen(card, where), lambda name: Hold(name, "".join(note)), as_json)


@verb("shelve")
@several_cards
@_json
def shelve(cards: tuple[str, ...], where: Filter | None, as_json: bool) -> None:
    each(chosen(cards, where), Shelve, as_json)


@verb("rm")
@several_cards
@click.option("--rescue", is_flag=True, help="Save work that would be lost under a rescue ref, then remove.")
@click.option("--keep", is_flag=True, help="Remove only the card; keep worktree and branch.")
@click.option(
    "--force",
    is_flag=True,
    help="End the session even if it is working. Does not skip the check for lost work.",
)
@_json
def rm(
    cards: tuple[str, ...], where: Filter | None, rescue: bool, keep: bool, force: bool, as_json: bool
) -> None:
    if rescue and keep:
        raise click.UsageError("--rescue and --keep cannot be combined.")
    each(
        chosen(cards, where),
        lambda name: Remove(name, rescue=rescue, keep=keep, force=force),
        as_json,
        _removed,
    )
