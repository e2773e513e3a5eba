"""The lines of mailboxes, messages, threads and the rest in their lists. Pure."""

from collections.abc import Sequence

from orchestrator.core.mail.views import (
    BoxView,
    ClaimView,
    DeadView,
    GatherView,
    MailView,
    MessageView,
    PauseView,
    ThreadView,
)
from widgets.kit.format import Line, Span, age, count, fit, pad, row
from widgets.kit.rows import edged
from widgets.mail.selected import authority, box_mark, box_words, gather_mark, missing
from widgets.mail.view import Item, unread

_NAME = 22
_KIND = 9
_WHO = 26


def box_lines(
    box: BoxView | None, mail: MailView, width: int, *, selected: bool, here: bool
) -> tuple[Line, ...]:
    """The mailbox in exactly one line of `width` cells; `None` means all of them."""
    if width < 4:
        return ((("", ""),),)
    name = max(min(_NAME, width // 3), 8)
    if box is None:
        left: list[Span] = [("∑ ", "faint"), (pad("all mailboxes", name), "title")]
        left.append((f"  {len(mail.boxes)} total", "muted"))
    else:
        left = [_span(box_mark(box), "{} "), (pad(box.name, name), "off" if box.over else "title")]
        left += [("  ", ""), *_state(box)]
    sums = _sums(mail.boxes if box is None else (box,))
    return edged((row(left, sums, width - 2),), selected=selected, here=here)


def item_lines(
    item: Item, box: str, now: float, width: int, *, tall: bool, selected: bool, here: bool, doing: str = ""
) -> tuple[Line, ...]:
    """The same for an item in the list; `box` is the mailbox whose list it is, empty for none."""
    if width < 4:
        return ((("", ""),),) * (2 if tall else 1)
    mark, head, said, far = _item(item, box, now)
    if doing:
        mark, far = ("◌", "busy"), [(doing, "busy")]
    if tall:
        lines: tuple[Line, ...] = (
            row([_span(mark, "{} "), *head], far, width - 2),
            row([("  ", ""), *said], [], width - 2),
        )
    else:
        lines = (row([_span(mark, "{} "), *head, ("  ", ""), *said], far, width - 2),)
    return edged(lines, selected=selected, here=here)


def changes_with_time(item: Item, now: float) -> str:
    """The parts of the item's text that change with time alone."""
    return age(item.until - now) if isinstance(item, ClaimView) else age(now - _at(item))


def subject_of(message: MessageView) -> str:
    """Its subject, or the first non-empty line of its body."""
    return message.subject or next((line for line in message.body.splitlines() if line.strip()), "")


def _span(mark: Span, shape: str) -> Span:
    return (shape.format(mark[0]), mark[1])


def _sums(boxes: Sequence[BoxView]) -> list[Span]:
    """Unread mail, most urgent first; empty for none."""
    totals = [sum(getattr(box, name) for box in boxes) for name in ("dead", "urgent", "tasks", "unread")]
    dead, urgent, tasks, waits = totals
    parts: list[Span] = [
        (f" {dead} dead" if dead else "", "bad"),
        (f" !{urgent} urgent" if urgent else "", "needs"),
        (f" {count(tasks, 'task')}" if tasks else "", "busy"),
        (f" ✉ {waits}" if waits else "", "unread"),
    ]
    return [part for part in parts if part[0]]


def _state(box: BoxView) -> list[Span]:
    words = box_words(box)
    said: list[Span] = [(words, box_mark(box)[1] if not box.over else "off")] if words else []
    if box.bell:
        why = box.bell.removeprefix("not responding").lstrip(": ")
        bell = f"no reply: {why}" if box.deaf else box.bell  # it has to fit next to the state
        said += [(" · ", "faint")] if words else []
        said.append((bell, "trouble" if box.deaf else "muted"))
    if box.leased:
        said.append((f" · {box.leased} leased", "muted"))
    return said


def _item(item: Item, box: str, now: float) -> tuple[Span, list[Span], list[Span], list[Span]]:
    """Mark, heading, text, and the end of the first line."""
    far: list[Span] = [(changes_with_time(item, now), "muted")]
    match item:
        case MessageView():
            waits = unread(item, box)
            _, role = authority(item)
            kind = f"{'!' if item.urgent else ''}{item.kind}"
            head = [
                (f"{pad(kind, _KIND)} ", "needs" if item.urgent else "text"),
                *_who(item, "text" if role == "muted" else role),
            ]
            return ("•" if waits else " ", "unread"), head, [_said(item, waits)], far
        case ThreadView():
            head = [(fit(item.subject or item.id, 60), "title"), (f" ×{item.count}", "muted")]
            return ("≡", "faint"), head, [(" · ".join(item.names), "muted")], far
        case GatherView():
            left = len(missing(item))
            head = [(item.owner, "title"), (f" waiting for {left} of {len(item.members)}", "text")]
            names = ", ".join(f"{each.name} ({each.state})" for each in missing(item))
            return gather_mark(item), head, [(names or item.subject, "muted")], far
        case PauseView():
            head = [(f"{fit(item.a, _WHO)} ⇄ {fit(item.b, _WHO)}", "title"), (" paused", "needs")]
            return ("‖", "needs"), head, [(item.why, "muted")], far
        case ClaimView():
            alone = "exclusively" if item.exclusive else "shared"
            head = [(fit(item.holder, _WHO), "title"), (f" holds {alone}", "muted")]
            return ("▪", "busy"), head, [(item.what, "text")], [(f"for {far[0][0]}", "muted")]
        case DeadView():
            head = [(f"{pad(item.message.kind, _KIND)} ", "text"), *_who(item.message, "text")]
            return ("×", "bad"), head, [(f"{item.box}: {item.why}", "bad")], far
        case _:
            return (" ", ""), [(f"{item.sender} → {item.to}", "text")], [(str(item.count), "muted")], far


def _who(message: MessageView, role: str) -> list[Span]:
    to = message.to[0] if len(message.to) == 1 else f"{len(message.to)} boxes"
    return [(fit(message.sender, _WHO), role), (" → ", "faint"), (fit(to, _WHO), "muted")]


def _said(message: MessageView, waits: bool) -> Span:
    return (subject_of(message), "title" if waits else "text")


def _at(item: Item) -> float:
    return (
        item.last_at
        if isinstance(item, ThreadView)
        else item.until
        if isinstance(item, ClaimView)
        else item.at
    )
