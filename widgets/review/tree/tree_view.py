"""The tree of files on the screen. Draws the rows that are in sight."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from orchestrator.core.diff.files import ChangedFile
from widgets.kit.format import Span
from widgets.review.model.document import Document
from widgets.review.tree.row import tree_line
from widgets.review.tree.tree import TreeRow, row_of, rows
from widgets.review.view import cells
from widgets.review.view.palette import palette


class TreeView(ScrollView):
    """Has a cursor of its own, which follows the file that the diff shows."""

    ALLOW_SELECT = False

    class Chosen(Message):
        """The cursor has gone to a file; with `opened` the diff is to be read now."""

        def __init__(self, path: str, *, opened: bool) -> None:
            super().__init__()
            self.path, self.opened = path, opened

    def __init__(self, marks: Callable[[ChangedFile], Sequence[Span]]) -> None:
        super().__init__(id="files", can_focus=False)
        self._marks = marks
        self._document: Document | None = None
        self._rows: list[TreeRow] = []
        self._folded: set[str] = set()
        self.cursor = 0
        self.active = False

    def show(self, document: Document | None) -> None:
        """The files of that document; the cursor stays on the row of the same path."""
        path = self.here.path if self.here else ""
        self._document = document
        self._rows = rows(document.files, self._folded) if document else []
        self.virtual_size = Size(0, len(self._rows))
        self.cursor = row_of(self._rows, path) if path else 0
        self._reveal()
        self.refresh()

    @property
    def here(self) -> TreeRow | None:
        """The row of the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def alone(self) -> bool:
        """Nothing else is beside it."""
        return self.size.width >= self.app.size.width - 1

    def follow(self, path: str) -> None:
        """The diff shows that file now."""
        here = self.here
        if here is None or here.path != path:
            self._go(row_of(self._rows, path))

    def _go(self, at: int) -> None:
        before, top = self.cursor, self.scroll_offset.y
        self.cursor = at
        self._reveal()
        if self.scroll_offset.y != top:
            self.refresh()
        elif at != before:
            self.refresh_line(before)
            self.refresh_line(at)

    def move(self, rows: int) -> None:
        """The cursor up or down; the diff goes along where it comes to a file."""
        if not self._rows:
            return
        self._go(min(max(self.cursor + rows, 0), len(self._rows) - 1))
        self._tell(opened=False)

    def page(self, way: int) -> None:
        self.move(way * max(self.size.height - 2, 1))

    def enter(self) -> None:
        """Folds a folder or opens it; goes to a file."""
        here = self.here
        if here is None:
            return
        if here.file is None:
            self.fold(not here.folded)
        else:
            self._tell(opened=True)

    def fold(self, folded: bool) -> None:
        """Folds the folder under the cursor, or that of the file there, or opens it."""
        here = self.here
        if here is None:
            return
        path = here.path
        if here.file is not None or (folded and here.folded):
            if not folded:
                return
            above = [row for row in self._rows[: self.cursor] if row.file is None and row.depth < here.depth]
            if not above:
                return
            path = above[-1].path
        if folded:
            self._folded.add(path)
        else:
            self._folded.discard(path)
        self._rows = rows(self._document.files, self._folded) if self._document else []
        self.virtual_size = Size(0, len(self._rows))
        self.cursor = row_of(self._rows, path)
        self._reveal()
        self.refresh()

    def _tell(self, *, opened: bool) -> None:
        if self.here is not None and self.here.file is not None:
            self.post_message(self.Chosen(self.here.path, opened=opened))

    def _reveal(self) -> None:
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if not top <= self.cursor < top + height:
            # into the middle: else the whole tree would be painted again with every further file
            self.scroll_to(y=max(self.cursor - height // 2, 0), animate=False, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        at = self.scroll_offset.y + event.y
        if at < len(self._rows):
            self.cursor = at
            self.refresh()
            if self.here is not None and self.here.file is None:
                self.enter()
            else:
                self._tell(opened=True)

    def render_line(self, y: int) -> Strip:
        colours, width = palette(self.app.current_theme), self.size.width
        at = self.scroll_offset.y + y
        if at >= len(self._rows) or self._document is None or not width:
            return Strip.blank(width, colours.style(""))
        item = self._rows[at]
        file = None if item.file is None else self._document.files[item.file]
        here = at == self.cursor
        ground = "head-here" if here and self.active else "head" if here else "plain"
        edge = Segment("▌" if here else " ", colours.style("cursor" if self.active else "faint", ground))
        done = file is not None and self._document.is_reviewed(file)
        line = tree_line(item, file, self._marks(file) if file else (), width - 1, done=done)
        return Strip([edge, *cells.spans(colours, line, ground)]).crop(0, width)
