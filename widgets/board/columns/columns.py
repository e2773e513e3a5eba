"""The five columns: heads, cards, and which of them fit onto the screen."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message

from widgets.board.columns.card import CardBox
from widgets.board.columns.cursor import BoardCursor
from widgets.board.columns.lineup import COLUMNS, NAMES, Lineup
from widgets.kit.format import Line, Span, row
from widgets.kit.lines import Lines

_ONE_BELOW = 100
"""Cells of width under which one column has the whole screen."""
_NARROWEST = 38


def fitting(width: int) -> int:
    """How many columns stand side by side in `width` cells."""
    return 1 if width < _ONE_BELOW else min(len(COLUMNS), width // _NARROWEST)


def window(current: str, first: int, shown: int) -> int:
    """The first of `shown` columns such that the current one is among them, moved as little as can be."""
    place = COLUMNS.index(current)
    first = max(min(first, place), place - shown + 1)
    return max(0, min(first, len(COLUMNS) - shown))


def tally(column: str, lineup: Lineup) -> str:
    """How many cards: `12`, or `3/12` where the filter hides some."""
    shown, total = len(lineup.cards.get(column, ())), lineup.totals.get(column, 0)
    return f"{shown}/{total}" if lineup.words else f"{total}"


def _needy(column: str, lineup: Lineup) -> int:
    """How many of the column's cards that the filter lets through wait for a human."""
    return sum(1 for card in lineup.cards.get(column, ()) if card.attention)


def head_line(column: str, lineup: Lineup, width: int, *, current: bool) -> Line:
    """A column's name and count; what waits for a human in it is counted at the end."""
    waits = _needy(column, lineup)
    return row(
        [
            ("▌" if current else " ", "cursor"),
            (NAMES[column], "title" if current else "text"),
            (f" {tally(column, lineup)}", "muted"),
        ],
        [(f"▲{waits} ", "needs")] if waits else [],
        width,
    )


def off_line(lineup: Lineup, shown: Sequence[str], width: int) -> Line:
    """The columns that the screen has no room for: those left of the shown ones, and those right of them."""
    first, last = COLUMNS.index(shown[0]), COLUMNS.index(shown[-1])
    left, right = (_tallies(columns, lineup) for columns in (COLUMNS[:first], COLUMNS[last + 1 :]))
    return row([("◂ ", "muted"), *left] if left else [], [*right, ("▸ ", "muted")] if right else [], width)


def _tallies(columns: Sequence[str], lineup: Lineup) -> list[Span]:
    spans: list[Span] = []
    for column in columns:
        waits = _needy(column, lineup)
        spans += [
            (f"{NAMES[column]} {tally(column, lineup)}", "muted"),
            (f" ▲{waits}" if waits else "", "needs"),
            ("  ", ""),
        ]
    return spans


def tab_line(lineup: Lineup, current: str, width: int) -> Line:
    """All the columns with their counts in one line, for a screen that shows one of them without its head."""
    spans: list[Span] = []
    for column in COLUMNS:
        here, waits = column == current, _needy(column, lineup)
        spans += [
            ("▌" if here else " ", "cursor"),
            (NAMES[column], "title" if here else "muted"),
            (f" {tally(column, lineup)}", "text" if here else "muted"),
            (f" ▲{waits}" if waits else "", "needs"),
            ("  ", ""),
        ]
    return row(spans, [], width)


class CardScroll(VerticalScroll):
    """Where a column's cards scroll."""

    class Resized(Message):
        """It has another size, and its cards have been laid out anew."""

    def __init__(self) -> None:
        super().__init__(can_focus=False)

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Resized())


class ColumnBox(Vertical):
    """One column: its head, and a box for each card. In another size the cursor's card is still in sight.
    One that has been empty for a while is no wider than its head."""

    def __init__(self, column: str) -> None:
        super().__init__(id=column)
        self.column = column
        self._head, self._scroll = Lines(), CardScroll()
        self._boxes: list[CardBox] = []
        self._filled = 0
        self._cursor: int | None = None
        self._lineup = Lineup({}, {})
        self._restless = self._drawn = False

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._scroll

    def show(self, lineup: Lineup, cursor: BoardCursor, now: float, *, wide: bool) -> None:
        cards = lineup.cards.get(self.column, ())
        if not self._drawn:
            self._drawn = True
            self.set_class(not cards, "-empty")
        new = [CardBox() for _ in range(len(cards) - len(self._boxes))]
        if new:
            self._boxes += new
            self._scroll.mount_all(new)
        here = cursor.column == self.column
        self._cursor = cursor.row if here else None
        for box, card in zip(self._boxes, cards, strict=False):
            box.show(card, now, selected=here and card.id == cursor.card, wide=wide)
        if cards:
            self.remove_class("-empty")
        if len(cards) != self._filled:
            for box in self._boxes[len(cards) :]:
                box.vacate()
            for box in self._boxes[self._filled : len(cards)]:
                box.display = True
            self._filled, self._restless = len(cards), True
        self._lineup = lineup
        self._draw_head()

    def _draw_head(self) -> None:
        here = self._cursor is not None
        self._head.put(head_line(self.column, self._lineup, self.size.width, current=here))

    def tidy(self) -> None:
        """Gives back the room of vacant boxes, once no card has come or gone since the last time: each
        change of room lays the whole screen out anew, and the next card is likely to take the box."""
        if self._restless:
            self._restless = False
            return
        for box in self._boxes[self._filled :]:
            if box.display:
                box.display = False
        self.set_class(not self._filled, "-empty")

    @on(CardScroll.Resized)
    def _keep_in_sight(self, message: CardScroll.Resized) -> None:
        message.stop()
        self._draw_head()  # a column that has only just come up had no width yet
        if self._cursor is not None:
            self.reveal(self._cursor)

    def reveal(self, row_number: int) -> None:
        """Scrolls as little as brings that card into sight."""
        if row_number < len(self._boxes):
            self._scroll.scroll_to_widget(self._boxes[row_number], animate=False, immediate=True)


class Columns(Horizontal):
    """The columns that fit, the cursor's always among them."""

    class Resized(Message):
        """There is another number of cells, so perhaps another number of columns."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes = {column: ColumnBox(column) for column in COLUMNS}
        self._first = 0
        self._revealed = BoardCursor()

    @property
    def shown(self) -> Sequence[str]:
        """The columns that are on the screen."""
        return COLUMNS[self._first : self._first + fitting(self.app.size.width)]

    def compose(self) -> ComposeResult:
        yield from self._boxes.values()

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Resized())

    def show(self, lineup: Lineup, cursor: BoardCursor, now: float) -> None:
        shown = fitting(self.app.size.width)
        self._first = window(cursor.column, self._first, shown)
        if self.has_class("-one") != (shown == 1):
            self.set_class(shown == 1, "-one", update=False)
            self.app.stylesheet.update(self)  # at once: columns and cards are laid out together
        for number, box in enumerate(self._boxes.values()):
            visible = self._first <= number < self._first + shown
            if box.display != visible:
                box.display = visible
            if visible:
                box.show(lineup, cursor, now, wide=shown == 1)
        if cursor != self._revealed:
            self._revealed = cursor
            if cursor.card:
                self._boxes[cursor.column].reveal(cursor.row)

    def tidy(self) -> None:
        """To be called now and then: see `ColumnBox.tidy`."""
        for box in self._boxes.values():
            box.tidy()
