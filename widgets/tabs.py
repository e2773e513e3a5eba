"""The line that names all columns, where not all of them fit onto the screen."""

from widgets.columns import fitting, tab_line
from widgets.lines import Lines
from widgets.lineup import COLUMNS, Lineup


class TabBar(Lines):
    def show(self, lineup: Lineup, current: str, *, known: bool) -> None:
        """`known`: the hub has said which cards there are."""
        width = self.app.size.width
        self.set_class(known and fitting(width) < len(COLUMNS), "-shown")
        self.put(tab_line(lineup, current, width - 2))
