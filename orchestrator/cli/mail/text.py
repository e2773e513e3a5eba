"""Messages as text for a terminal. Text from a session is data: its lines cannot be mistaken for ours."""

import time
from collections.abc import Iterator

import click

from orchestrator.cli.text import age, pad, plain
from orchestrator.core.mail import envelope
from orchestrator.core.mail.message import HUMAN, Delivery, MessageState, Ref
from orchestrator.core.mail.views import MessageView

_PLACES = {
    MessageState.WAITING: "unread",
    MessageState.LEASED: "leased",
    MessageState.DONE: "read",
    MessageState.DEAD: "dead letter",
}
_AGES_S = 100 * 365 * 86_400
_COLOURS = {"question": "yellow", "task": "cyan", "result": "green"}


def seen(text: str) -> str:
    """One line of visible characters."""
    return plain(envelope.plain(text))


def quoted(text: str) -> list[str]:
    """Each line behind a bar, with its indentation."""
    lines = envelope.plain(text).replace("\t", "    ").rstrip().split("\n")
    return [f"  | {line.rstrip()}".rstrip() for line in lines] if any(lines) else []


def whole(message: MessageView, now: float) -> list[str]:
    """The message with all its details, and how to answer it."""
    kind = click.style(message.kind, fg=_COLOURS.get(message.kind))
    head = f"{click.style(message.id, bold=True)} {kind} from {sender(message)} to {receivers(message)}"
    sent = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(message.at))
    urgent = click.style(", urgent", fg="red") if message.urgent else ""
    lines = [f"{head}, {age(now - message.at)} ago{urgent}"]
    facts = {
        "subject": seen(message.subject),
        "sent": sent,
        "thread": message.thread if message.thread != message.id else "",
        "reply to": message.reply_to,
        "gather": message.gather,
        "expires": _expires(message, now),
        "delivery": ", ".join(_delivery(each) for each in message.deliveries),
    }
    lines += [f"  {pad(name, 8)}  {value}" for name, value in facts.items() if value]
    lines += [
        f"  {pad('file' if ref.kind == 'file' else 'ref', 8)}  {reference(ref)}" for ref in message.refs
    ]
    return [*lines, *quoted(message.body), *_ways(message)]


def sender(message: MessageView) -> str:
    """The sender; one who is not a peer cannot be impersonated."""
    name = seen(message.sender)
    return name if message.authority in ("peer", name) else f"{name} ({message.authority})"


def receivers(message: MessageView) -> str:
    """Their names, safe to print, separated by commas."""
    return ", ".join(map(seen, message.to))


def reference(ref: Ref) -> str:
    """A reference of a message: where it is, at which commit, its size."""
    words = [seen(ref.target)] if ref.kind == "file" else [ref.kind, seen(ref.target)]
    words += [f"of {seen(ref.card)}"] if ref.card else []
    words += [f"at {seen(ref.commit)[:10]}"] if ref.commit else []
    words += [f"({ref.size:,} bytes)"] if ref.size else []
    return " ".join(words)


def place(message: MessageView, box: str = "") -> str:
    """Its state in the mailbox; without one, in the mailboxes that have not read it."""
    if box:
        found = [each for each in message.deliveries if each.box == box]
        return _PLACES[found[0].place] if found else "sent"
    words = dict.fromkeys(_PLACES[each.place] for each in message.deliveries)
    return " ".join(word for word in words if word != "read") or "read"


def unread_by_human(message: MessageView) -> bool:
    """Whether it is in the human's mailbox, waiting or leased."""
    return any(
        each.box == HUMAN and each.place in (MessageState.WAITING, MessageState.LEASED)
        for each in message.deliveries
    )


def _delivery(each: Delivery) -> str:
    times = f" ({each.times} times)" if each.times > 1 else ""
    why = f": {seen(each.why)}" if each.place is MessageState.DEAD and each.why else ""
    return f"{seen(each.box)} {_PLACES[each.place]}{times}{why}"


def _expires(message: MessageView, now: float) -> str:
    if message.expires_at is None:
        return ""
    left = message.expires_at - now
    if left > _AGES_S:
        return "in more than a hundred years"
    return f"in {age(left)}" if left > 0 else f"{age(-left)} ago"


def _ways(message: MessageView) -> Iterator[str]:
    if HUMAN in message.to and message.authority == "peer":
        yield f'  orch mail send --reply-to {message.id} "..."'
