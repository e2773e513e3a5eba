"""Rows of the diff, painted: each when it is on the screen, from what the document holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.review.comments import Side
from widgets.kit.format import Span, fit_spans
from widgets.review.layout.geometry import Geometry, digits
from widgets.review.layout.index import Spot
from widgets.review.layout.remark import Remark
from widgets.review.layout.rows import (
    FactRow,
    FileRow,
    HunkRow,
    LineRow,
    PendingRow,
    RemarkRow,
)
from widgets.review.model.document import Document
from widgets.review.model.file_text import FileText, version
from widgets.review.text.head import file_head, hunk_head, remark_lines
from widgets.review.view import cells
from widgets.review.view.lines import LinePainter
from widgets.review.view.row_look import RowLook

_INDENT = 3
"""Cells before a comment and what is said of a file."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is not in the document: how wide it is shown and from which cell on, where the cursor is, what is
    chosen and what was searched for."""

    width: int
    split: bool
    wrap: bool
    x: int
    cursor: Spot
    side: Side
    chosen: tuple[Spot, Spot] | None
    """The first and the last row of the selection."""
    words: str
    active: bool
    """The cursor keys move here."""


class Painter:
    """`marks` are what stands at the end of a file's head."""

    def __init__(
        self,
        document: Document,
        look: Look,
        lines: LinePainter,
        *,
        marks: Callable[[ChangedFile], Sequence[Span]],
        remarks: Mapping[str, Remark],
        now: float,
    ) -> None:
        self._document, self._palette, self._lines = document, lines.palette, lines
        self.look = look
        self._marks, self._remarks, self._now = marks, remarks, now

    def head(self, number: int, *, here: bool = False) -> Strip:
        """The head of a file: in its place, and at the top of the screen while its rows are there."""
        look, file = self.look, self._document.files[number]
        ground = "head-here" if here else "head"
        line = file_head(
            file,
            look.width - 1,
            folded=self._document.folded(file),
            marks=self._marks(file),
            loading=self._document.text(file) is None
            and not self._document.folded(file)
            and not file.too_large,
        )
        return self._strip([self._edge(here, ground), *cells.spans(self._palette, line, ground)])

    def row(self, spot: Spot) -> Strip:
        """One row, in all cells of the width."""
        row = self._document.index.row(spot)
        here = self.here(spot)
        match row:
            case FileRow():
                return self.head(spot.file, here=here)
            case LineRow():
                return self._line(spot, row, here)
            case HunkRow(number):
                return self._hunk(spot, number, here)
            case RemarkRow(id_, part):
                return self._remark(spot, id_, part)
            case FactRow(number):
                return self._said([self._document.facts(self._document.files[spot.file])[number]])
            case PendingRow(0):
                return self._said([("loading…", "faint")], here=here)
            case _:
                return self._said([])

    def here(self, spot: Spot) -> bool:
        """Whether it belongs to what the cursor is on."""
        cursor = self.look.cursor
        if spot == cursor:
            return True
        if spot.file != cursor.file or spot.row < cursor.row:
            return False
        row = self._document.index.row(spot)
        if not isinstance(row, (LineRow, RemarkRow)) or not row.part:
            return False
        return spot.row - row.part == cursor.row

    def chosen(self, spot: Spot) -> bool:
        """Whether it is in the selection."""
        chosen = self.look.chosen
        return chosen is not None and chosen[0] <= spot <= chosen[1]

    def _edge(self, here: bool, ground: str, *, on: bool = True) -> Segment:
        if here and on:
            role = "cursor" if self.look.active else "faint"
            return Segment("▌", self._palette.style(role, ground))
        return Segment(" ", self._palette.style("", ground))

    def _strip(self, segments: list[Segment], ground: str = "plain") -> Strip:
        width = self.look.width
        strip = Strip(cells.filled(self._palette, segments, width, ground))
        return strip if strip.cell_length == width else strip.crop(0, width)

    def _said(self, spans: list[Span], *, here: bool = False) -> Strip:
        line = fit_spans([(" " * _INDENT, ""), *spans], self.look.width - 1)
        ground = "plain-here" if here else "plain"
        return self._strip([self._edge(here, ground), *cells.spans(self._palette, line, ground)], ground)

    def _text(self, number: int) -> FileText:
        text = self._document.text(self._document.files[number])
        assert text is not None
        return text

    def _hunk(self, spot: Spot, number: int, here: bool) -> Strip:
        path = self._document.files[spot.file].path
        folded = number in self._document.folded_hunks.get(path, ())
        line = hunk_head(self._text(spot.file).patch.hunks[number], self.look.width - 1, folded=folded)
        ground = "hunk-here" if here else "hunk"
        return self._strip([self._edge(here, ground), *cells.spans(self._palette, line, ground)], ground)

    def _remark(self, spot: Spot, id_: str, part: int) -> Strip:
        remark = self._remarks.get(id_)
        layout = self._document.index.layout(spot.file)
        here = self.here(spot)
        ground = "remark-here" if here else "remark"
        lines = (
            remark_lines(remark, self.look.width - _INDENT - 3, self._now, stray=id_ in layout.strays)
            if remark
            else ()
        )
        line = lines[part] if part < len(lines) else ()
        bar = "busy" if remark and remark.state == "note" else "needs"
        return self._strip(
            [
                self._edge(here, "plain"),
                Segment(" " * _INDENT, self._palette.style("")),
                Segment("┃ ", self._palette.style(bar, ground)),
                *cells.spans(self._palette, line, ground),
            ],
            ground,
        )

    def _line(self, spot: Spot, row: LineRow, here: bool) -> Strip:
        look = self.look
        text = self._text(spot.file)
        patch = text.patch
        file = self._document.files[spot.file]
        geometry = Geometry(look.width, self._document.split(file), digits(patch))
        chosen = self.chosen(spot)
        segments = self._lines.row(
            RowLook(
                spot=spot,
                path=file.path,
                of=version(file),
                number=row.hunk,
                hunk=patch.hunks[row.hunk],
                geometry=geometry,
                part=row.part,
                x=0 if look.wrap else look.x,
                wrap=look.wrap,
                here=look.side if here else None,
                chosen=look.side if chosen else None,
                active=look.active,
                words=look.words,
                plain_cr=text.crlf,
            ),
            row,
        )
        return self._strip(segments)
