"""Writing a comment on lines, or changing one."""

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Static

from orchestrator.client import Client
from orchestrator.core.diff.paths import visible
from orchestrator.core.review.comments import Review
from orchestrator.core.text.clean import shown
from widgets.dialogs.dialog import Prompt, complaint
from widgets.dialogs.form import Form
from widgets.kit.format import count, fit, fit_end

_MOST_QUOTED = 6


class CommentDialog(Form[Review]):
    """The card's review with the comment in it, once the hub has that."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Form.CSS_PATH, Path(__file__).with_name("comment.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Save"),
    ]
    SENDS = "send"
    LOSES = ("Discard the comment?", "It has not been saved.")

    def __init__(
        self,
        where: str,
        quoted: str,
        call: Callable[[Client, str], Review],
        *,
        text: str = "",
    ) -> None:
        """`where` names file and lines, `quoted` is what stands there; `call` has the hub keep the words."""
        super().__init__()
        self._where, self._quoted, self._call, self._text = where, quoted, call, text

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = f"Comment on {fit_end(visible(self._where), 70)}".replace("[", "\\[")
            box.border_subtitle = "ctrl+s save as draft · esc cancel"
            if self._quoted.strip():
                yield Static(self._quote(), id="quoted", markup=False)
            yield Prompt(self._text, placeholder="What should change here, and why?")
            yield complaint()
            yield self.buttons("Save")

    def on_mount(self) -> None:
        prompt = self.query_one(Prompt)
        prompt.move_cursor(prompt.document.end)

    def _quote(self) -> str:
        lines = [fit(shown(line.expandtabs(4)), 200) for line in self._quoted.split("\n")]
        more = len(lines) - _MOST_QUOTED
        return "\n".join([*lines[:_MOST_QUOTED], *([f"… {count(more, 'more line')}"] if more > 0 else [])])

    def action_leave(self) -> None:
        if self.query_one(Prompt).text.strip() in ("", self._text.strip()):
            self.over()
        else:
            self.throw_away(*self.LOSES)

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        words = self.query_one(Prompt).text.strip()
        if not words:
            self.say("Enter a comment.")
        elif self.begin():
            self.app.command(lambda client: self._call(client, words), self.over, self.refused)
