"""The selected need, whole: whose it is, the request, and what is being done about it."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message

from widgets.format import Line
from widgets.lines import Lines
from widgets.may import KeyOf
from widgets.needs.look import Look
from widgets.needs.request_text import head_lines, notice_lines, request_lines, row_of_question

_NOBODY = (("Nothing waits for you.", "title"),)
_KEPT_IN_SIGHT = 2
"""Lines of the last page that stay when it is scrolled by one."""


class Tall(Lines):
    """Lines that take as many rows as there are."""

    def put(self, *lines: Line) -> None:
        if len(lines) != len(self.lines):
            self.styles.height = len(lines)
        self.display = bool(lines)
        super().put(*lines)


class Request(Vertical):
    """Draws what is looked at; a request that is longer than the screen scrolls."""

    class Resized(Message):
        """Lines must be folded anew."""

    def __init__(self) -> None:
        super().__init__()
        self._head, self._scroll = Lines(id="head"), VerticalScroll(can_focus=False)
        self._body, self._notice = Tall(id="body"), Tall(id="notice")
        self._drawn: tuple[object, ...] = ()
        self._at = ("", 0)

    def compose(self) -> ComposeResult:
        yield self._head
        with self._scroll:
            yield self._body
        yield self._notice

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Resized())

    def show(self, look: Look | None, now: float, key: KeyOf) -> None:
        width = self.size.width - 1  # the scrollbar's
        if look is None:
            self._head.put(_NOBODY)
            self._body.put()
            self._notice.put()
            self._drawn, self._at = (), ("", 0)
            return
        self._head.put(*head_lines(look, now, width))
        drawn = (look, width)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        lines = request_lines(look, width, key)
        self._body.put(*lines)
        self._notice.put(*notice_lines(look, width, key))
        at = (look.need.id, look.choices.at)
        if at != self._at:
            self._at = at
            self._scroll.scroll_to(y=row_of_question(lines), animate=False)

    def page(self, way: str) -> None:
        """Scrolls by most of a page `up` or `down`."""
        rows = max(self._scroll.size.height - _KEPT_IN_SIGHT, 1)
        self._scroll.scroll_relative(y=rows if way == "down" else -rows, animate=False)
