"""A message in full, and a thread of them, in lines. Pure.

Each line of a body is behind a bar, so that none can be mistaken for the pane's own text about the message.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from orchestrator.core.mail.message import Delivery, MessageState, Ref
from orchestrator.core.mail.views import MessageView
from widgets.kit.format import Line, Span, count, fit, fit_spans, flow, fold, pad, row
from widgets.kit.sheet_text import left_out
from widgets.mail.selected import authority, place_mark, speaks

_LABEL = 10
_BAR: Span = ("│ ", "faint")


def message_head(message: MessageView, width: int) -> tuple[Line, ...]:
    """Two lines: its kind and subject, and sender, recipients and authority."""
    who, role = authority(message)
    urgent: list[Span] = [("! urgent  ", "needs")] if message.urgent else []
    return (
        fit_spans([*urgent, (f"{message.kind}  ", "busy"), (message.subject, "title")], width),
        fit_spans(
            [
                (message.sender, "title"),
                (" → ", "faint"),
                (", ".join(message.to), "text"),
                ("   ", ""),
                (who, role),
                (f": {speaks(message)}", "muted"),
            ],
            width,
        ),
    )


def message_lines(message: MessageView, width: int, key_of_ref: str) -> Iterator[Line]:
    """When it was sent, its body, its numbered references, and its state in each mailbox."""
    yield from _facts(message, width)
    yield ()
    yield from body_lines(message.body, width)
    if message.refs:
        yield ()
        opens = f"  {key_of_ref} to open" if key_of_ref else ""
        yield fit_spans([("References", "title"), (opens, "muted")], width)
        yield from _ref_lines(message.refs, width)
    if message.deliveries:
        yield ()
        yield (("Delivery", "title"),)
    for delivery in message.deliveries:
        yield from _delivery(delivery, width)


def thread_lines(thread: Sequence[MessageView], width: int) -> Iterator[Line]:
    """Its messages, oldest first; the last one, which is answered, with its details."""
    for number, message in enumerate(thread):
        who, role = authority(message)
        if number:
            yield ()
        left: list[Span] = [
            ("▌ " if message is thread[-1] else "  ", "cursor"),
            (fit(message.sender, width // 4), "title"),
            (" → ", "faint"),
            (fit(", ".join(message.to), width // 3), "text"),
            (f"  {message.kind}", "busy"),
            (f"  {who}", role),
            ("  ! urgent" if message.urgent else "", "needs"),
        ]
        yield row(left, [(f"  {clock(message.at)}", "muted")], width)
        if message.subject and (not number or message.subject != thread[number - 1].subject):
            yield fit_spans([("  ", ""), (message.subject, "title")], width)
        yield from body_lines(message.body, width)
        if message is thread[-1]:
            yield from _ref_lines(message.refs, width)
            yield ()
            for delivery in message.deliveries:
                yield from _delivery(delivery, width)
        elif message.refs:
            yield ((f"  {count(len(message.refs), 'reference')}", "muted"),)


def last_message(lines: Sequence[Line]) -> int:
    """The index among a thread's lines at which the last message begins."""
    return next((at for at, line in enumerate(lines) if line[:1] == (("▌ ", "cursor"),)), 0)


def body_lines(body: str, width: int) -> Iterator[Line]:
    """The body unchanged; invisible characters are counted."""
    room = max(width - 2, 8)
    for line in left_out(body, room):
        yield (("  ", ""), *line)
    for piece in fold(body.rstrip(), room):
        yield (_BAR, (piece, "text"))


def _ref_lines(refs: Sequence[Ref], width: int) -> Iterator[Line]:
    """Numbered from 1, like the key that opens one; long ones are wrapped."""
    for number, ref in enumerate(refs, 1):
        first, *more = fold(ref_words(ref), max(width - 5, 8))
        yield ((f"{number:>3}  ", "cursor"), (first, "text"))
        for piece in more:
            yield (("     ", ""), (piece, "text"))


def clock(at: float) -> str:
    """The local time: an age would have to be redrawn."""
    try:
        return datetime.fromtimestamp(at).strftime("%d %b %H:%M")
    except (OverflowError, ValueError, OSError):  # a session may give its message any expiry
        return "never"


def ref_words(ref: Ref) -> str:
    """The target of a reference: `file src/a.py of c4 at 9f31c02 (4 kB)`."""
    words = [ref.kind, ref.target if ref.kind != "blob" else ref.target[:12]]
    words += [f"of {ref.card}"] if ref.card else []
    words += [f"at {ref.commit[:9]}"] if ref.commit else []
    words += [f"({_size(ref.size)})"] if ref.size else []
    return " ".join(words)


def _size(size: int) -> str:
    return (
        f"{size} bytes" if size < 1000 else f"{size / 1000:.0f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"
    )


def _facts(message: MessageView, width: int) -> Iterator[Line]:
    facts = [
        f"sent {clock(message.at)}",
        f"reply to {message.reply_to}" if message.reply_to else "",
        f"thread {message.thread}" if message.thread != message.id else "",
        f"gather {message.gather}" if message.gather else "",
        f"forwarded {count(message.hops, 'time')}" if message.hops else "",
    ]
    facts.append(f"expires {clock(message.expires_at)}" if message.expires_at is not None else "")
    yield from flow([[(fact, "muted")] for fact in facts if fact], width)


def _delivery(delivery: Delivery, width: int) -> Iterator[Line]:
    glyph, role = place_mark(delivery.place)
    facts = [
        delivery.place.value,
        f"delivered {count(delivery.times, 'time')}" if delivery.times > 1 else "",
        f"until {clock(delivery.until)}" if delivery.place is MessageState.LEASED and delivery.until else "",
        f"since {clock(delivery.at)}" if delivery.at else "",
    ]
    name = pad(delivery.box, min(max(_LABEL, len(delivery.box)), max(width // 3, 8)))
    first = " · ".join(fact for fact in facts if fact)
    yield fit_spans([(f"  {glyph} ", role), (f"{name}  ", "text"), (first, role)], width)
    if delivery.why:
        for piece in fold(delivery.why, max(width - 4, 8)):
            yield (("    ", ""), (piece, role if role == "bad" else "muted"))
