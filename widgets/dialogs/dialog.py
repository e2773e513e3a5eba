"""The frame that all dialogs share."""

from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from orchestrator.client import OrchError
from widgets.kit.format import LOOKS, clean

if TYPE_CHECKING:
    from widgets.app import OrchApp

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A box over the board. `escape` leaves it, and so does a button `#cancel`; an error is shown inside it
    and loses nothing typed."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss"]
    COMPONENT_CLASSES: ClassVar[set[str]] = set(LOOKS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]
    app: "OrchApp"

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
        """The hub said no: the words stay in the dialog, and so does what was typed."""
        if self.is_current:
            self.say(str(error))
        else:
            self.app.tell_error(error)

    def throw_away(self, question: str, said: str) -> None:
        """Leaves if the user agrees to lose what was typed; they are asked once at a time."""
        if not self.is_current:
            return
        from widgets.dialogs.confirm import Confirm

        def answer(sure: bool | None) -> None:
            if sure:
                self.call_after_refresh(self.over)

        self.app.push_screen(Confirm(question, said, "Throw away", "Keep typing"), answer)

    def over(self, result: T | None = None) -> None:
        """Leaves, unless that has happened already."""
        if self.is_current:
            self.dismiss(result)


class Prompt(TextArea):
    """A text of several lines; nothing in it blinks."""

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
    return Static("", id="complaint", markup=False)
