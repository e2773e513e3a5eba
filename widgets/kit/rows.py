"""A list of rows, one of them selected: a leaf for each, in a scrolling column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from widgets.kit.format import Line, Span
from widgets.kit.lines import Lines

_LIFTED = {"faint": "muted", "muted": "text"}
"""Roles on the selected row's background."""


@dataclass(frozen=True, slots=True)
class Row:
    """The content of a row. Rows are equal if they look the same: `looks` is everything that `draw` draws
    from."""

    id: str
    looks: tuple[object, ...]
    draw: Callable[[int], tuple[Line, ...]] = field(compare=False)
    """The lines in that many cells."""


def edged(lines: tuple[Line, ...], *, selected: bool, here: bool = True) -> tuple[Line, ...]:
    """The lines with a cell before and after. `here`: the cursor keys move in this list."""
    if selected:
        lines = tuple(tuple((text, _LIFTED.get(role, role)) for text, role in line) for line in lines)
    edge: Span = ("▌", "cursor" if here else "faint") if selected else (" ", "")
    return tuple((edge, *line, (" ", "")) for line in lines)


class RowBox(Lines):
    """A box in the list. Shows its present row; redraws only on a visible change."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """The mouse was pressed on a row of `list`, `times` times in a row."""

        def __init__(self, rows: "RowList", id: str, times: int) -> None:  # noqa: A002 (the row's own word)
            super().__init__()
            self.list, self.id, self.times = rows, id, times

    def __init__(self, rows: "RowList") -> None:
        super().__init__()
        self._list = rows
        self.row: Row | None = None

    def show(self, row: Row, *, selected: bool) -> None:
        """Draws this row from now on."""
        self.set_class(selected, "-selected")
        if row != self.row:
            self.row = row
            self.refresh()

    def render(self) -> Content:
        if self.row is not None:
            self.lines = self.row.draw(self.size.width)
        return super().render()

    def on_click(self, event: events.Click) -> None:
        if self.row is not None:
            self.post_message(self.Pressed(self._list, self.row.id, event.chain))


class RowList(VerticalScroll):
    """The rows in order; the selected one is always visible."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own word)
        super().__init__(id=id, can_focus=False)
        self._boxes: list[RowBox] = []
        self._filled = 0
        self._selected = -1
        self._revealed: tuple[object, ...] = ()

    def show(self, rows: Sequence[Row], selected: str) -> None:
        """`selected` is a row's id."""
        new = [RowBox(self) for _ in range(len(rows) - len(self._boxes))]
        if new:
            self._boxes += new
            self.mount_all(new)
        for box, row in zip(self._boxes, rows, strict=False):
            box.show(row, selected=row.id == selected)
        if len(rows) != self._filled:
            for number, box in enumerate(self._boxes):
                box.display = number < len(rows)
            self._filled = len(rows)
        self._selected = next((number for number, row in enumerate(rows) if row.id == selected), -1)
        place = (selected, self._selected)
        if place != self._revealed:
            self._revealed = place
            self._reveal()

    def on_resize(self, _event: events.Resize) -> None:
        self._reveal()

    def _reveal(self) -> None:
        if self._selected >= 0:
            self.scroll_to_widget(self._boxes[self._selected], animate=False)
