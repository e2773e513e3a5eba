"""Every key and what it does, made of the action registry."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from orchestrator.actions import Action
from widgets.dialogs.dialog import Dialog
from widgets.format import Line, content
from widgets.keys import ON_BOARD, Keyboard, display


def help_lines(keyboard: Keyboard) -> Iterator[Line]:
    """A line for each action of the board: its keys, its title, what it does."""
    for name, actions in _groups():
        yield ((name, "title"),)
        for action in actions:
            keys = " ".join(display(key) for key in keyboard.keys.get(action.id, ()))
            yield (
                (f"  {keys or '·':<12}", "cursor"),
                (f"{action.title:<21}", "text"),
                (action.help, "muted"),
            )
        yield (("", ""),)
    palette = keyboard.shown("palette")
    yield (
        (f"What has no key is found in the palette ({palette}). ", "muted"),
        ("H and L move a card: ", "muted"),
    )
    for said in _MOVES:
        yield ((f"  {said}", "muted"),)


_MOVES = (
    "out of the backlog it starts · from Review to In Progress it gets a follow-up prompt",
    "to Blocked you hold it with a note · out of Blocked you release it",
    "to Done you finish it: merge, keep or discard · back from Done you reopen it",
    "to the backlog its session stops and its worktree stays",
)


def _groups() -> Iterator[tuple[str, list[Action]]]:
    yield "The card under the cursor", [action for action in ON_BOARD if action.on_card]
    cursor = [action for action in ON_BOARD if action.id.startswith("cursor.")]
    yield "The board", [action for action in ON_BOARD if not action.on_card and action not in cursor]
    yield "The cursor", cursor


class Help(Dialog[None]):
    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialog.tcss", "help.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,question_mark,enter", "leave", "Close", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def __init__(self, keyboard: Keyboard) -> None:
        super().__init__()
        self._keyboard = keyboard

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = "Keys"
            box.border_subtitle = "↑↓ scroll · esc closes"
            yield Static(content(help_lines(self._keyboard)), markup=False)

    def action_scroll(self, way: str) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=1 if way == "down" else -1, animate=False)
