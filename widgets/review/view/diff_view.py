"""The diff on the screen: scrolls, has a cursor, and draws the rows that are in sight."""

from collections.abc import Callable, Mapping, Sequence

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.review.comments import Side
from widgets.kit.format import Line, Span
from widgets.review.layout.file import Arrangement
from widgets.review.layout.geometry import SPLIT_FROM, Geometry
from widgets.review.layout.index import Spot, selected
from widgets.review.layout.place import Place
from widgets.review.layout.remark import Remark
from widgets.review.layout.rows import RemarkRow
from widgets.review.model.document import Document
from widgets.review.text.head import remark_height
from widgets.review.text.syntax import Highlighter
from widgets.review.view.cells import said_row
from widgets.review.view.painter import Look
from widgets.review.view.palette import palette
from widgets.review.view.scrolling import Scrolling
from widgets.review.view.strips import Strips

_DIGITS = 4
"""Of most files' line numbers."""


class DiffView(Scrolling):
    """Shows a document. What is above the first row in sight stays there when files above it grow."""

    class Pressed(Message):
        """The mouse was pressed `times` times on the cursor's row."""

        def __init__(self, times: int) -> None:
            super().__init__()
            self.times = times

    def __init__(
        self,
        marks: Callable[[ChangedFile], Sequence[Span]],
        clock: Callable[[], float],
        moved: Callable[[], object],
    ) -> None:
        """`moved` is called when other rows are in sight, or the cursor is elsewhere. A message would be
        handled a frame later."""
        super().__init__(id="diff")
        self._moved = moved
        self.document: Document | None = None
        self.cursor = Spot(0, 0)
        self.side: Side = "new"
        self.began: Spot | None = None
        """Where the selection began."""
        self.words = ""
        """What is searched for."""
        self.layout_chosen: bool | None = None
        """Side by side or not, as the user has chosen; `None` until then."""
        self.wrap = False
        self.active = True
        self._x = 0
        self._said: Sequence[Line] = ()
        self._remarks: Mapping[str, Remark] = {}
        self._strips = Strips(marks, clock, lambda: self.app.call_later(self._colour))
        self._arranged: tuple[object, ...] = ()

    @property
    def highlighter(self) -> Highlighter:
        """What makes the colours of code."""
        return self._strips.highlighter

    def on_unmount(self) -> None:
        self.highlighter.stop()

    def _colour(self) -> None:
        """Colours have come."""
        self._strips.colour()
        self.refresh()

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def split(self) -> bool:
        """Whether both sides stand beside each other."""
        wide = self.app.size.width >= SPLIT_FROM
        return wide if self.layout_chosen is None else self.layout_chosen

    @property
    def arrangement(self) -> Arrangement:
        """How lines stand now."""
        return Arrangement(self.split, self.wrap, self.size.width)

    def show(self, document: Document | None, remarks: Mapping[str, Remark]) -> None:
        """Show this from now on, from its beginning."""
        self.document, self._remarks = document, remarks
        self.cursor, self.began, self._x = Spot(0, 0), None, 0
        self._arranged = ()
        self.lay_out()
        self.scroll_to_row(0)

    def say(self, lines: Sequence[Line]) -> None:
        """What stands there while there is no file to show."""
        self._said = lines
        self.refresh()

    def keep(self, change: Callable[[], object]) -> None:
        """Changes the document. The cursor stays on what it is on, and that where it is on the screen."""
        document = self.document
        if document is None:
            change()
            return
        place, above = document.place(self.cursor), self._y - self.scroll_offset.y
        begun = document.place(self.began) if self.began else None
        change()
        self.put_back(place, above, begun)

    def put_back(self, place: Place | None, above: int, begun: Place | None = None) -> None:
        """The cursor on that place, with so many rows above it."""
        document = self.document
        assert document is not None
        self.lay_out()
        self.began = document.find(begun) if begun else None
        self.cursor = document.find(place)
        self._resize()
        self.scroll_to_row(max(self._y - above, 0))
        self._settle()
        self.reveal()
        self._strips.look(self.look)
        self.refresh()

    def show_remarks(self, remarks: Mapping[str, Remark]) -> None:
        """Comments and notes by their ids; where they stand is the document's."""
        self._remarks, self._arranged = remarks, ()

    def lay_out(self) -> None:
        """Lays the document out for the width that there is, where that is another one."""
        document, width = self.document, self.size.width
        arranged = id(document), width if self.wrap or self._remarks else 0, self.split, self.wrap
        if document is None or width < 1 or arranged == self._arranged:
            return
        self._arranged = arranged
        heights = {id_: remark_height(each, width - 6) for id_, each in self._remarks.items()}
        document.arrange_for(self.arrangement, heights)
        self._resize()
        self.repaint()

    def _resize(self) -> None:
        rows = self.document.index.height if self.document else 0
        self.virtual_size = Size(0, rows)  # no width, with which everything would be laid out again

    def repaint(self, *, painted: bool = True) -> None:
        """Paints everything in sight again, without `painted` only what has not been painted yet. Rows of
        files that are laid out again are painted in any case."""
        if painted:
            self._strips.clear()
            self.refresh()
        else:
            self._strips.look(self.look)

    def on_resize(self, _event: events.Resize) -> None:
        if self.document is not None:
            self.repaint()
            self.keep(lambda: None)
            self._moved()

    # --- the cursor ------------------------------------------------------------------------------

    @property
    def _y(self) -> int:
        return self.document.index.y(self.cursor) if self.document and self.document.files else 0

    @property
    def in_sight(self) -> range:
        """The numbers of the files on the screen, and that of the cursor's."""
        document = self.document
        if document is None or not document.files:
            return range(0)
        first = document.index.spot(self.scroll_offset.y).file
        last = document.index.spot(self.scroll_offset.y + self.size.height).file
        return range(min(first, self.cursor.file), max(last, self.cursor.file) + 1)

    def go(self, spot: Spot | None, *, top: bool = False) -> None:
        """Puts the cursor there and shows it, as the first row if `top`."""
        if spot is None or self.document is None or not self.document.files:
            return
        before, began_at = self.cursor, self.scroll_offset.y
        self.cursor = spot
        self._settle()
        if top:
            self.scroll_to_row(self._y)
        self.reveal()
        self._strips.look(self.look)
        if self.scroll_offset.y != began_at or self.began is not None or not self._in_one_row(before, spot):
            self.refresh()
        else:
            for each in (before, spot):
                self.refresh_line(self.document.index.y(each))
        self._moved()

    def _in_one_row(self, *spots: Spot) -> bool:
        """Whether what stands there takes one row, so that no other is to be drawn again."""
        assert self.document is not None
        index = self.document.index
        return not self.wrap and not any(isinstance(index.row(each), RemarkRow) for each in spots)

    def move(self, rows: int) -> None:
        """The cursor up or down, by one or by many rows."""
        document = self.document
        if document is None or not document.files:
            return
        index = document.index
        if abs(rows) == 1:
            self.go(index.step(self.cursor, rows))
            return
        above = self._y - self.scroll_offset.y
        self.cursor = index.moved(self.cursor, rows)
        self._settle()
        self.scroll_to_row(max(self._y - above, 0))
        self.go(self.cursor)

    def page(self, way: int) -> None:
        """The cursor and what is in sight, by most of a page."""
        self.move(way * max(self.size.height - 2, 2))

    def reveal(self) -> None:
        """Scrolls as little as need be to have the cursor in sight; below the head that stands at the top."""
        y, top, rows = self._y, self.scroll_offset.y, max(self.size.height, 1)
        first = y if self.cursor.row == 0 else max(y - 1, 0)
        if first < top:
            self.scroll_to_row(first)
        elif y >= top + rows:
            self.scroll_to_row(y - rows + 1)

    def _settle(self) -> None:
        document = self.document
        if document is None:
            return
        top = document.index.spot(self.scroll_offset.y) if document.files else None
        before = document.index.height
        document.index.settle(self.scroll_offset.y, self.size.height)
        if document.index.height != before and top is not None:
            self._resize()
            self.scroll_to_row(document.index.y(top))
            self.refresh()

    def sideways(self, way: int) -> None:
        """Lines that are not wrapped, by half of their room, as far as the longest one in sight."""
        document, room = self.document, Geometry(self.size.width, self.split, _DIGITS).text()
        if document is None or not document.files:
            return
        longest = document.widest(self.scroll_offset.y, self.size.height)
        self._x = max(min(self._x + way * max(room // 2, 1), longest - room // 2), 0)
        self.repaint()

    def scrolled(self, *, by_user: bool) -> None:
        self._settle()
        if by_user:  # else whoever moves the cursor tells it
            self._moved()

    def on_click(self, event: events.Click) -> None:
        document = self.document
        if document is None or not document.files:
            return
        y = self.scroll_offset.y + event.y
        if y >= document.index.height:
            return
        spot = document.index.at(y)
        if event.y == 0 and spot.row:
            spot = Spot(spot.file, 0)  # the head that stands at the top
        if self.split:
            self.side = "old" if event.x < self.size.width - self.size.width // 2 else "new"
        self.go(document.index.stop(spot, -1))
        self.post_message(self.Pressed(event.chain))

    # --- drawing ---------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        document, top = self.document, self.scroll_offset.y
        if document is None or not document.files or top + y >= document.index.height:
            bare = document is None or not document.files
            return said_row(palette(self.app.current_theme), self._said if bare else (), y, self.size)
        if not self._strips.ready:
            self._strips.begin(document, self.look, self._remarks, self.app.current_theme)
        strip = self._strips.strip(document, document.index.at(top + y), top=y == 0)
        if self.highlighter.waits:
            self.highlighter.waits = False
            self.call_after_refresh(self.highlighter.start)
        return strip

    @property
    def look(self) -> Look:
        """All that is not in the document."""
        chosen = selected(self.began, self.cursor)
        return Look(
            self.size.width, self.split, self.wrap, self._x, self.cursor, self.side, chosen, self.words,
            self.active,
        )  # fmt: skip
