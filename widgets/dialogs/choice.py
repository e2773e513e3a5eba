"""A line of a form with suggestions that the cursor keys go through."""

from collections.abc import Sequence

from textual import events
from textual.suggester import SuggestFromList
from textual.widgets import Input


class Choice(Input):
    """A line with suggestions: `right` accepts the present one, up and down go through all of them."""

    def __init__(self, value: str, choices: Sequence[str], *, placeholder: str, id: str) -> None:  # noqa: A002
        super().__init__(value, placeholder=placeholder, id=id, compact=True)
        self.cursor_blink = False
        self.offer(choices)

    def offer(self, choices: Sequence[str]) -> None:
        """Sets the suggestions."""
        self.suggester = SuggestFromList(choices) if choices else None
        self.choices = list(dict.fromkeys(choices))

    def completed(self) -> str:
        """The line after `right`; unchanged if no suggestion matches."""
        return next((each for each in self.choices if self.value and each.startswith(self.value)), self.value)

    def turned(self, way: str) -> str:
        """The line after `up` or `down`."""
        return turned(self.value, self.choices, way)

    def action_cursor_right(self, select: bool = False) -> None:
        # Textual finds suggestions in the background: a fast key would find none.
        if self.cursor_at_end and not select and (whole := self.completed()) != self.value:
            self.value = whole
            self.cursor_position = len(whole)
        else:
            super().action_cursor_right(select)

    def put(self, value: str) -> None:
        """Fills in a value that the first typed letter replaces."""
        self.value = value
        self.action_select_all()

    def on_key(self, event: events.Key) -> None:
        if event.key not in ("up", "down") or not self.choices:
            return
        event.stop()
        event.prevent_default()
        self.value = self.turned(event.key)
        self.cursor_position = len(self.value)


def turned(value: str, choices: Sequence[str], way: str) -> str:
    """The choice after (`down`) or before (`up`) the value, wrapping around; the first or the last if the
    value is none of them."""
    step = 1 if way == "down" else -1
    place = choices.index(value) + step if value in choices else min(step, 0)
    return choices[place % len(choices)]
