"""Puts a card on hold, with a note."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import Hold
from widgets.dialogs.dialog import Dialog, complaint


class HoldDialog(Dialog[bool]):
    """`True` once the card is on hold."""

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = f"Hold {self._card.id}"
            box.border_subtitle = "enter hold · esc cancel"
            yield Static(
                "The card stays in Blocked with your note until released. Its session keeps running.",
                id="said",
            )
            field = Input(placeholder="reason", id="note", compact=True)
            field.cursor_blink = False
            yield field
            yield complaint()
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Hold", id="hold", variant="primary", compact=True)

    def action_leave(self) -> None:
        if self.query_one(Input).value.strip():
            self.throw_away("Discard the note?", "It has not been saved.")
        else:
            self.over()

    @on(Button.Pressed, "#hold")
    @on(Input.Submitted)
    def _hold(self) -> None:
        card, note = self._card, self.query_one(Input).value.strip()
        self.app.command(
            lambda client: client.submit(Hold(card.id, note)), lambda _card: self.over(True), self.refused
        )
