"""`orch mail gather`: open gathers and their missing results."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub, running_hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.mail import tables
from orchestrator.cli.options import json_option
from orchestrator.client import Board, Client, HubAway, MailChanged, OrchError
from orchestrator.core.mail.views import GatherView, MailView
from orchestrator.core.requests.mail import ShowGather, ShowMail

_TRIES_EVERY = 0.5
"""Seconds between two attempts to reach an absent hub."""


def _complete(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        found = running_hub().submit(ShowMail()).gathers
    except OrchError:
        return []
    return [CompletionItem(each.id, help=each.owner) for each in found if each.id.startswith(incomplete)]


@verb("mail.gather")
@click.argument("gather", metavar="[GATHER]", default="", shell_complete=_complete)
@click.option(
    "--wait",
    "waits",
    is_flag=True,
    help="Wait until it is complete. Exit code 1 if a member is gone without a result.",
)
@json_option("Print the gather as a JSON line; without GATHER, a list of open ones.")
def gather(*, gather: str, waits: bool, as_json: bool) -> None:
    if waits and not gather:
        raise click.UsageError("--wait requires GATHER.")
    client = hub()
    if gather:
        found = _awaited(client, gather) if waits else client.submit(ShowGather(gather))
        lines = tables.gather(found, time.time(), terminal_width())
        click.echo(json.dumps(asdict(found)) if as_json else "\n".join(lines))
        if waits and any(each.part == "gone" for each in found.members):
            click.get_current_context().exit(ExitCode.FAILED)
        return
    under_way = client.submit(ShowMail()).gathers
    if as_json:
        click.echo(json.dumps([asdict(each) for each in under_way], indent=2))
    elif under_way:
        click.echo("\n".join(tables.gathers(under_way, time.time(), terminal_width())))
    else:
        click.echo("No open gathers.", err=True)


def _awaited(client: Client, gather: str) -> GatherView:
    """The gather once it is complete; the hub may be away meanwhile. Raises `Missing`."""
    found = client.submit(ShowGather(gather))
    while not found.complete:
        try:
            for mail in _mail(client):
                now = next((each for each in mail.gathers if each.id == found.id), None)
                if not mail.trouble and (now is None or now.complete):
                    break
            found = client.submit(ShowGather(found.id))
        except HubAway:
            time.sleep(_TRIES_EVERY)
    return found


def _mail(client: Client) -> Iterator[MailView]:
    for update in client.watch():
        if isinstance(update, MailChanged | Board) and update.mail is not None:
            yield update.mail
