"""The leaf that every part of the board consists of: lines of spans, redrawn only if they differ."""

from textual.content import Content
from textual.widget import Widget

from widgets.kit.format import Line, content


class Lines(Widget):
    """Shows given lines. Only used on screens with the styles of format.py."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own word)
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()

    def put(self, *lines: Line) -> None:
        """Shows these lines from now on."""
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def render(self) -> Content:
        # Getting each style from the screen takes a tenth of the time of a search by the content.
        screen = self.screen
        return content(self.lines, lambda role: screen.get_visual_style(f"look--{role}", partial=True))
