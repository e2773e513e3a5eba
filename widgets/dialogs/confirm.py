"""A question with yes and no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from widgets.dialogs.dialog import Dialog
from widgets.kit.format import clean


class Confirm(Dialog[bool]):
    """`True` for yes. The cursor stands on no; `y` and `n` answer too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n", "answer(False)", "No"),
        Binding("left,up", "app.focus_previous", "Other", show=False),
        Binding("right,down", "app.focus_next", "Other", show=False),
    ]

    def __init__(self, question: str, said: str, yes: str, no: str = "Cancel") -> None:
        super().__init__()
        self._question, self._said, self._yes, self._no = clean(question), said, yes, no

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._question.replace("[", "\\[")
            lines = "\n".join(clean(line) for line in self._said.splitlines())
            yield Static(lines, id="said", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._no} (n)", id="no", compact=True)
                yield Button(f"{self._yes} (y)", id="yes", variant="warning", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.over(event.button.id == "yes")

    def action_answer(self, sure: bool) -> None:
        self.over(sure)
