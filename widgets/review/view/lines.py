"""Lines of code, painted: numbers, signs, text and the colours of all of them."""

from collections import OrderedDict
from collections.abc import Sequence

from rich.segment import Segment

from orchestrator.core.diff.patch import Hunk, Line
from orchestrator.core.review.comments import Side
from widgets.review.layout.index import Spot
from widgets.review.layout.rows import LineRow
from widgets.review.layout.search import spans_of
from widgets.review.text import words as changed_words
from widgets.review.text.display import cells_of, display, piece, window
from widgets.review.text.syntax import Coloured, Highlighter
from widgets.review.view import cells
from widgets.review.view.palette import Palette
from widgets.review.view.row_look import RowLook

_CHUNK, _LEAD = 64, 48
"""Lines that are coloured at once, and those before them that are read with them."""
_NO_NEWLINE = " ⊘ no newline at end"
_SIDES_KEPT, _PARTNERS_KEPT = 64, 4000


class LinePainter:
    """Makes the segments of a row. Keeps, of what was on the screen lately, which line stands where on a
    side."""

    def __init__(self, palette: Palette, highlighter: Highlighter) -> None:
        self.palette, self._highlighter = palette, highlighter
        self.colourless: set[Spot] = set()
        """Rows that were painted before their colours were there."""
        self._partners: dict[tuple[object, int], int | None] = {}
        self._sides: OrderedDict[object, tuple[list[int], dict[int, int]]] = OrderedDict()

    def row(self, look: RowLook, row: LineRow) -> list[Segment]:
        """One row, in all cells of the width."""
        geometry = look.geometry
        if not geometry.split:
            at = row.old if row.new is None else row.new
            return self._half(look, at, None, geometry.left)
        return [
            *self._half(look, row.old, "old", geometry.left),
            *self._half(look, row.new, "new", geometry.right),
        ]

    def _half(self, look: RowLook, at: int | None, side: Side | None, width: int) -> list[Segment]:
        """One side, or with `None` both in one column. The cursor's row is lit on both sides."""
        style = self.palette.style
        lit = look.here is not None
        here = lit and side in (None, look.here)
        chosen = look.chosen is not None and side in (None, look.chosen)
        if at is None:
            ground = "plain-here" if lit else "void"
            return cells.filled(self.palette, [self._edge(look, side, ground, here=here)], width, ground)
        line = look.hunk.lines[at]
        kind = {"+": "added", "-": "removed"}.get(line.kind, "plain")
        ground = f"{kind}-here" if lit else kind
        if chosen and not here:
            ground = "chosen" if kind == "plain" else f"{kind}-here"
        role = {"added": "plus", "removed": "minus"}.get(kind, "title" if here else "faint")
        sign = line.kind if look.part == 0 else "↪"
        segments = [
            self._edge(look, side, ground, here=here),
            Segment(self._numbers(look, line, side), style(role, ground)),
            Segment(f"{sign} ", style(role if look.part == 0 else "faint", ground)),
            *self._text(look, at, ground, kind, width - look.geometry.gutter()),
        ]
        return cells.filled(self.palette, segments, width, ground)

    def _edge(self, look: RowLook, side: Side | None, ground: str, *, here: bool) -> Segment:
        if here:
            return Segment("▌", self.palette.style("cursor" if look.active else "faint", ground))
        if side == "new":
            return Segment("│", self.palette.style("border", ground))
        return Segment(" ", self.palette.style("", ground))

    def _numbers(self, look: RowLook, line: Line, side: Side | None) -> str:
        digits = look.geometry.digits
        numbers = (line.old, line.new) if side is None else (line.old if side == "old" else line.new,)
        return "".join(f"{'' if number is None or look.part else number!s:>{digits}} " for number in numbers)

    def _text(self, look: RowLook, at: int, ground: str, kind: str, width: int) -> list[Segment]:
        text = shown_text(look.hunk.lines[at], plain_cr=look.plain_cr)
        if look.wrap:
            start, end = piece(text, look.part, look.geometry.text())
            empty = 0
        else:
            start, end, empty = window(text, look.x, width)
        words: Sequence[changed_words.Span] = ()
        other = self._partner(look, at) if kind != "plain" else None
        if other is not None:
            there = shown_text(look.hunk.lines[other], plain_cr=look.plain_cr)
            gone, come = (
                changed_words.changed(text, there)
                if kind == "removed"
                else changed_words.changed(there, text)
            )
            words = gone if kind == "removed" else come
        made = cells.code(
            self.palette,
            text,
            start,
            end,
            ground=ground,
            colours=self._colours(look, at, kind),
            words=words,
            word_ground=f"{kind}-word",
            matches=[(a, b, "match") for a, b in spans_of(text, look.words)],
        )
        if empty:
            made.insert(0, Segment(" " * empty, self.palette.style("", ground)))
        if end == len(text) and _ends_file(look.hunk, at):
            made.append(Segment(_NO_NEWLINE, self.palette.style("trouble", ground)))
        elif not look.wrap and end < len(text) and made and width > 2:
            made = _cut(made, self.palette.style("faint", ground))
        return made

    def _partner(self, look: RowLook, at: int) -> int | None:
        if (look.key, at) not in self._partners:
            if len(self._partners) > _PARTNERS_KEPT:
                self._partners.clear()
            self._partners[look.key, at] = changed_words.partner(look.hunk, at)
        return self._partners[look.key, at]

    def _colours(self, look: RowLook, at: int, kind: str) -> Coloured:
        side: Side = "old" if kind == "removed" else "new"
        lines, places = self._side(look.key, look.hunk, side)
        place = places[at]
        chunk = place // _CHUNK
        first = max(chunk * _CHUNK - _LEAD, 0)

        def read() -> list[str]:
            return [
                shown_text(look.hunk.lines[each], plain_cr=True)
                for each in lines[first : (chunk + 1) * _CHUNK]
            ]

        known = self._highlighter.ask((look.key, side, chunk), look.path, read)
        if known is None:
            self.colourless.add(look.spot)
            return ()
        return known[place - first] if place - first < len(known) else ()

    def _side(self, key: object, hunk: Hunk, side: Side) -> tuple[list[int], dict[int, int]]:
        """The places of that side's lines in the hunk, and where each of them is among them."""
        known = self._sides.get((key, side))
        if known is None:
            kinds = " -" if side == "old" else " +"
            lines = [at for at, line in enumerate(hunk.lines) if line.kind in kinds]
            known = self._sides[key, side] = (lines, {at: number for number, at in enumerate(lines)})
            while len(self._sides) > _SIDES_KEPT:
                self._sides.popitem(last=False)
        return known


def shown_text(line: Line, *, plain_cr: bool) -> str:
    """A line's text as it is shown; without the CR that all lines of the file end in."""
    text = line.text
    return display(text[:-1] if plain_cr and text.endswith("\r") else text)


def _ends_file(hunk: Hunk, at: int) -> bool:
    return at + 1 < len(hunk.lines) and hunk.lines[at + 1].kind == "\\"


def _cut(segments: list[Segment], style: object) -> list[Segment]:
    """The last character gives way to a sign that the line goes on."""
    last = segments[-1]
    wide = cells_of(last.text[-1:])
    return [
        *segments[:-1],
        Segment(last.text[:-1], last.style),
        Segment("›".rjust(wide), style),  # type: ignore[arg-type]  # a style of rich
    ]
