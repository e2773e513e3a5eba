"""`orch mail …`: the group, and sending. Mail is sent as the human."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.cli.connection import hub
from orchestrator.cli.group import LazyGroup, verb
from orchestrator.cli.mail.mailboxes import complete_box
from orchestrator.cli.mail.text import seen
from orchestrator.cli.options import from_stdin, json_option, time_option, utf8
from orchestrator.cli.verb_table import GROUPS
from orchestrator.client import Client, Missing
from orchestrator.core.mail.message import HUMAN, Kind, SendStatus
from orchestrator.core.mail.views import SentView
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.mail import SendMail, ShowMail, ShowMessage

_HERE = "orchestrator.cli.mail.mail"
_READING, _BOXES = "orchestrator.cli.mail.messages", "orchestrator.cli.mail.mailboxes"

mail = LazyGroup(
    name="mail",
    help=GROUPS["mail"],
    prefix="mail.",
    verbs={
        "send": f"{_HERE}:send",
        "read": f"{_READING}:read",
        "threads": f"{_READING}:threads",
        "gather": "orchestrator.cli.mail.gathers:gather",
        "peers": f"{_BOXES}:peers",
        "search": f"{_READING}:search",
        "dead": f"{_BOXES}:dead",
        "redrive": f"{_BOXES}:redrive",
        "unpause": f"{_BOXES}:unpause",
        "key": "orchestrator.cli.mail.key:key",
        "export": f"{_READING}:export",
    },
)

_NOT_STORED = {SendStatus.FULL: "the mailbox is full", SendStatus.UNKNOWN: "no such mailbox"}


@verb("mail.send")
@click.argument("words", metavar="[TO]... TEXT|-", nargs=-1, required=True, shell_complete=complete_box)
@click.option(
    "--kind",
    type=click.Choice([each.value for each in Kind]),
    help="The kind; default: note, or answer in reply to a question.",
)
@click.option("--subject", default="", help="The subject.")
@click.option(
    "--reply-to",
    default="",
    metavar="MESSAGE",
    help="The message to reply to; without TO, to its sender.",
)
@click.option("--thread", default="", metavar="THREAD", help="The thread it belongs to.")
@click.option("--urgent", is_flag=True, help="Deliver it before messages that are not urgent.")
@time_option("--ttl", "Expire after a time such as 30m or 2h.")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file to attach; repeatable.",
)
@click.option("--expect", is_flag=True, help="Open a gather: each recipient is to report a result.")
@click.option(
    "--idem", default="", metavar="KEY", help="Idempotency key: messages with the same key are sent once."
)
@json_option("Print the outcome as a JSON line.")
def send(
    *,
    words: tuple[str, ...],
    kind: str | None,
    subject: str,
    reply_to: str,
    thread: str,
    urgent: bool,
    ttl: float | None,
    files: tuple[Path, ...],
    expect: bool,
    idem: str,
    as_json: bool,
) -> None:
    *to, text = words
    if not (to or reply_to):
        raise click.UsageError("name a recipient and a text; or use --reply-to MESSAGE.")
    body = from_stdin() if text == "-" else utf8(text, "the text")
    utf8(subject, "the subject")
    if not body.strip() and not files:
        raise click.UsageError("the text is empty.")
    client = hub()
    if reply_to and not (to and kind):
        to, kind = _reply(client, reply_to, to, kind)
    if to[1:]:
        _no_slip(client, to)
    sent = client.submit(
        SendMail(
            tuple(to),
            body,
            kind=Kind(kind) if kind else Kind.NOTE,
            subject=subject,
            reply_to=reply_to,
            thread=thread,
            urgent=urgent,
            ttl_s=ttl,
            idem=idem,
            files=tuple(str(each.absolute()) for each in files),
            expect=expect,
        )
    )
    _report(sent, as_json=as_json)


def _no_slip(client: Client, to: list[str]) -> None:
    """A word of an unquoted text must not be taken for a mailbox, with the rest sent without it. Raises
    `Missing`."""
    boxes = {HUMAN, *(box.name for box in client.submit(ShowMail()).boxes)}
    names = boxes | {name for card in client.submit(ShowBoard()).cards for name in (card.slug, card.id)}
    for each in (word.strip() for one in to for word in one.split(",")):
        if each and not each.startswith("@") and not any(name.startswith(each) for name in names):
            hint = "Quote the text. List mailboxes: orch mail peers"
            raise Missing(f"no mailbox named {seen(each)!r}", "nothing was sent", hint)


def _reply(client: Client, message: str, to: list[str], kind: str | None) -> tuple[list[str], str | None]:
    """Recipient and kind of the answer to a message, unless given."""
    answered = client.submit(ShowMessage(message))
    fitting = Kind.ANSWER.value if answered.kind == Kind.QUESTION.value else None
    return to or [answered.sender], kind or fitting


def _report(sent: SentView, *, as_json: bool) -> None:
    """Prints the outcome. Failed recipients are always reported on standard error."""
    for box, fate in sent.fates:
        if said := _NOT_STORED.get(SendStatus(fate)):
            click.echo(f"orch: not sent to {seen(box)}: {said}", err=True)
    if as_json:
        click.echo(json.dumps(asdict(sent)))
        return
    for fate, word in (
        (SendStatus.STORED, "stored for"),
        (SendStatus.QUEUED, "queued, because the shared store is unreachable, for"),
    ):
        if boxes := [seen(box) for box, each in sent.fates if each == fate]:
            again = " (sent before; not sent again)" if sent.repeated else ""
            click.echo(f"{sent.id}: {word} {', '.join(boxes)}{again}")
    for each in sent.notes:
        click.echo(seen(each))
    if sent.gather:
        click.echo(f"{sent.gather}: waiting for their results; see: orch mail gather {sent.gather} --wait")
