"""`orch overlaps`: which cards change the same files, and in what order to land them."""

import json
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import complete_card, json_option
from orchestrator.cli.text import plain
from orchestrator.core.overlaps.text import Said, lines
from orchestrator.core.requests.cards import ShowCard
from orchestrator.core.requests.overlaps import ListOverlaps

_COLOURS = {"bad": "red", "warn": "yellow"}


@verb("overlaps")
@click.argument("card", metavar="[CARD]", default="", shell_complete=complete_card)
@click.option("--refresh", is_flag=True, help="Read every worktree again first.")
@json_option("Print a list of repositories as JSON.")
def overlaps(card: str, refresh: bool, as_json: bool) -> None:
    client = hub()
    own = client.submit(ShowCard(card)).card.id if card else ""
    found = client.submit(ListOverlaps(own, "all" if refresh else "now"))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    if not found:
        click.echo("Nothing to compare: no repository has two cards with a worktree.", err=True)
    for number, each in enumerate(found):
        if not own:
            click.echo(("\n" if number else "") + click.style(plain(each.repo), bold=True))
        for said in lines(each, own):
            click.echo(_line(said))


def _line(said: Said) -> str:
    text = f"{'    ' * said.level}{plain(said.text)}"
    return click.style(text, fg=_COLOURS.get(said.weight), bold=said.weight == "title" or None)
