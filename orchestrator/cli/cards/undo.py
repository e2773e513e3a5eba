"""`orch undo`: take the last act back."""

import json
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.cli.text import plain
from orchestrator.core.requests.cards import Undo


@verb("undo")
@card_argument(required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would be undone.")
@json_option("Print what was undone as JSON.")
def undo(card: str, dry_run: bool, as_json: bool) -> None:
    found = hub().submit(Undo(card, dry_run=dry_run))
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    head = "would undo" if dry_run else "undone:"
    click.echo(f"{head} the {found.act} ({plain(found.title)})")
    for step in found.steps:
        click.echo(f"  {plain(step)}")
    if found.note:
        click.echo(f"  {plain(found.note)}")
