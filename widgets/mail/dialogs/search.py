"""The search line."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from widgets.dialogs.dialog import Dialog, complaint


class Search(Dialog[str]):
    """The words that were typed."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Search all mail"
            box.border_subtitle = "enter search · esc cancel"
            words = Input(self._words, placeholder="words in subject or body", id="words", compact=True)
            words.cursor_blink = False
            yield words
            yield complaint()

    @on(Input.Submitted)
    def _search(self, event: Input.Submitted) -> None:
        event.stop()
        if words := event.value.strip():
            self.over(words)
        else:
            self.say("Enter words to search for.")
