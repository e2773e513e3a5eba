"""Adds labels to cards, and removes labels from them."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from orchestrator.core.board.views import CardView
from widgets.dialogs.dialog import Dialog, complaint
from widgets.kit.format import clean

Changes = tuple[tuple[str, ...], tuple[str, ...]]
"""The labels to add, and those to remove."""


def changes(text: str) -> Changes:
    """`+new, -old, other`: separated by commas; one without a sign is added."""
    words = [word.strip() for word in text.split(",")]
    remove = [word[1:].strip() for word in words if word.startswith("-")]
    add = [word.removeprefix("+").strip() for word in words if not word.startswith("-")]
    return tuple(dict.fromkeys(filter(None, add))), tuple(dict.fromkeys(filter(None, remove)))


class LabelDialog(Dialog[Changes]):
    """The changes. `known` are the labels of the board."""

    def __init__(self, cards: Sequence[CardView], known: Sequence[str]) -> None:
        super().__init__()
        self._cards, self._known = tuple(cards), tuple(known)

    def compose(self) -> ComposeResult:
        one = len(self._cards) == 1
        with Vertical(classes="box") as box:
            box.border_title = f"Label {self._cards[0].id if one else f'{len(self._cards)} cards'}"
            box.border_subtitle = "enter apply · esc cancel"
            yield Static(clean(self._said()), id="said", markup=False)
            field = Input(placeholder="new label, -label to remove", id="labels", compact=True)
            field.cursor_blink = False
            yield field
            yield complaint()
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Apply", id="apply", variant="primary", compact=True)

    def _said(self) -> str:
        here = sorted({label for card in self._cards for label in card.labels})
        others = [label for label in self._known if label not in here]
        now = f"Labels: {', '.join(here)}." if here else "No labels yet."
        return f"{now} Others on the board: {', '.join(others)}." if others else now

    @on(Button.Pressed, "#apply")
    @on(Input.Submitted)
    def _apply(self) -> None:
        add, remove = changes(self.query_one(Input).value)
        if add or remove:
            self.over((add, remove))
        else:
            self.say("Enter a label, or several separated by commas.")
