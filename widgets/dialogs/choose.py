"""A choice of one among several."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from widgets.dialogs.dialog import Dialog
from widgets.kit.format import cells, clean, fold

_WIDEST, _FRAME = 90, 8
"""Cells: the box as in dialog.tcss, and its border, padding and scrollbar."""


class Choose(Dialog[int]):
    """The number (from 0) of the chosen option. Enter and the number keys choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 10)),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(self, question: str, said: str, options: Sequence[tuple[str, str]]) -> None:
        """`options` are names with their descriptions."""
        super().__init__()
        self._question, self._said, self._options = clean(question), clean(said), options

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._question.replace("[", "\\[")
            box.border_subtitle = "enter or number choose · esc cancel"
            yield Static(self._said, id="said", markup=False)
            yield OptionList(
                *(
                    Option(self._words(number, clean(name), clean(means)))
                    for number, (name, means) in enumerate(self._options, 1)
                ),
                markup=False,
                compact=True,
            )

    def _words(self, number: int, name: str, means: str) -> Content:
        """The description is next to its name if there is room, else below it."""
        room = min(_WIDEST, int(self.app.size.width * 0.96)) - _FRAME
        mark = f" {number}  "
        beside = cells(f"{mark}{name}  {means}") <= room
        told = (
            [f"  {means}"]
            if beside
            else [f"\n{' ' * len(mark)}{part}" for part in fold(means, room - len(mark))]
        )
        return Content.assemble(
            (mark, ".look--cursor"), (name, ".look--title"), ("".join(told) if means else "", ".look--muted")
        )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_take(event.option_index)

    def action_take(self, number: int) -> None:
        if number < len(self._options):
            self.over(number)

    def action_move(self, way: str) -> None:
        options = self.query_one(OptionList)
        if way == "down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()
