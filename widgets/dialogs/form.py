"""The frame of input forms."""

from pathlib import Path, PurePath
from typing import ClassVar, TypeVar

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.events import Mount
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Static

from orchestrator.client import OrchError
from widgets.dialogs.choice import Choice
from widgets.dialogs.dialog import Dialog, Prompt
from widgets.kit.format import clean

T = TypeVar("T")


class Form(Dialog[T]):
    """Submitted by `ctrl+s` or its button; after a refusal it stays open and may be submitted again. `enter`
    in a line goes to the next field. Closing it asks first if anything was entered."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("form.tcss")]
    SENDS: ClassVar[str]
    """The id of its submit button."""
    LOSES: ClassVar[tuple[str, str]] = ("Discard this?", "It has not been saved.")
    """The question before input is discarded, and the text below it."""

    def __init__(self) -> None:
        super().__init__()
        self._filled_in: dict[Input, str] = {}

    @on(Mount)
    def _remember(self) -> None:
        self._filled_in = {line: line.value for line in self.query(Input)}

    def buttons(self, sends: str) -> Horizontal:
        """The footer; `sends` is the label of the submit button."""
        return Horizontal(
            Button("Cancel", id="cancel", compact=True),
            Button(f"{sends} (ctrl+s)", id=self.SENDS, variant="primary", compact=True),
            classes="buttons",
        )

    def said(self, name: str) -> str:
        """The value of the line with that id, stripped."""
        return self.query_one(f"#{name}", Input).value.strip()

    def begin(self) -> bool:
        """Whether it may be submitted now; once it was, not again until `again`."""
        button = self._sender
        may, button.disabled = not button.disabled, True
        return may

    def again(self) -> None:
        """It may be submitted again, if it is still open."""
        if self.is_attached:
            self._sender.disabled = False

    def refused(self, error: OrchError) -> None:
        self.again()
        super().refused(error)

    def action_leave(self) -> None:
        if any(prompt.text.strip() for prompt in self.query(Prompt)) or any(
            map(self._typed, self.query(Input))
        ):
            self.throw_away(*self.LOSES)
        else:
            self.over()

    def _typed(self, line: Input) -> bool:
        """Some input was neither filled in nor chosen from suggestions."""
        offered = line.choices if isinstance(line, Choice) else ()
        words = line.value.strip()
        return bool(words) and words not in (self._filled_in.get(line, "").strip(), *offered)

    @property
    def _sender(self) -> Button:
        return self.query_one(f"#{self.SENDS}", Button)

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()


class Trouble(VerticalScroll):
    """All lines of a complaint, for errors with many. Visible while there is one, and scrolled with the
    cursor keys when it has the focus."""

    def __init__(self) -> None:
        self._said = Static("", id="complaint", markup=False)
        super().__init__(self._said, id="trouble", can_focus=False)

    def put(self, words: str) -> None:
        """Shows this from its first line on; nothing if it is empty."""
        self._said.update("\n".join(clean(line) for line in words.splitlines()))
        self.set_class(bool(words), "-shown")
        self.can_focus = bool(words)
        self.scroll_home(animate=False)


def field(name: str, control: Widget) -> Horizontal:
    """A line of a form."""
    return Horizontal(Label(name, markup=False), control, classes="field")


def line(name: str, placeholder: str) -> Input:
    """A field of one line, with `name` as its id."""
    line = Input(placeholder=placeholder, id=name, compact=True)
    line.cursor_blink = False
    return line
