"""A card's lines: texts and their roles. Pure."""

from orchestrator.core.board.views import CardView, overlap_marks
from orchestrator.core.forge.changes import view
from orchestrator.core.forge.fresh import as_of
from orchestrator.core.forge.issues import issue_text
from orchestrator.core.forge.outbox import waiting
from orchestrator.core.landing.methods import PAST
from orchestrator.core.overlaps.text import mark
from orchestrator.core.sessions.states import STATES
from widgets.kit.format import Line, Span, age, fit, money, percent, row, strain, width_of

GLYPHS = {
    "new": ("○", "off"),
    "queued": ("◌", "busy"),
    **{status.value: (row.glyph, row.role) for status, row in STATES.items()},
}
_UNKNOWN = ("◆", "trouble")
_FINISHED = {**PAST, "keep": "kept"}

_LIFTED = {"faint": "muted", "off": "text"}
"""Roles on the selected card's background, which 16 colours would make illegible."""

TALL, WIDE = 4, 2
"""A card's lines in one of several columns, and in a single one with the whole width."""


def height(wide: bool) -> int:
    """Lines of a card: `WIDE` if one column has the whole width, else `TALL`."""
    return WIDE if wide else TALL


def card_lines(
    card: CardView, now: float, width: int, *, wide: bool, selected: bool, marked: int = 0
) -> tuple[Line, ...]:
    """The card in exactly `height(wide)` lines of `width` cells; `marked` is its place among the marked
    cards, 0 for none."""
    if width < 4:
        return ((("", ""),),) * height(wide)
    inner = width - 2
    head = [(f"▣{marked} ", "cursor"), _title(card)] if marked else [_title(card)]
    lines = _wide(card, head, now, inner) if wide else _tall(card, head, now, inner)
    if selected:
        lines = tuple(tuple((text, _LIFTED.get(role, role)) for text, role in line) for line in lines)
    edge = _edge(card, selected)
    return tuple((edge, *line, (" ", "")) for line in lines)


def ages(card: CardView, now: float) -> tuple[str, str]:
    """The parts of a card's text that change with time alone."""
    old = "" if card.unknown_since is None else age(now - card.unknown_since)
    return age(now - card.since), old


def state_words(card: CardView) -> str:
    """The state as words."""
    if card.finished is not None:
        return _FINISHED.get(card.finished, card.finished)
    return card.landing or card.state.replace("_", " ")


def state_look(card: CardView) -> Span:
    """The state's glyph and its role."""
    if card.finished is not None:
        return ("✓", "off")
    return GLYPHS.get(card.state, _UNKNOWN)


def _edge(card: CardView, selected: bool) -> Span:
    if selected:
        return ("▌", "cursor")
    return ("▎", "needs") if card.attention else (" ", "")


def _title(card: CardView) -> Span:
    return (card.title, "off" if card.finished is not None else "title")


def _flags(card: CardView) -> list[Span]:
    flags: list[Span] = [("↑ ", "title")] if card.pinned else []
    flags += _overlaps(card)
    if card.asks:
        flags.append(("? ", "needs"))
    if card.unread_mail or deaf(card):
        flags.append(_mail(card))
    if card.unread:
        flags.append(("• ", "unread"))
    return [*flags, *_issue(card), (card.id, "faint")]


def _issue(card: CardView) -> list[Span]:
    """The number of its issue, marked if that is gone, and what of it the forge has not been told."""
    issue, unsent = card.issue, card.forge_outbox
    found = [(f"{issue_text.mark(issue)} ", "trouble" if issue.gone else "muted")] if issue else []
    if unsent:
        found.append((f"{waiting.mark(unsent)} ", "trouble" if unsent.needs_you else "muted"))
    return found


def _overlaps(card: CardView) -> list[Span]:
    """How many cards change the same files. Those with the same lock files alone stand back."""
    said = mark(overlap_marks(card))
    if card.conflicts:
        role = "bad"
    elif card.manifest_conflicts or card.unknown_overlaps:
        role = "trouble"
    else:
        role = "muted" if card.overlaps else "faint"
    return [(f"{said} ", role)] if said else []


