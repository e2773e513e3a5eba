"""A line of a form with suggestions that the cursor keys go through."""

from collections.abc import Sequence

from textual import events
from textual.suggester import SuggestFromList
from textual.widgets import Input


class Choice(Input):
    """A line with suggestions: `right` takes the one shown, up and down go through all of them."""

    def __init__(self, value: str, choices: Sequence[str], *, placeholder: str, id: str) -> None:  # noqa: A002
        suggester = SuggestFromList(choices) if choices else None
        super().__init__(value, placeholder=placeholder, suggester=suggester, id=id, compact=True)
        self.cursor_blink = False
        self._choices = list(dict.fromkeys(choices))

    def offer(self, choices: Sequence[str]) -> None:
        """Suggests these from now on."""
        self.suggester = SuggestFromList(choices) if choices else None
        self._choices = list(dict.fromkeys(choices))

    def on_key(self, event: events.Key) -> None:
        if event.key not in ("up", "down") or not self._choices:
            return
        event.stop()
        event.prevent_default()
        self.value = turned(self.value, self._choices, event.key)


def turned(value: str, choices: Sequence[str], way: str) -> str:
    """The choice after (`down`) or before (`up`) the value, and round again; the first or the last where the
    value is none of them."""
    step = 1 if way == "down" else -1
    place = choices.index(value) + step if value in choices else min(step, 0)
    return choices[place % len(choices)]
