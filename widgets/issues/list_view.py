"""The list of issues on the screen. Draws the rows that are in sight."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from orchestrator.core.forge.views import IssueView
from widgets.issues.text.row import Mark, digits_of, issue_line
from widgets.kit.format import Line
from widgets.review.view.cells import said_row, spans
from widgets.review.view.palette import palette
from widgets.review.view.scrolling import Scrolling


class IssueList(Scrolling):
    """A row for each issue."""

    class Pressed(Message):
        """The mouse was pressed on that row, `times` times."""

        def __init__(self, row: int, times: int) -> None:
            super().__init__()
            self.row, self.times = row, times

    def __init__(self, mark: Callable[[IssueView], Mark]) -> None:
        super().__init__(id="list")
        self._mark = mark
        self._shown: Sequence[IssueView] = ()
        self._row = self._digits = 0
        self._said: Sequence[Line] = ()
        self._looks: object = None

    def show(self, issues: Sequence[IssueView], row: int, said: Sequence[Line], looks: object) -> None:
        """Shows these, or what is `said` where there are none; draws only if they, the cursor's row or the
        `looks` of their marks are others than before."""
        known = issues is self._shown and (row, said, looks) == (self._row, self._said, self._looks)
        if known:
            return
        if issues is not self._shown:
            self._digits = digits_of(max((each.number for each in issues), default=0))
        self._shown, self._row, self._said, self._looks = issues, row, said, looks
        if self.virtual_size.height != len(issues):
            self.virtual_size = Size(0, len(issues))
        self._reveal()
        self.refresh()

    @property
    def page(self) -> int:
        """The rows of most of a page."""
        return max(self.size.height - 2, 1)

    def _reveal(self) -> None:
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        if self._row < top:
            self.scroll_to_row(self._row)
        elif self._row >= top + height:
            self.scroll_to_row(self._row - height + 1)

    def on_resize(self, _event: events.Resize) -> None:
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y
        if row < len(self._shown):
            self.post_message(self.Pressed(row, event.chain))

    def render_line(self, y: int) -> Strip:
        colours, width = palette(self.app.current_theme), self.size.width
        row = self.scroll_offset.y + y
        if not self._shown:
            return said_row(colours, self._said, y, self.size)
        if row >= len(self._shown) or width < 4:
            return Strip.blank(width, colours.style(""))
        here = row == self._row
        ground = "head-here" if here else "plain"
        issue = self._shown[row]
        line = issue_line(issue, self._mark(issue), width - 2, self._digits)
        edge = Segment("▌" if here else " ", colours.style("cursor", ground))
        return Strip([edge, *spans(colours, line, ground), Segment(" ", colours.style("", ground))])
