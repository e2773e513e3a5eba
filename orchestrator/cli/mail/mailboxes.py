"""`orch mail peers`, `dead`, `redrive` and `unpause`: mailboxes and their problems."""

import json
import time
from dataclasses import asdict
from difflib import get_close_matches

import click
from click.shell_completion import CompletionItem

from orchestrator.cli.cards.views import terminal_width
from orchestrator.cli.connection import hub, running_hub
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import verb
from orchestrator.cli.mail import tables
from orchestrator.cli.mail.text import seen
from orchestrator.cli.options import json_option
from orchestrator.client import Client, Failed, Missing, OrchError
from orchestrator.core.mail.message import HUMAN
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.mail import ListDead, Redrive, ShowMail, Unpause


def complete_box(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The mailboxes of the running hub."""
    try:
        boxes = running_hub().submit(ShowMail()).boxes
    except OrchError:
        return []
    return [
        CompletionItem(each.name, help=seen(each.title)) for each in boxes if each.name.startswith(incomplete)
    ]


def must_be_known(client: Client, box: str) -> None:
    """Nothing was found for the mailbox: if it does not exist, raises `Missing` with the nearest name."""
    boxes = {HUMAN, *(each.name for each in client.submit(ShowMail()).boxes)}
    known = boxes | {name for card in client.submit(ShowBoard()).cards for name in (card.slug, card.id)}
    if box in known:
        return
    near = next(iter(get_close_matches(box, sorted(known), n=1)), "")
    hint = f"Did you mean {seen(near)}? " if near else ""
    raise Missing(f"no mailbox named {seen(box)!r}", "", f"{hint}List them: orch mail peers")


@verb("mail.peers")
@json_option("Print a list of mailboxes as JSON.")
def peers(as_json: bool) -> None:
    found = hub().submit(ShowMail())
    if found.trouble and not found.boxes:
        raise Failed("cannot list the mailboxes", seen(found.trouble))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found.boxes], indent=2))
        return
    click.echo("\n".join(tables.boxes(found.boxes, terminal_width())))
    for each in found.paused:
        a, b = seen(each.a), seen(each.b)
        said = f"mail between {a} and {b} is paused. Resume it: orch mail unpause {a} {b}"
        click.echo(f"orch: {said}", err=True)
    if found.trouble:
        click.echo(f"orch: {seen(found.trouble)}", err=True)


@verb("mail.dead")
@click.argument("box", metavar="[BOX]", default="", shell_complete=complete_box)
@json_option("Print a list of dead letters as JSON.")
def dead(*, box: str, as_json: bool) -> None:
    client = hub()
    found = client.submit(ListDead(box))
    if box and not found:
        must_be_known(client, box)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    elif found:
        click.echo("\n".join(tables.dead(found, time.time(), terminal_width())))
        click.echo("Return one to its mailbox: orch mail redrive MAILBOX MESSAGE", err=True)
    else:
        click.echo("No dead letters.", err=True)


@verb("mail.redrive")
@click.argument("box", metavar="BOX", shell_complete=complete_box)
@click.argument("messages", metavar="[MESSAGE]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All dead letters of the mailbox.")
@json_option("Print the ids of the redriven messages as a JSON line.")
def redrive(*, box: str, messages: tuple[str, ...], every: bool, as_json: bool) -> None:
    if bool(messages) == every:
        raise click.UsageError("name messages, or use --all.")
    client = hub()
    wanted = (
        tuple(each.message.id for each in client.submit(ListDead(box)))
        if every
        else tuple(dict.fromkeys(messages))
    )
    taken = client.submit(Redrive(box, wanted)) if wanted else ()
    if not taken:
        must_be_known(client, box)
    if as_json:
        click.echo(json.dumps(taken))
    elif taken:
        click.echo(f"{seen(box)}: {', '.join(taken)} redriven")
    elif every:
        click.echo(f"{seen(box)} has no dead letters.", err=True)
    if left := [each for each in wanted if each not in taken]:
        click.echo(
            f"orch: no dead letter of {seen(box)}: {', '.join(map(seen, left))}. See: orch mail dead",
            err=True,
        )
        click.get_current_context().exit(ExitCode.NO_CARD)


@verb("mail.unpause")
@click.argument("a", metavar="BOX", shell_complete=complete_box)
@click.argument("b", metavar="BOX", shell_complete=complete_box)
def unpause(a: str, b: str) -> None:
    hub().submit(Unpause(a, b))
    click.echo(f"{seen(a)} and {seen(b)} may write to each other again")
