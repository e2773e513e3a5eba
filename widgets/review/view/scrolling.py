"""A scroll view that knows who scrolls: its user, or itself after its cursor."""

from textual.scroll_view import ScrollView


class Scrolling(ScrollView):
    """Scrolls by whole rows, at once."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's own word)
        super().__init__(id=id, can_focus=False)
        self._by_itself = False

    def scroll_to_row(self, y: int) -> None:
        """Puts that row at the top."""
        self._by_itself = True
        self.scroll_to(y=y, animate=False, force=True)
        self._by_itself = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.scrolled(by_user=not self._by_itself)

    def scrolled(self, *, by_user: bool) -> None:
        """Other rows are in sight."""
