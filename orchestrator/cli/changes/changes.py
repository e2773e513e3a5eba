"""`orch pr`: the pull request of a card shown, merged, linked and opened in the browser."""

import json
import time
from dataclasses import asdict
from urllib.parse import urlsplit

import click

from orchestrator.cli.cards.verbs import report
from orchestrator.cli.connection import hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.cli.text import plain
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix.views import autofix_words
from orchestrator.core.forge.changes.view import ChangeView, sentences
from orchestrator.core.forge.fresh import as_of
from orchestrator.core.requests.cards import ShowCard
from orchestrator.core.requests.changes import LinkChangeTo, MergeChangeOf, UnlinkChangeFrom

_HERE = "orchestrator.cli.changes.changes"
_FIXES = "orchestrator.cli.changes.fixes"

pr = LazyGroup(
    name="pr",
    prefix="pr.",
    verbs={
        "show": f"{_HERE}:show",
        "merge": f"{_HERE}:merge",
        "link": f"{_HERE}:link",
        "unlink": f"{_HERE}:unlink",
        "open": f"{_HERE}:open_",
        "problems": f"{_FIXES}:problems",
        "fix": f"{_FIXES}:fix",
        "autofix": f"{_FIXES}:autofix",
    },
    help=GROUPS["pr"],
)


@verb("pr.show")
@card_argument()
@json_option("Print the pull request as JSON.")
def show(*, card: str, as_json: bool) -> None:
    found, change = _change_of(card)
    if as_json:
        click.echo(json.dumps(asdict(change) | _beside(found), indent=2))
        return
    for said in (
        *sentences(change),
        *([autofix_words(found.autofix)] if change.state == "open" else ()),
        *found.remarks,
        *(f"waiting to be sent: {each}" for each in waiting(found)),
    ):
        click.echo(plain(said))
    for name in change.failing:
        click.echo(f"  failing: {plain(name)}")
    click.echo(as_of(change.as_of, time.time()) + (f": {plain(change.stale)}" if change.stale else ""))


@verb("pr.merge")
@card_argument()
@click.option(
    "--method",
    type=click.Choice(["merge", "squash", "rebase"]),
    help="Default: github.merge_method, or the only one that the repository allows.",
)
@click.option("--force", is_flag=True, help="Merge despite obstacles that GitHub itself does not enforce.")
@click.option("--no-wait", is_flag=True, help="Return once it is queued to be sent.")
@json_option("Print the card as a JSON line.")
def merge(*, card: str, method: str | None, force: bool, no_wait: bool, as_json: bool) -> None:
    request = MergeChangeOf(card, method or "", force, wait=not no_wait)  # type: ignore[arg-type]  # a choice
    report(hub().submit(request), as_json, told)


@verb("pr.link")
@card_argument()
@click.argument("number", type=click.IntRange(1, 10**9))
@json_option("Print the card as a JSON line.")
def link(*, card: str, number: int, as_json: bool) -> None:
    report(hub().submit(LinkChangeTo(card, number)), as_json, told)


@verb("pr.unlink")
@card_argument()
@json_option("Print the card as a JSON line.")
def unlink(*, card: str, as_json: bool) -> None:
    report(hub().submit(UnlinkChangeFrom(card)), as_json, told)


@verb("pr.open")
@card_argument()
@click.option("--print", "prints", is_flag=True, help="Print the address; open nothing.")
@json_option("Print the pull request as JSON; open nothing.")
def open_(*, card: str, prints: bool, as_json: bool) -> None:
    _, change = _change_of(card)
    if as_json:
        click.echo(json.dumps(asdict(change), indent=2))
        return
    click.echo(plain(change.url))
    if not prints and urlsplit(change.url).scheme in ("http", "https"):
        click.launch(change.url)


def waiting(card: CardView) -> tuple[str, ...]:
    """The changes of the card that wait to be sent."""
    return card.forge_outbox.waiting if card.forge_outbox else ()


def told(card: CardView) -> str:
    """A card's pull request, in a line."""
    if card.finished:
        return card.reason
    change, unsent = card.change, waiting(card)
    if change is None:
        return f"waiting to be sent: {', '.join(unsent)}" if unsent else "no pull request"
    state = "in the merge queue" if change.queued else change.state
    waits = f"; waiting to be sent: {', '.join(unsent)}" if unsent else ""
    stays = f"; {card.reason}" if card.state == "error" else ""
    if change.replaces:
        stays += f"; #{change.replaces} was closed without being merged"
    return plain(f"#{change.number} {state} {change.url}{waits}{stays}")


def _beside(card: CardView) -> dict[str, object]:
    """What the JSON of its pull request tells of the card."""
    fix = asdict(card.autofix) if card.autofix else None
    return {"remarks": card.remarks, "unsent": waiting(card), "autofix": fix}


def _change_of(card: str) -> tuple[CardView, ChangeView]:
    found = hub().submit(ShowCard(card)).card
    if found.change is None:
        outbox = found.forge_outbox
        if outbox and outbox.failed:
            why = "; ".join(f"{each.state}: {each.what}: {each.why}" for each in outbox.failed)
            hint = f"Retry: orch forge retry {found.id}. Or give it up: orch forge drop {found.id}"
            raise Refused(f"{found.id} has no pull request", why, hint)
        why = f"waiting to be sent: {', '.join(waiting(found))}" if waiting(found) else ""
        hint = f"Open one: orch finish {found.id} --pr. Or link one: orch pr link {found.id} NUMBER"
        if why:
            hint = f"See since when: orch forge list {found.id}. Or try now: orch forge retry {found.id}"
        raise Refused(f"{found.id} has no pull request", why, hint)
    return found, found.change
