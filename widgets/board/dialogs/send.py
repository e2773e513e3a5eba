"""Sends a prompt to a session."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Checkbox, Static

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.cards import Send
from widgets.board.columns.card_text import state_words
from widgets.dialogs.dialog import Prompt, complaint
from widgets.dialogs.form import Form
from widgets.kit.format import fit


class SendPrompt(Form[bool]):
    """`True` once the hub has accepted the prompt. It waits until the session is idle."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send"),
    ]
    SENDS = "send"
    LOSES = ("Discard the prompt?", "It has not been sent.")

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        card = self._card
        with Vertical(classes="box") as box:
            box.border_title = f"Send to {card.id} · {fit(card.title, 60)}".replace("[", "\\[")
            box.border_subtitle = "ctrl+s send · esc cancel"
            if card.state == "idle":
                yield Static(
                    "Its session is idle and receives the prompt immediately.", id="said", markup=False
                )
            else:
                words = f"Its session is not idle ({state_words(card)}). The prompt can wait until it is."
                yield Static(words, id="said", markup=False)
            yield Prompt(placeholder="What should it do next?")
            yield Checkbox("send it once the session is idle", card.state != "idle", id="queue", compact=True)
            yield complaint()
            yield self.buttons("Send")

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        text, queue = self.query_one(Prompt).text, self.query_one(Checkbox).value
        if not text.strip():
            self.say("Enter a prompt.")
            return
        if not self.begin():
            return
        card = self._card
        self.app.command(
            lambda client: client.submit(Send(card.id, text, queue=queue)),
            lambda _card: self.over(True),
            self.refused,
        )
