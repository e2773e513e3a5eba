"""Verbs that read: `ls` and `show`."""

import json
import shutil
import sys
import time
from dataclasses import asdict

import click

from orchestrator.cli.cards.chosen import where_option
from orchestrator.cli.cards.text import detail, evidence, legend, table
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.core.board.windows import counted
from orchestrator.core.filter.language import EVERYTHING, Filter
from orchestrator.core.model import Column
from orchestrator.core.requests.cards import ShowBoard, ShowCard
from orchestrator.core.requests.hub import ShowHub


@verb("ls")
@json_option("Print a list of cards as JSON.")
@click.option(
    "--column", type=click.Choice([each.value for each in Column]), help="Only cards of this column."
)
@where_option("Only cards that fit.")
def ls(as_json: bool, column: str | None, where: Filter | None) -> None:
    client, now, where = hub(), time.time(), where or EVERYTHING
    every = client.submit(ShowBoard()).cards
    cards = [card for card in every if column in (None, card.column) and where.fits(card, now)]
    if as_json:
        click.echo(json.dumps([asdict(card) for card in cards], indent=2))
    elif cards:
        click.echo("\n".join(table(cards, now, terminal_width())))
        if marks := legend(cards):
            click.echo(marks, err=True)
    elif every:
        click.echo(f"No card fits {where.text!r}." if where.text else f"No card in {column}.", err=True)
    else:
        click.echo("No cards. Create one: orch new TITLE", err=True)
    if not as_json and (foreign := client.submit(ShowHub()).foreign):
        click.echo(counted(foreign), err=True)


ls.epilog = "Marks: ↑ pinned, * unread, ? asks something or is not confirmed."


@verb("show")
@card_argument()
@click.option(
    "--evidence", "with_evidence", is_flag=True, help="Include what each source reported, and when."
)
@json_option("Print everything as JSON.")
def show(card: str, with_evidence: bool, as_json: bool) -> None:
    found = hub().submit(ShowCard(card))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    lines = detail(found, time.time())
    click.echo("\n".join(lines + (["", *evidence(found)] if with_evidence else [])))


def terminal_width() -> int | None:
    """The terminal's width; `None` for a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
