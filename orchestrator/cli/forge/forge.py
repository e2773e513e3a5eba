"""`orch forge`: what waits to be sent to a forge, and what a person decides about it."""

import json
import time
from dataclasses import asdict

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.options import card_argument, json_option
from orchestrator.cli.text import plain
from orchestrator.cli.verb_table import GROUPS
from orchestrator.core.forge.outbox.waiting import FIELDS, ForgeOutbox, sentences
from orchestrator.core.requests.forge import DropChanges, RetryChanges, SettleConflict, ShowOutboxes

_HERE = "orchestrator.cli.forge.forge"

forge = LazyGroup(
    name="forge",
    prefix="forge.",
    verbs={
        name: f"{_HERE}:{name}{'_' if name == 'list' else ''}" for name in ("list", "retry", "drop", "settle")
    },
    help=GROUPS["forge"],
)
_change = click.argument("change", default="", required=False, metavar="[CHANGE]")
_json = json_option("Print what is left as a JSON line; null if nothing is.")


@verb("forge.list")
@card_argument(required=False)
@json_option("Print each card as a JSON line.")
def list_(*, card: str, as_json: bool) -> None:
    found = hub().submit(ShowOutboxes(card))
    for each in found:
        if as_json:
            click.echo(json.dumps(asdict(each)))
        else:
            _tell(each)
    if not found and not as_json:
        click.echo("Nothing waits to be sent.", err=True)


@verb("forge.retry")
@card_argument()
@_change
@_json
def retry(*, card: str, change: str, as_json: bool) -> None:
    _left(card, hub().submit(RetryChanges(card, change)), as_json)


@verb("forge.drop")
@card_argument()
@_change
@click.option("--waiting", is_flag=True, help="Also what waits to be sent: the issue stays as it is.")
@_json
def drop(*, card: str, change: str, waiting: bool, as_json: bool) -> None:
    if waiting and change:
        raise click.UsageError("--waiting is about all changes of the card: leave out CHANGE.")
    _left(card, hub().submit(DropChanges(card, change, waiting)), as_json)


@verb("forge.settle")
@card_argument()
@click.option("--ours", "side", flag_value="ours", help="Replace what is on GitHub.")
@click.option("--theirs", "side", flag_value="theirs", help="Keep what is on GitHub.")
@click.option("--field", type=click.Choice(list(FIELDS)), help="Only in this field.")
@_json
def settle(*, card: str, side: str | None, field: str | None, as_json: bool) -> None:
    if side is None:
        raise click.UsageError("Choose a side: --ours or --theirs.")
    request = SettleConflict(card, side, field)  # type: ignore[arg-type]  # choices
    _left(card, hub().submit(request), as_json)


def _left(card: str, left: ForgeOutbox | None, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(left) if left else None))
    elif left:
        _tell(left)
    else:
        click.echo(f"{plain(card)}: nothing waits to be sent")


def _tell(outbox: ForgeOutbox) -> None:
    removed = " (removed)" if outbox.removed else ""
    for each in sentences(outbox, time.time()):
        click.echo(f"{outbox.card} {plain(outbox.slug)}{removed}: {plain(each)}")
