"""The lines above the lists of the mail pane. Pure."""

from collections.abc import Sequence

from orchestrator.core.mail.views import MailView, MessageView
from widgets.kit.format import Line, Span, count, row, width_of
from widgets.mail.view import Item, MailList, box_of


def summary_line(mail: MailView, width: int) -> Line:
    """The overview of the mail, in exactly `width` cells; in fewer words if there is little room."""
    store: list[Span] = [(f"  {mail.store} ", "faint")] if mail.store not in ("", "sqlite") else []
    for wordy in (True, False):
        spans = _sums(mail, wordy=wordy)
        if width_of(spans) + width_of(store) < width:
            break
    return row([(" ", ""), *spans], store, width)


def _sums(mail: MailView, *, wordy: bool) -> list[Span]:
    needy = sum(any(each.needs_human for each in gather.members) for gather in mail.gathers)
    dead, waits = sum(box.dead for box in mail.boxes), sum(box.unread for box in mail.boxes)
    gathers: list[Span] = [(count(len(mail.gathers), "gather"), "text" if mail.gathers else "muted")]
    if wordy:
        gathers.append((" open", "muted"))
    if needy:
        verb = "needs" if needy == 1 else "need"
        gathers.append((f" ▲ {needy} {verb} you" if wordy else f" ▲{needy}", "needs"))
    parts = [
        [(f"✉ {waits}", "unread" if waits else "muted"), (" unread", "muted")],
        gathers,
        [(count(dead, "dead letter") if wordy else f"{dead} dead", "bad" if dead else "muted")],
    ]
    if mail.paused:
        parts.append([(f"‖ {count(len(mail.paused), 'pair')} paused", "needs")])
    if mail.claims:
        parts.append([(count(len(mail.claims), "lease"), "text")])
    return [
        span for number, part in enumerate(parts) for span in ([(" · ", "faint")] if number else []) + part
    ]


def view_title(view: MailList, items: Sequence[Item] | None, width: int, *, more: bool = False) -> Line:
    """What the list contains, in exactly `width` cells; `None` until the hub has sent it. `more` means that
    it is incomplete."""
    whose = view.of or "all mailboxes"
    words = {
        "messages": f"Messages to and from {whose}",
        "threads": f"Threads of {whose}",
        "thread": f"Thread: {_subject(items)}",
        "found": f"Found: “{view.of}”",
        "gathers": "Gathers, pauses, leases",
        "dead": "Dead letters",
        "flow": "Who wrote to whom",
    }
    far = "loading…" if items is None else f"newest {len(items)}" if more else f"{len(items)}"
    return row([(f" {words[view.kind]}", "title")], [(f"{far} ", "muted")], width)


def box_line(mail: MailView, box: str, width: int) -> Line:
    """The details of a mailbox besides its counts, in exactly `width` cells."""
    view = box_of(mail, box)
    if view is None:
        return row([], [], width)
    held = sum(claim.holder == box for claim in mail.claims)
    facts = [
        f"card {view.card}" if view.card else "",
        view.title,
        f"led by {view.lead}" if view.lead else "",
        " ".join(f"@label:{label}" for label in view.labels),
        view.branch,
        count(held, "lease") if held else "",
    ]
    return row([(f" {' · '.join(fact for fact in facts if fact)}", "muted")], [], width)


def _subject(items: Sequence[Item] | None) -> str:
    """The subject of a thread: the first non-empty one."""
    return next((each.subject for each in items or () if isinstance(each, MessageView) and each.subject), "…")
