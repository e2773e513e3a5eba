"""Free text of the user: a reason, a change request, an answer."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Static

from orchestrator.client import Client
from widgets.dialogs.dialog import Prompt, complaint
from widgets.dialogs.form import Form
from widgets.kit.format import clean


class Words(Form[str]):
    """The text, once the hub has accepted it: `call` sends it, and after a refusal the dialog stays open.
    Without `call` it is only returned."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send"),
    ]
    SENDS = "send"
    LOSES = ("Discard your text?", "It has not been sent.")

    def __init__(
        self,
        title: str,
        said: str,
        button: str,
        *,
        call: Callable[[Client, str], object] | None = None,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__()
        self._title, self._said, self._button = clean(title), said, button
        self._call, self._may_be_empty = call, may_be_empty

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._title.replace("[", "\\[")
            box.border_subtitle = f"ctrl+s {self._button.lower()} · esc cancel"
            yield Static("\n".join(clean(line) for line in self._said.splitlines()), id="said", markup=False)
            yield Prompt()
            yield complaint()
            yield self.buttons(self._button)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        words = self.query_one(Prompt).text.strip()
        if not words and not self._may_be_empty:
            self.say("Enter some text.")
        elif self._call is None:
            self.over(words)
        elif self.begin():
            call = self._call
            self.app.command(lambda client: call(client, words), lambda _done: self.over(words), self.refused)
