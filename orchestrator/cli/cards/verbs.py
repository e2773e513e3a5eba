"""Verbs that change cards. Each prints the resulting card; several cards are handled one by one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import get_args

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.failures import exit_code, tell
from orchestrator.cli.group import verb
from orchestrator.cli.machine.trust import with_trust
from orchestrator.cli.options import card_argument, cards_argument, from_stdin, json_option
from orchestrator.cli.text import plain
from orchestrator.client import OrchError
from orchestrator.client.resuming import AT_ONCE, resume_all
from orchestrator.core.board.columns import WAITS_TO_BE_TYPED
from orchestrator.core.board.views import CardView
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
@cards_argument()
@_json
def start(cards: tuple[str, ...], as_json: bool) -> None:
    each(cards, Start, as_json)


@verb("stop")
@cards_argument()
@_json
def stop(cards: tuple[str, ...], as_json: bool) -> None:
    each(cards, Stop, as_json)


@verb("resume")
@cards_argument(required=False)
@click.option("--all", "every", is_flag=True, help="Resume every session that ended unexpectedly.")
@click.option("--continue", "go_on", is_flag=True, help="Continue cut-off turns.")
@click.option(
    "--at-once",
    type=click.IntRange(1),
    metavar="N",
    help=f"With --all: maximum number of simultaneous starts ({AT_ONCE}).",
)
@_json
def resume(cards: tuple[str, ...], every: bool, go_on: bool, at_once: int | None, as_json: bool) -> None:
    if every == bool(cards):
        raise click.UsageError(
            "name cards, or use --all." if not cards else "name cards or use --all, not both."
        )
    if at_once and not every:
        raise click.UsageError("--at-once requires --all.")
    if not every:
        each(cards, lambda name: Resume(name, go_on=go_on), as_json)
        return
    nothing, first = True, ExitCode.DONE
    for resumed in resume_all(hub(), go_on=go_on, at_once=at_once or AT_ONCE):
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
@cards_argument()
@_json
def restart(cards: tuple[str, ...], as_json: bool) -> None:
    each(cards, Restart, as_json)


@verb("send")
@card_argument()
@click.argument("text", metavar="TEXT|-")
@click.option("--queue", is_flag=True, help="Send it once the session is idle.")
@_json
def send(card: str, text: str, queue: bool, as_json: bool) -> None:
    said = from_stdin() if text == "-" else text
    if not said.strip():
        raise click.UsageError("the text is empty.")
    each([card], lambda name: Send(name, said, queue=queue), as_json, _sent)


@verb("nudge")
@card_argument()
@click.argument("how", type=click.Choice(get_args(Nudging)))
@_json
def nudge(card: str, how: Nudging, as_json: bool) -> None:
    each([card], lambda name: Nudge(name, how), as_json)


@verb("hold")
@card_argument()
@click.argument("note", default="")
@_json
def hold(card: str, note: str, as_json: bool) -> None:
    each([card], lambda name: Hold(name, note), as_json)


@verb("shelve")
@cards_argument()
@_json
def shelve(cards: tuple[str, ...], as_json: bool) -> None:
    each(cards, Shelve, as_json)


@verb("rm")
@cards_argument()
@click.option("--rescue", is_flag=True, help="Save work that would be lost under a rescue ref, then remove.")
@click.option("--keep", is_flag=True, help="Remove only the card; keep worktree and branch.")
@click.option(
    "--force",
    is_flag=True,
    help="End the session even if it is working. Does not skip the check for lost work.",
)
@_json
def rm(cards: tuple[str, ...], rescue: bool, keep: bool, force: bool, as_json: bool) -> None:
    if rescue and keep:
        raise click.UsageError("--rescue and --keep cannot be combined.")
    each(
        cards,
        lambda name: Remove(name, rescue=rescue, keep=keep, force=force),
        as_json,
        _removed,
    )
