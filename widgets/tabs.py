"""The line that names all columns, where not all of them fit onto the screen."""

from textual.content import Content
from textual.widget import Widget

from widgets.columns import fitting, tab_line
from widgets.format import Line, content
from widgets.lineup import COLUMNS, Lineup


class TabBar(Widget):
    def __init__(self) -> None:
        super().__init__()
        self._line: Line = ()

    def show(self, lineup: Lineup, current: str, *, known: bool) -> None:
        """`known`: the hub has said which cards there are."""
        width = self.app.size.width
        self.set_class(known and fitting(width) < len(COLUMNS), "-shown")
        line = tab_line(lineup, current, width - 2)
        if line != self._line:
            self._line = line
            self.refresh()

    def render(self) -> Content:
        return content([self._line])
