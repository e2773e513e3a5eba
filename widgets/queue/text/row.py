"""A need's lines in the list: texts and their roles. Pure."""

from orchestrator.core.board.views import Need
from widgets.kit.format import Line, Span, age, row
from widgets.kit.rows import edged
from widgets.queue.selected import kind_words, mark, whose

ONE, TWO = 1, 2
"""A need's lines on a small screen, and with more room."""
_KIND = 11
_CARD = 5


def need_lines(
    need: Need, now: float, width: int, *, tall: bool, selected: bool, doing: str = ""
) -> tuple[Line, ...]:
    """The need in exactly one line of `width` cells, or two where `tall`."""
    if width < 4:
        return ((("", ""),),) * (TWO if tall else ONE)
    lines = _two(need, now, width - 2, doing) if tall else _one(need, now, width - 2, doing)
    return edged(lines, selected=selected)


def _two(need: Need, now: float, width: int, doing: str) -> tuple[Line, ...]:
    head = [*_kind(need, doing), (f"{whose(need).ljust(_CARD - 1)} ", "faint"), (need.title, "title")]
    return (
        row(head, [_right(need, now, doing)], width),
        row(
            [("  ", ""), *_warning(need), (need.summary, "text" if need.urgency < 4 else "muted")], [], width
        ),
    )


def _one(need: Need, now: float, width: int, doing: str) -> tuple[Line, ...]:
    words = [*_kind(need, doing), (f"{whose(need).ljust(_CARD - 1)} ", "faint")]
    words += [*_warning(need), (need.summary, "text")]
    return (row(words, [_right(need, now, doing)], width),)


def _warning(need: Need) -> list[Span]:
    return [("! unusual ", "bad")] if need.unusual else []


def _kind(need: Need, doing: str) -> list[Span]:
    glyph, role = ("◌", "busy") if doing else mark(need)
    return [(f"{glyph} ", role), (f"{kind_words(need.kind).ljust(_KIND - 1)} ", role)]


def _right(need: Need, now: float, doing: str) -> Span:
    return (doing, "busy") if doing else (age(now - need.since), "muted")
