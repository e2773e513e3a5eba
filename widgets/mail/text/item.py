"""All details of the selection in the mail pane, in lines. Pure."""

from collections.abc import Iterator

from orchestrator.core.mail.views import (
    ClaimView,
    DeadView,
    GatherView,
    MessageView,
    PauseView,
    ThreadView,
)
from widgets.board.refusals import KeyOf
from widgets.kit.format import Line, count, fit_spans, flow, fold, pad
from widgets.kit.sheet_text import at_most, folded
from widgets.mail.selected import SelectedMail, gather_mark, member_mark, missing
from widgets.mail.text.message import clock, message_head, message_lines, thread_lines

_NAME = 20


def head_lines(selected: SelectedMail, width: int) -> tuple[Line, ...]:
    """Two lines: what it is, and whose."""
    item = selected.item
    match item:
        case MessageView():
            return message_head(item, width)
        case DeadView():
            return message_head(item.message, width)
        case ThreadView():
            names = f"{', '.join(item.names)} · {count(item.count, 'message')}"
            return (
                fit_spans([("thread  ", "busy"), (item.subject or item.id, "title")], width),
                fit_spans([(names, "muted")], width),
            )
        case GatherView():
            mark, role = gather_mark(item)
            left = len(missing(item))
            said = (
                f"{mark} waiting for {left} of {count(len(item.members), 'report')}"
                if left
                else f"{mark} complete"
            )
            return (
                fit_spans([(item.owner, "title"), (f"  {said}", role)], width),
                fit_spans([(item.subject, "text")], width),
            )
        case PauseView():
            return (
                fit_spans([(f"{item.a} ⇄ {item.b}", "title"), ("  ‖ paused", "needs")], width),
                fit_spans([(item.why, "text")], width),
            )
        case ClaimView():
            return (fit_spans([(item.what, "title")], width), fit_spans([(item.repo, "muted")], width))
        case _:
            return ((), ())


def body_lines(selected: SelectedMail, width: int, key: KeyOf) -> tuple[Line, ...]:
    """All of it, in lines of at most `width` cells."""
    return at_most(_body(selected, width, key))


def _body(selected: SelectedMail, width: int, key: KeyOf) -> Iterator[Line]:
    item = selected.item
    match item:
        case MessageView():
            yield from message_lines(item, width, key("mail.ref"))
        case ThreadView():
            if not selected.thread:
                yield (("" if selected.error else "loading…", "muted"),)
            yield from thread_lines(selected.thread, width)
        case DeadView():
            said = f"× {item.box} never settled it: {item.why}"
            yield from folded(said, "bad", width)
            facts = f"delivered {count(item.times, 'time')}, dead since {clock(item.at)}"
            yield from folded(f"{facts}. {key('mail.redrive')} returns it to the mailbox.", "muted", width)
            yield ()
            yield from message_lines(item.message, width, key("mail.ref"))
        case GatherView():
            yield from _gather(item, width)
        case PauseView():
            yield from folded(f"Their mail has been paused since {clock(item.at)}.", "text", width)
            yield from folded(f"{key('mail.unpause')} resumes it.", "muted", width)
        case ClaimView():
            alone = "exclusively" if item.exclusive else "shared"
            yield from folded(f"{item.holder} holds it {alone}, until {clock(item.until)}.", "text", width)
        case _:
            return


def _gather(gather: GatherView, width: int) -> Iterator[Line]:
    facts = [
        f"opened {clock(gather.at)}",
        f"until {clock(gather.deadline)}",
        f"gather {gather.id}",
        f"thread {gather.thread}",
    ]
    yield from flow([[(fact, "muted")] for fact in facts], width)
    yield ()
    wide = min(max((len(each.name) for each in gather.members), default=8), _NAME)
    for member in gather.members:
        glyph, role = member_mark(member)
        short = {"reported": "reported", "partial": member.state}
        said = short.get(member.part, f"{member.part}: {member.state}")
        reports = f"  {count(len(member.reports), 'report')}" if member.reports else ""
        first, *more = fold(said, max(width - wide - 6 - len(reports), 8))
        yield (
            (f"  {glyph} ", role),
            (f"{pad(member.name, wide)}  ", "title"),
            (first, role),
            (reports, "muted"),
        )
        for piece in more:
            yield ((" " * (wide + 6), ""), (piece, role))
