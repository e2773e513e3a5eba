"""The line that names all columns, if not all of them fit on the screen."""

from collections.abc import Sequence

from widgets.board.columns.columns import off_line, tab_line
from widgets.board.columns.lineup import COLUMNS, Lineup
from widgets.kit.lines import Lines


class TabBar(Lines):
    def show(self, lineup: Lineup, current: str, shown: Sequence[str], *, known: bool) -> None:
        """`shown` are the columns on the screen, which have headings if there are several. `known`: the hub
        has sent the cards."""
        width = self.app.size.width - 2
        self.set_class(known and len(shown) < len(COLUMNS), "-shown")
        self.put(tab_line(lineup, current, width) if len(shown) == 1 else off_line(lineup, shown, width))
