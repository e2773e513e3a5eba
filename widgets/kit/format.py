"""Text for the board: pure functions from views to lines of spans, exact to the terminal's cell.

A span is (text, role); a role is the name of a style in the style sheet. A line of `width` cells is never
wider, whatever the titles, branches and reasons from outside contain.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from orchestrator.core.text.unusual import MOST_MARKS

Span = tuple[str, str]
Line = tuple[Span, ...]

ROLES = frozenset(
    {
        "title", "text", "muted", "faint", "needs", "bad", "trouble", "busy", "calm", "off", "unread",
        "cursor", "added", "removed",
    }
)  # fmt: skip
"""`needs` a person, `bad` and `trouble` are errors, `busy` is working, `calm` is ready, `off` has ended;
`added` and `removed` are lines of a diff."""

LOOKS = frozenset(f"look--{role}" for role in ROLES)
"""The style sheet's names of the roles: the component classes of a widget that shows spans."""

_LONGEST = 2000
"""Characters. More of one text never fits into a line."""
_REGIONAL_A = 0x1F1E6


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Any text as one line that every terminal draws with the width of `cell_len`.

    Control characters become visible, bidirectional and invisible ones are removed, and clusters on whose
    width terminals disagree (joined emoji, skin tones, flags) are split into plain ones.
    """
    if text.isascii() and text.isprintable():
        return text[:_LONGEST]
    out: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[:_LONGEST]):
        code = ord(character)
        category = unicodedata.category(character)
        if category == "Mn":
            variation = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
            if variation or marks >= MOST_MARKS or not out or out[-1] == " ":
                continue
            marks += 1
        else:
            marks = 0
        out.append(_plain(character, code, category))
    return "".join(out)


def _plain(character: str, code: int, category: str) -> str:
    if category[0] == "Z" or character in "\n\r\t\v\f\x85":
        return " "
    if code < 0x20 or code == 0x7F:
        return f"^{chr(code ^ 0x40)}"
    if category in ("Cf", "Me") or 0x1F3FB <= code <= 0x1F3FF:
        return ""
    if category in ("Cc", "Cs", "Cn"):
        return "\ufffd"
    if _REGIONAL_A <= code < _REGIONAL_A + 26:
        return chr(ord("A") + code - _REGIONAL_A)
    return character


def fit(text: str, width: int) -> str:
    """`text` cleaned, and cut with an ellipsis if it is wider than `width` cells."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    used, kept = 0, []
    for character in text:
        used += cell_len(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip(" …") + "…"


def pad(text: str, width: int) -> str:
    """`text` cleaned, in exactly `width` cells."""
    text = fit(text, width)
    return text + " " * (width - cell_len(text))


def fit_end(text: str, width: int) -> str:
    """As `fit`, but keeps the end: of a path it says more than the beginning."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    used, kept = 0, []
    for character in reversed(text):
        used += cell_len(character)
        if used > width - 1:
            break
        kept.append(character)
    return "…" + "".join(reversed(kept)).lstrip(" …")


def cells(text: str) -> int:
    """The width of `text` once it is cleaned."""
    return cell_len(clean(text))


def fold(text: str, width: int) -> Iterator[str]:
    """`text` cleaned and complete: its lines, each broken into pieces of at most `width` cells, after a space
    if there is one in the second half."""
    for line in text.expandtabs(4).split("\n"):
        rest = "".join(clean(line[start : start + _LONGEST]) for start in range(0, len(line), _LONGEST))
        while cell_len(rest) > width > 1:
            end = _cells_in(rest, width)
            space = rest.rfind(" ", end // 2, end)
            end = space + 1 if space > 0 else end
            yield rest[:end]
            rest = rest[end:]
        yield rest


def _cells_in(text: str, width: int) -> int:
    """How many of the text's first characters fit into `width` cells, at least one."""
    if text.isascii():
        return width
    used = 0
    for number, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(number, 1)
    return len(text)


def unseen(text: str) -> int:
    """How many characters of `text` `clean` removes because they are invisible or reorder text."""
    return 0 if text.isascii() else sum(unicodedata.category(each) == "Cf" for each in text)


def width_of(spans: Iterable[Span]) -> int:
    """Terminal cells, of which a wide character takes two."""
    return sum(cell_len(text) for text, _ in spans)


def fit_spans(spans: Iterable[Span], width: int) -> Line:
    """The spans that fit into `width` cells, the last of them cut."""
    out: list[Span] = []
    for text, role in spans:
        if width <= 0:
            break
        piece = fit(text, width)
        out.append((piece, role))
        if cell_len(text) > width:
            break
        width -= cell_len(piece)
    return tuple(out)


def flow(groups: Iterable[Sequence[Span]], width: int, indent: str = "") -> Iterator[Line]:
    """Lines with the groups one after the other, separated by three cells; a group that does not fit into the
    rest of a line begins the next one. `indent` precedes each line but the first."""
    line: list[Span] = []
    used = 0
    for group in groups:
        if line and used + 3 + width_of(group) > width:
            yield fit_spans(line, width)
            line, used = [(indent, "")], cell_len(indent)
        elif line:
            line.append(("   ", ""))
            used += 3
        line += group
        used += width_of(group)
    if line:
        yield fit_spans(line, width)


def row(left: Iterable[Span], right: Iterable[Span], width: int) -> Line:
    """A line of exactly `width` cells: `right` is at the end and complete as long as a third of the line is
    left for `left`, which is cut to the rest."""
    shown = [(clean(text), role) for text, role in right if text]
    while shown and width_of(shown) > width * 2 // 3:
        shown.pop(0)
    room = width - width_of(shown) - (1 if shown else 0)
    head = fit_spans(left, room)
    return (*head, (" " * (width - width_of(head) - width_of(shown)), ""), *shown)


def content(lines: Iterable[Line], look: Callable[[str], str | Style] = ".look--{}".format) -> Content:
    """The return value of `render()`; nothing in it is read as markup. `look` gives the style of a role."""
    parts: list[str | tuple[str, str | Style]] = []
    for number, line in enumerate(lines):
        if number:
            parts.append("\n")
        parts += [(text, look(role)) if role else text for text, role in line]
    return Content.assemble(*parts)


def age(seconds: float) -> str:
    """The age, in one coarse word that changes at most once a minute: `<1m`, `3m`, `2h`, `4d`."""
    minutes = int(max(seconds, 0) // 60)
    if minutes < 1:
        return "<1m"
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // 1440}d"


def took(seconds: float) -> str:
    """The duration of something that is over: `0.4s`, `42s`, `4m 12s`, `41m`, `1h 07m`, `2d 3h`."""
    seconds = max(seconds, 0)
    if seconds < 10:
        return f"{seconds:.1f}s" if seconds % 1 else f"{seconds:.0f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if 600 <= whole < 3600:
        return f"{whole // 60}m"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole < 48 * 3600:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    return f"{whole // 86400}d {whole % 86400 // 3600}h"


def money(dollars: float) -> str:
    """US dollars, empty for zero."""
    if dollars < 0.005:
        return ""
    return f"${dollars:.2f}" if dollars < 100 else f"${dollars:,.0f}"


def percent(value: float | None) -> str:
    """Rounded to a whole number; empty for `None`."""
    return "" if value is None else f"{value:.0f}%"


def strain(value: float | None) -> str:
    """The role in which a percentage of a limited resource is shown."""
    if value is None or value < 75:
        return "muted"
    return "trouble" if value < 90 else "bad"


def meter(value: float, cells: int) -> str:
    """A bar of `cells` cells for 0-100."""
    full = min(cells, max(0, round(value / 100 * cells)))
    return "━" * full + "╌" * (cells - full)


def count(number: int, noun: str) -> str:
    """The number with its noun, which gets an s except for 1."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
