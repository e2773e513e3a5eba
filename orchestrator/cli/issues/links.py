"""`orch issues link`, `unlink` and `open`: the issue of a card."""

import json
from dataclasses import asdict
from urllib.parse import urlsplit

import click

from orchestrator.cli.cards.verbs import report
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.cli.text import plain
from orchestrator.client import Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import ShowCard
from orchestrator.core.requests.issues import CreateIssueFrom, LinkIssueTo, UnlinkIssueFrom


@verb("issues.link")
@card_argument()
@click.argument("number", type=click.IntRange(1, 10**9))
@json_option("Print the card as a JSON line.")
def link(*, card: str, number: int, as_json: bool) -> None:
    report(hub().submit(LinkIssueTo(card, number)), as_json, _linked)


@verb("issues.create")
@card_argument()
@click.option("--label", "labels", multiple=True, metavar="NAME", help="A label for it; repeatable.")
@json_option("Print the card as a JSON line.")
def create(*, card: str, labels: tuple[str, ...], as_json: bool) -> None:
    report(hub().submit(CreateIssueFrom(card, labels)), as_json, _created)


@verb("issues.unlink")
@card_argument()
@click.option("--force", is_flag=True, help="Leave the claim on GitHub.")
@json_option("Print the card as a JSON line.")
def unlink(*, card: str, force: bool, as_json: bool) -> None:
    report(hub().submit(UnlinkIssueFrom(card, force)), as_json, _unlinked)


@verb("issues.open")
@card_argument()
@click.option("--print", "prints", is_flag=True, help="Print the address; open nothing.")
@json_option("Print the issue as JSON; open nothing.")
def open_(*, card: str, prints: bool, as_json: bool) -> None:
    found = hub().submit(ShowCard(card)).card
    issue = found.issue
    if issue is None:
        hint = f"Link one: orch issues link {found.id} NUMBER"
        raise Refused(f"{found.id} has no issue", hint=hint)
    if as_json:
        click.echo(json.dumps(asdict(issue), indent=2))
        return
    click.echo(plain(issue.url))
    if not prints and urlsplit(issue.url).scheme in ("http", "https"):
        click.launch(issue.url)


def _linked(card: CardView) -> str:
    return f"#{card.issue.number} {plain(card.issue.title)}" if card.issue else "no issue"


def _unlinked(card: CardView) -> str:
    """With what of it is still to be sent, such as the release of the claim."""
    outbox = card.forge_outbox
    if outbox is None or not outbox.waiting:
        return "no issue"
    return plain(
        f"no issue; waiting to be sent to {outbox.host or 'GitHub'}: {', '.join(outbox.waiting)} "
        f"(label and claim stay there until then; see: orch forge list {card.id})"
    )


def _created(card: CardView) -> str:
    if card.issue:
        return f"{_linked(card)} {plain(card.issue.url)}"
    host = (card.forge_outbox.host if card.forge_outbox else "") or "GitHub"
    return f"the issue is created as soon as {host} can be reached"
