"""A line of code in cells: its text with the colours of code, of changed words and of matches."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from widgets.kit.format import Line, fit_spans, width_of
from widgets.review.text.syntax import Coloured
from widgets.review.text.words import Span
from widgets.review.view.palette import Palette


def code(
    palette: Palette,
    text: str,
    start: int,
    end: int,
    *,
    ground: str,
    colours: Coloured = (),
    words: Sequence[Span] = (),
    word_ground: str = "",
    matches: Sequence[tuple[int, int, str]] = (),
) -> list[Segment]:
    """The characters from `start` to `end` of a displayed text. `words` have a ground of their own, and
    `matches` one each, which goes before."""
    layers = (
        _Layer([each for each in colours if each[0] < end and each[1] > start]),
        _Layer([(a, b, word_ground) for a, b in words if a < end and b > start]),
        _Layer([each for each in matches if each[0] < end and each[1] > start]),
    )
    edges = {start, end}
    for layer in layers:
        for a, b, _ in layer.spans:
            edges.add(max(a, start))
            edges.add(min(b, end))
    made = []
    code_, word, match = layers
    for a, b in pairwise(sorted(edges)):
        made.append(Segment(text[a:b], palette.style(code_.at(a), match.at(a) or word.at(a) or ground)))
    return made


class _Layer:
    """Spans that do not overlap, asked from left to right."""

    __slots__ = ("_next", "spans")

    def __init__(self, spans: Sequence[tuple[int, int, str]]) -> None:
        self.spans, self._next = spans, 0

    def at(self, place: int) -> str:
        """What the span says in which that character is; empty where there is none."""
        spans, number = self.spans, self._next
        while number < len(spans) and spans[number][1] <= place:
            number += 1
        self._next = number
        return spans[number][2] if number < len(spans) and spans[number][0] <= place else ""


def spans(palette: Palette, line: Iterable[tuple[str, str]], ground: str) -> list[Segment]:
    """Spans of format.py on a ground."""
    return [Segment(text, palette.style(role, ground)) for text, role in line if text]


def said_row(palette: Palette, lines: Sequence[Line], y: int, size: Size) -> Strip:
    """Row `y` of an area of that size with a few lines in its middle, and else nothing."""
    at = y - max((size.height - len(lines)) // 2, 0)
    if not 0 <= at < len(lines):
        return Strip.blank(size.width, palette.style(""))
    line = fit_spans(lines[at], size.width)
    left = Segment(" " * ((size.width - width_of(line)) // 2), palette.style(""))
    return Strip(filled(palette, [left, *spans(palette, line, "plain")], size.width, "plain"))


def filled(palette: Palette, segments: list[Segment], width: int, ground: str) -> list[Segment]:
    """The segments with empty cells behind them up to `width`."""
    used = sum(len(text) if text.isascii() else cell_len(text) for text, _, _ in segments)
    if used < width:
        segments.append(Segment(" " * (width - used), palette.style("", ground)))
    return segments
