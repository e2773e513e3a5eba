"""The filter line: words that a card's text must contain."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input, Label


class FilterBar(Container):
    """Filters while typing. `enter` returns to the cards and keeps the filter, `escape` clears it."""

    class Changed(Message):
        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def compose(self) -> ComposeResult:
        yield Label(" / ", markup=False)
        yield Input(
            placeholder="words in title, branch, repo or state · enter keep · esc clear", compact=True
        )

    def on_mount(self) -> None:
        self.input.cursor_blink = False
        self.input.can_focus = False

    @property
    def input(self) -> Input:
        """The line itself; it can be focused only between `open` and `enter` or `escape`."""
        return self.query_one(Input)

    def open(self) -> None:
        """Shows the line and focuses it, with the present filter."""
        self.add_class("-shown")
        self.input.can_focus = True
        self.input.focus()

    def clear(self) -> None:
        """Shows every card again and hides the line."""
        if self.input.value:
            self.input.value = ""
        self.remove_class("-shown")
        self.input.can_focus = False
        self.screen.set_focus(None)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.input.value.strip():
            self.clear()
        self.screen.set_focus(None)
        self.input.can_focus = False

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.clear()
