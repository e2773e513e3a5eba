"""The details of one thing: a heading, its text, and what is being done about it."""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message

from widgets.kit.format import Line
from widgets.kit.lines import Lines

_KEPT_IN_SIGHT = 2
"""Lines of the last page that stay visible when it is scrolled by one."""

Text = tuple[Line, ...]


class Tall(Lines):
    """Lines that take as many rows as there are."""

    def put(self, *lines: Line) -> None:
        if len(lines) != len(self.lines):
            self.styles.height = len(lines)
        if self.display != bool(lines):  # else it is laid out again
            self.display = bool(lines)
        super().put(*lines)


class Sheet(Vertical):
    """A heading, a body that scrolls if it is longer than the screen, and a notice below."""

    class Resized(Message):
        """Lines must be wrapped again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own word)
        super().__init__(id=id)
        self._head, self._scroll = Lines(id="head"), VerticalScroll(can_focus=False)
        self._body, self._notice = Tall(id="body"), Tall(id="notice")
        self._drawn: tuple[object, ...] = ()
        self._at: object = None

    def compose(self) -> ComposeResult:
        yield self._head
        with self._scroll:
            yield self._body
        yield self._notice

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Resized())

    @property
    def room(self) -> int:
        """The cells of a line."""
        return self.size.width - 1  # the scrollbar's

    def clear(self, *head: Line) -> None:
        """There is nothing to read; `head` says so."""
        self._head.put(*head)
        self._body.put()
        self._notice.put()
        self._drawn, self._at = (), None

    def write(
        self,
        head: Text,
        of: object,
        text: Callable[[int], tuple[Text, Text]],
        at: object,
        row: Callable[[Text], int] = lambda _lines: 0,
    ) -> None:
        """`text` creates body and notice for the available room, and is called again if `of` differs from the
        last time. If `at` does, the body is scrolled to the `row` from which to read."""
        self._head.put(*head)
        if (of, self.room) == self._drawn:
            return
        self._drawn = (of, self.room)
        body, notice = text(self.room)
        self._body.put(*body)
        self._notice.put(*notice)
        if at != self._at:
            self._at = at
            self._scroll.scroll_to(y=row(body), animate=False)

    def page(self, way: str) -> None:
        """Scrolls by most of a page `up` or `down`."""
        rows = max(self._scroll.size.height - _KEPT_IN_SIGHT, 1)
        self._scroll.scroll_relative(y=rows if way == "down" else -rows, animate=False)
