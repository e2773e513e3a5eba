"""The five columns: headings, cards, and which of them fit on the screen."""

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
"""Cells of width below which one column has the whole screen."""
_NARROWEST = 30


def fitting(width: int) -> int:
    """How many columns fit side by side in `width` cells."""
    return 1 if width < _ONE_BELOW else min(len(COLUMNS), width // _NARROWEST)


def window(current: str, first: int, shown: int) -> int:
    """The first of `shown` columns such that the current one is visible, moved as little as possible."""
    place = COLUMNS.index(current)
    first = max(min(first, place), place - shown + 1)
    return max(0, min(first, len(COLUMNS) - shown))


def tally(column: str, lineup: Lineup) -> str:
    """The number of cards: `12`, or `3/12` if the filter hides some."""
    shown, total = len(lineup.cards.get(column, ())), lineup.totals.get(column, 0)
    return f"{shown}/{total}" if lineup.words else f"{total}"


def _needy(column: str, lineup: Lineup) -> int:
    """How many of the column's cards that match the filter need a person."""
    return sum(1 for card in lineup.cards.get(column, ()) if card.attention)


def head_line(column: str, lineup: Lineup, width: int, *, current: bool) -> Line:
    """A column's name and count, followed by the number that need a person."""
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
    """The columns that do not fit on the screen: those left of the visible ones, and those right of them."""
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
    """All the columns with their counts in one line, for a screen with one column without its heading."""
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
    """The scrolling area of a column's cards."""

    class Resized(Message):
        """Its size has changed, and its cards have been laid out again."""

    def __init__(self) -> None:
        super().__init__(can_focus=False)

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Resized())


class ColumnBox(Vertical):
    """One column: its heading, and a box for each card. The cursor's card stays visible when the size
    changes. One that has been empty for a while is half as wide as the others."""

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
            marked = lineup.marked.index(card.id) + 1 if card.id in lineup.marked else 0
            box.show(card, now, selected=here and card.id == cursor.card, wide=wide, marked=marked)
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
        """Removes vacant boxes, once no card has come or gone since the last time: each removal lays out the
        whole screen again, and the next card is likely to use the box."""
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
        self._draw_head()  # a column that has just appeared had no width yet
        if self._cursor is not None:
            self.reveal(self._cursor)

    def reveal(self, row_number: int) -> None:
        """Scrolls as little as possible to show that card."""
        if row_number < len(self._boxes):
            self._scroll.scroll_to_widget(self._boxes[row_number], animate=False, immediate=True)


class Columns(Horizontal):
    """The columns that fit, always including the cursor's."""

    class Resized(Message):
        """The number of cells has changed, so perhaps the number of columns."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes = {column: ColumnBox(column) for column in COLUMNS}
        self._first = 0
        self._revealed = BoardCursor()

    @property
    def shown(self) -> Sequence[str]:
        """The columns on the screen."""
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
        """Called from time to time: see `ColumnBox.tidy`."""
        for box in self._boxes.values():
            box.tidy()
