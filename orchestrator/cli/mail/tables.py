"""Mailboxes, messages, threads, gathers and dead letters, a line for each."""

from collections.abc import Sequence

import click

from orchestrator.cli.mail.text import place, receivers, seen, sender
from orchestrator.cli.text import age, fit, pad, widths
from orchestrator.core.mail.views import BoxView, DeadView, GatherView, MessageView, ThreadView

_COLOURS = {
    "unread": "yellow",
    "dead letter": "red",
    "awaited": "yellow",
    "partial": "cyan",
    "reported": "green",
    "gone": "red",
}


def messages(found: Sequence[MessageView], now: float, width: int | None, box: str = "") -> list[str]:
    """`box` is the mailbox to which these messages belong, if it is one."""
    rows = [("MESSAGE", "IS", "KIND", "AGE", "FROM", "TO", "SUBJECT")]
    for each in found:
        words = seen(each.subject) or seen(each.body[:400])
        rows.append(
            (
                each.id,
                place(each, box),
                each.kind + (" !" if each.urgent else ""),
                age(now - each.at),
                sender(each),
                fit(receivers(each), 30),
                words,
            )
        )
    return aligned(rows, width)


def threads(found: Sequence[ThreadView], now: float, width: int | None) -> list[str]:
    """A header and a line for each thread, in their order; cut to `width` cells unless that is `None`."""
    rows = [("THREAD", "MESSAGES", "AGE", "LAST", "BETWEEN", "SUBJECT")]
    for each in found:
        names = fit(", ".join(map(seen, each.names)), 40)
        ages = age(now - each.first_at), age(now - each.last_at)
        rows.append((each.id, str(each.count), *ages, names, seen(each.subject)))
    return aligned(rows, width)


def boxes(found: Sequence[BoxView], width: int | None) -> list[str]:
    """A header and a line for each mailbox, in their order; cut to `width` cells unless that is `None`."""
    rows = [("MAILBOX", "CARD", "STATE", "UNREAD", "DEAD", "LABELS", "BRANCH", "NOTIFIED")]
    for each in found:
        told = ("not notified: " if each.deaf else "") + seen(each.bell)
        state = "done" if each.over else each.state.replace("_", " ")
        rows.append(
            (
                seen(each.name),
                each.card,
                f"on {seen(each.hub)}" if each.hub else state,
                unread(each),
                str(each.dead or ""),
                fit(seen(", ".join(each.labels)), 30),
                seen(each.branch),
                told,
            )
        )
    return aligned(rows, width)


def unread(box: BoxView) -> str:
    """`3 (1 task, 1 urgent)`; empty for none."""
    if not box.unread:
        return ""
    parts = [f"{box.tasks} task{'s' if box.tasks > 1 else ''}"] if box.tasks else []
    parts += [f"{box.urgent} urgent"] if box.urgent else []
    return f"{box.unread} ({', '.join(parts)})" if parts else str(box.unread)


def dead(found: Sequence[DeadView], now: float, width: int | None) -> list[str]:
    """A header and a line for each dead letter, in their order; cut to `width` cells unless that is
    `None`."""
    rows = [("MAILBOX", "MESSAGE", "KIND", "FROM", "TRIED", "DIED", "WHY", "SUBJECT")]
    for each in found:
        message = each.message
        words = seen(message.subject) or seen(message.body[:400])
        ago = f"{age(now - each.at)} ago"
        tried = f"{each.times}×"
        why = fit(seen(each.why), 50)
        rows.append((seen(each.box), message.id, message.kind, sender(message), tried, ago, why, words))
    return aligned(rows, width)


def gathers(found: Sequence[GatherView], now: float, width: int | None) -> list[str]:
    """A header and a line for each gather, in their order; cut to `width` cells unless that is `None`."""
    rows = [("GATHER", "OF", "FOR", "REPORTED", "SUBJECT", "MISSING")]
    for each in found:
        subject = fit(seen(each.subject), 40)
        rows.append((each.id, seen(each.owner), age(now - each.at), counted(each), subject, missing(each)))
    return aligned(rows, width)


def gather(found: GatherView, now: float, width: int | None) -> list[str]:
    """One gather, and a line for each of its members."""
    state = "complete" if found.complete else f"waiting for {age(now - found.at)}"
    left = "" if found.complete else f", {_left(found.deadline - now)}"
    head = f"{found.id} of {seen(found.owner)}: {state}, {counted(found)} reported{left}"
    rows = [("MEMBER", "IS", "STATE", "REPORTS")]
    rows += [
        (seen(each.name), each.part, seen(each.state), ", ".join(each.reports)) for each in found.members
    ]
    subject = [f"  {seen(found.subject)} (thread {found.thread})"]
    return [click.style(head, bold=True), *subject, "", *aligned(rows, width)]


def counted(gather: GatherView) -> str:
    """`2 of 3`."""
    return f"{sum(each.part == 'reported' for each in gather.members)} of {len(gather.members)}"


def missing(gather: GatherView) -> str:
    """Members without a result, with the state of each."""
    lacking = [each for each in gather.members if each.part != "reported"]
    return ", ".join(
        f"{seen(each.name)} ({'gone: ' if each.part == 'gone' else ''}{seen(each.state)})" for each in lacking
    )


def aligned(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Below a header line; empty columns omitted, the last cut to the width, known words coloured."""
    kept = [at for at in range(len(rows[0])) if len(rows) == 1 or any(row[at] for row in rows[1:])]
    rows = [[row[at] for at in kept] for row in rows]
    fixed = widths([row[:-1] for row in rows]) if len(kept) > 1 else []
    room = None if width is None else max(8, width - sum(fixed) - 2 * len(fixed))
    lines = []
    for row in rows:
        parts = [_coloured(text, size) for text, size in zip(row, fixed, strict=False)]
        lines.append("  ".join([*parts, row[-1] if room is None else fit(row[-1], room)]).rstrip())
    return lines


def _coloured(text: str, width: int) -> str:
    colour = _COLOURS.get(text)
    return click.style(pad(text, width), fg=colour) if colour else pad(text, width)


def _left(seconds: float) -> str:
    return f"{age(seconds)} left" if seconds > 0 else "time is up"
