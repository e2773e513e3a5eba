"""The filter line, and below it what is wrong with the filter."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from widgets.kit.lines import Lines

_PLACEHOLDER = "words, or column=review repo=web needs age>2h · enter keep · esc clear"


class FilterBar(Container):
    """Filters while typing. `enter` returns to the cards and keeps the filter, unless something is wrong with
    it; `escape` clears it."""

    class Changed(Message):
        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self, placeholder: str = _PLACEHOLDER) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._wrong, self._problem = Lines(), ""

    def compose(self) -> ComposeResult:
        yield self._wrong
        with Horizontal():
            yield Label(" / ", markup=False)
            yield Input(placeholder=self._placeholder, compact=True)

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

    def keep(self, words: str) -> None:
        """Shows the line with this filter, without the focus."""
        self.add_class("-shown")
        self.input.value = words

    def clear(self) -> None:
        """Shows every card again and hides the line."""
        if self.input.value:
            self.input.value = ""
        self.say("")
        self.remove_class("-shown")
        self.input.can_focus = False
        self.screen.set_focus(None)

    def say(self, problem: str) -> None:
        """Says above the line what is wrong with the filter; nothing if it is right."""
        self._problem = problem
        self._wrong.put(((f" {problem}", "bad"),))
        self.set_class(bool(problem), "-wrong")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        if self._problem:
            return
        if not self.input.value.strip():
            self.clear()
        self.screen.set_focus(None)
        self.input.can_focus = False

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.clear()
