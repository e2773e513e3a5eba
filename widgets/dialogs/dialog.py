"""The frame of all dialogs, and the yes-no question."""

from pathlib import Path, PurePath
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from orchestrator.client import OrchError
from widgets.hub_app import HubApp
from widgets.kit.format import LOOKS, clean

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A box over the board. `escape` closes it, and so does a button `#cancel`; an error is shown inside it
    and loses no input."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("dialog.tcss")]
    COMPONENT_CLASSES: ClassVar[set[str]] = set(LOOKS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]
    app: HubApp

    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012 (Textual has it no ClassVar)

    def action_leave(self) -> None:
        self.over()

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.action_leave()

    def say(self, words: str) -> None:
        """Shows a complaint in the dialog's own line."""
        line = self.query_one("#complaint", Static)
        line.update(clean(words))
        line.set_class(bool(words), "-shown")

    def refused(self, error: OrchError) -> None:
        """The hub refused: the error is shown in the dialog, and the input is kept."""
        if self.is_current:
            self.say(str(error))
        else:
            self.app.tell_error(error)

    def throw_away(self, question: str, said: str) -> None:
        """Closes if the user agrees to discard the input; asks once at a time."""
        if not self.is_current:
            return

        def answer(sure: bool | None) -> None:
            if sure:
                self.call_after_refresh(self.over)

        self.app.push_screen(Confirm(question, said, "Discard", "Keep editing"), answer)

    def over(self, result: T | None = None) -> None:
        """Closes, unless that has happened already."""
        if self.is_current:
            self.dismiss(result)


class Confirm(Dialog[bool]):
    """`True` for yes. The focus is on no; `y` and `n` answer too."""

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


class Prompt(TextArea):
    """A text of several lines, without blinking."""

    def __init__(self, text: str = "", *, placeholder: str = "", id: str = "prompt") -> None:  # noqa: A002
        super().__init__(
            text,
            placeholder=placeholder,
            id=id,
            compact=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
        )
        self.cursor_blink = False

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        return key == "enter" or super().check_consume_key(key, character)


def complaint() -> Static:
    """An empty line under a dialog's fields, found by `#complaint`; its text is not parsed as markup."""
    return Static("", id="complaint", markup=False)