def deaf(card: CardView) -> bool:
    """Its session was notified of mail as often as allowed, and has not responded."""
    return card.bell.startswith("not responding")


def _mail(card: CardView) -> Span:
    """The unread count; `!` if its session cannot be notified."""
    said = f"✉{card.unread_mail or ''}"
    return (f"{said}! ", "trouble") if deaf(card) else (f"{said} ", "unread")


def _state(card: CardView, now: float) -> list[Span]:
    glyph, role = state_look(card)
    since, old = ages(card, now)
    spans = [(f"{glyph} ", role), (state_words(card), role)]
    if card.queue_position is not None:
        spans.append((f" #{card.queue_position}", role))
    spans.append((f" · {since}", "muted"))
    if card.where != "local":
        spans.append((f" · {card.where}", "muted"))
    if card.held is not None:
        spans.append((" · held", "trouble"))
    if card.queued_prompts:
        spans.append((f" · +{card.queued_prompts} to send", "muted"))
    if old:
        spans.append((f" [old {old}]", "trouble"))
    return spans


def _reason(card: CardView) -> Span:
    reason = "" if card.reason == state_words(card) else card.reason  # the state has said it
    said = card.held or reason or card.last_words
    return (said, "text" if card.attention else "muted")


def _context(card: CardView) -> Span:
    if card.context_percent is None:
        return ("", "")
    return (f"ctx {percent(card.context_percent)}", strain(card.context_percent))


def run_words(card: CardView) -> str:
    """The run and the stage for which it works: `r3 · merge`; empty for an independent card."""
    return f"{card.run} · {card.stage}" if card.run else ""


def _run(card: CardView) -> list[Span]:
    return [(run_words(card), "busy"), ("  ", "")] if card.run else []


def _change(card: CardView) -> list[Span]:
    """The change request."""
    if card.change is None:
        return []
    done = card.finished is not None
    role = "off" if done else view.role(card.change)
    return [(f"{view.mark(card.change, done=done)}  ", role)]


def _change_age(card: CardView, now: float) -> list[Span]:
    """Since when it is not known how the change request is."""
    stale = card.change is not None and card.change.stale and card.finished is None
    return [(f"{as_of(card.change.as_of, now)}  ", "trouble")] if card.change and stale else []


def _first_that_fits(width: int, *rows: list[Span]) -> list[Span]:
    """The first of these that is not cut in so many cells, else the last."""
    return next((each for each in rows if width_of(each) <= width), rows[-1])


def _tall(card: CardView, head: list[Span], now: float, width: int) -> tuple[Line, ...]:
    context = [_context(card)]
    known = [*_run(card), *_change(card)]
    place = _first_that_fits(width - width_of(context) - 1, [*known, *_change_age(card, now)], known)
    return (
        row(head, _flags(card), width),
        row(_state(card, now), [(money(card.cost_usd), "muted")], width),
        row([_reason(card)], [], width),
        row([*place, (card.branch, "faint")], context, width),
    )


def _wide(card: CardView, head: list[Span], now: float, width: int) -> tuple[Line, ...]:
    context, cost = _context(card), money(card.cost_usd)
    reason, state = _reason(card), _state(card, now)
    place = [
        (fit(run_words(card) or card.branch, width // 3), "busy" if card.run else "faint"),
        ("  ", ""),
    ]
    change, flags = _change(card), _flags(card)
    known = _first_that_fits(
        width * 2 // 3,
        [*change, *_change_age(card, now), *place, *flags],
        [*change, *place, *flags],
        [*change, *flags],
    )
    if reason[0]:
        state += [(" · ", "muted"), reason]
    return (
        row(head, known, width),
        row(state, [context, ("  " if context[0] and cost else "", ""), (cost, "muted")], width),
    )
