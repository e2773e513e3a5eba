"""The user's own words: a reason, a change that is asked for, an answer."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from orchestrator.client import Client, OrchError
from widgets.dialogs.dialog import Dialog, Prompt, complaint
from widgets.format import clean


class Words(Dialog[str]):
    """What was written, once the hub has taken it: `call` gives it to the hub, and what the hub refuses
    stays in the dialog. Without `call` it is only returned."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", priority=True),
    ]

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
            box.border_subtitle = f"ctrl+s: {self._button.lower()} · esc leaves"
            yield Static("\n".join(clean(line) for line in self._said.splitlines()), id="said", markup=False)
            yield Prompt()
            yield complaint()
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(f"{self._button} (ctrl+s)", id="send", variant="primary", compact=True)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        words, send = self.query_one(Prompt).text.strip(), self.query_one("#send", Button)
        if not words and not self._may_be_empty:
            self.say("There is nothing written yet.")
        elif self._call is None:
            self.over(words)
        elif not send.disabled:
            send.disabled = True
            call = self._call
            self.app.command(
                lambda client: call(client, words), lambda _done: self.over(words), self._refused
            )

    def _refused(self, error: OrchError) -> None:
        self.query_one("#send", Button).disabled = False
        self.refused(error)

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        if self.query_one(Prompt).text.strip():
            self.throw_away("Throw your words away?", "What you have typed has not been sent.")
        else:
            self.over()
