"""The leaf that every part of the board is made of: lines of spans, drawn again only when they differ."""

from textual.content import Content
from textual.widget import Widget

from widgets.kit.format import Line, content


class Lines(Widget):
    """Shows lines that others have made. Stands only on screens that have the looks of format.py."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own word)
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()

    def put(self, *lines: Line) -> None:
        """Show these lines from now on."""
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def render(self) -> Content:
        # Asking the screen for each style costs a tenth of letting the content search for its name.
        screen = self.screen
        return content(self.lines, lambda role: screen.get_visual_style(f"look--{role}", partial=True))
