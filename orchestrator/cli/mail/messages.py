"""`orch mail read`, `threads`, `search` and `export`."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

import click

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub
from orchestrator.cli.group import verb
from orchestrator.cli.mail import tables
from orchestrator.cli.mail.mailboxes import complete_box, must_be_known
from orchestrator.cli.mail.text import unread_by_human, whole
from orchestrator.cli.options import json_option
from orchestrator.client import Client
from orchestrator.client.mail_pages import mail_pages
from orchestrator.core.mail.message import HUMAN
from orchestrator.core.mail.views import MessageView
from orchestrator.core.requests.mail import (
    ExportMail,
    ListMessages,
    ListThreads,
    ReadMail,
    SearchMail,
    ShowMail,
    ShowMessage,
    ShowThread,
)


@verb("mail.read")
@click.argument("message", metavar="[MESSAGE]", required=False)
@click.option(
    "--box",
    metavar="BOX",
    shell_complete=complete_box,
    help="List messages that a mailbox sent and received.",
)
@click.option("--thread", is_flag=True, help="The whole thread of MESSAGE.")
@click.option("--peek", is_flag=True, help="Do not mark yours as read.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=30,
    help="With --box: how many of the newest (default 30).",
)
@json_option("Print the message as a JSON line; without MESSAGE, or with --thread, a list.")
def read(
    *, message: str | None, box: str | None, thread: bool, peek: bool, limit: int, as_json: bool
) -> None:
    if box and (message or thread):
        raise click.UsageError("--box cannot be combined with MESSAGE or --thread.")
    if thread and not message:
        raise click.UsageError("--thread requires MESSAGE.")
    client = hub()
    if box:
        held = client.submit(ListMessages(box, limit=limit))
        if not held:
            must_be_known(client, box)
        _list(held[::-1], box, as_json=as_json)
    elif message:
        found = client.submit(ShowMessage(message))
        shown = client.submit(ShowThread(found.thread)) if thread else (found,)
        _show(client, shown, as_json=as_json, peek=peek, one=not thread)
    else:
        unread = _unread(client)
        if not (unread or as_json):
            click.echo("No unread mail. Read messages: orch mail read --box human", err=True)
        _show(client, unread, as_json=as_json, peek=peek, one=False)


def _list(found: tuple[MessageView, ...], box: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(tables.messages(found, time.time(), terminal_width(), box)))
    else:
        click.echo("No messages." if box else "No message matches.", err=True)


def _show(client: Client, found: Sequence[MessageView], *, as_json: bool, peek: bool, one: bool) -> None:
    """Prints them; those for the human are marked as read once they have been written out."""
    now = time.time()
    if as_json:
        said = [asdict(each) for each in found]
        click.echo(json.dumps(said[0]) if one else json.dumps(said, indent=2))
    for number, each in enumerate(found):
        if not as_json:
            click.echo("\n".join([*([""] if number else []), *whole(each, now)]))
        sys.stdout.flush()
        if not peek and unread_by_human(each):
            client.submit(ReadMail(each.id))


def _unread(client: Client) -> list[MessageView]:
    """Unread mail for the human: urgent first, then oldest."""
    found: list[MessageView] = []
    awaited = sum(each.unread + each.leased for each in client.submit(ShowMail()).boxes if each.name == HUMAN)
    for page in mail_pages(client, HUMAN) if awaited else ():
        found += filter(unread_by_human, page)
        if len(found) >= awaited:
            break
    return sorted(found, key=lambda each: (not each.urgent, each.at))


@verb("mail.threads")
@click.argument("box", metavar="[BOX]", default="", shell_complete=complete_box)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=30, help="How many of the newest (default 30)."
)
@json_option("Print a list of threads as JSON.")
def threads(*, box: str, limit: int, as_json: bool) -> None:
    client = hub()
    found = client.submit(ListThreads(box, limit=limit))
    if box and not found:
        must_be_known(client, box)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(tables.threads(found, time.time(), terminal_width())))
    else:
        click.echo("No mail." if not box else f"{box} has sent and received no mail.", err=True)


@verb("mail.search")
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=30, help="How many of the newest (default 30)."
)
@json_option("Print a list of messages as JSON.")
def search(*, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    _list(hub().submit(SearchMail(" ".join(words), limit=limit)), "", as_json=as_json)


@verb("mail.export")
def export() -> None:
    for each in hub().submit(ExportMail()):
        click.echo(json.dumps(asdict(each)))
