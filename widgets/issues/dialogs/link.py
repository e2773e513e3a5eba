"""Links a card with an issue by its number."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.issues import LinkIssueTo
from widgets.dialogs.dialog import Dialog, complaint


class LinkIssue(Dialog[CardView]):
    """The card once it is linked. A refusal is shown in the dialog, which stays open."""

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = f"Link {self._card.id} with an issue"
            box.border_subtitle = "enter link · esc cancel"
            yield Static("The issue is claimed for this card: no other board takes it.", id="said")
            number = Input(placeholder="number", id="number", compact=True, max_length=12)
            number.cursor_blink = False
            yield number
            yield complaint()
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Link", id="link", variant="primary", compact=True)

    @on(Button.Pressed, "#link")
    @on(Input.Submitted)
    def _link(self) -> None:
        card, typed = self._card, self.query_one(Input).value.strip().removeprefix("#")
        if not typed.isascii() or not typed.isdecimal() or len(typed) > 9 or not int(typed):
            self.say(f"{typed!r} is not the number of an issue." if typed else "Type the issue's number.")
            return
        request = LinkIssueTo(card.id, int(typed))
        self.app.command(lambda client: client.submit(request), self.over, self.refused)
