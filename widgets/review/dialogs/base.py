"""The line that asks what to compare with."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from widgets.dialogs.dialog import Dialog, complaint


class ChangeBase(Dialog[str]):
    """The branch, tag or commit that was entered; empty for the card's own base."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Compare with"
            box.border_subtitle = "enter compare · empty for the card's base · esc cancel"
            line = Input(self._base, placeholder="branch, tag or commit", id="base", compact=True)
            line.cursor_blink = False
            yield line
            yield complaint()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.over(event.value.strip())
