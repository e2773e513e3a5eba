"""The content of a message's reference: a file as text, or as a diff."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from orchestrator.client import OrchError
from orchestrator.core.mail.views import MessageView, RefView
from orchestrator.core.requests.mail import ShowReference
from widgets.dialogs.dialog import Dialog
from widgets.kit.diff_text import diff_lines
from widgets.kit.format import Line, clean, content, count, fit, fold, unseen
from widgets.mail.text.message import ref_words

_MOST_LINES = 4000
"""Maximum lines; the rest can be read in the worktree."""


def reference_lines(view: RefView, width: int) -> Iterator[Line]:
    """The text in lines of at most `width` cells."""
    if view.trouble:
        for piece in fold(view.trouble, width):
            yield ((piece, "bad"),)
        return
    if hidden := unseen(view.text):
        yield ((f"◆ {count(hidden, 'invisible character')} omitted.", "trouble"),)
    if not view.text:
        yield (("No differences." if view.diff else "The file is empty.", "muted"),)
        return
    lines = (
        diff_lines(view.text, width) if view.diff else (((each, "text"),) for each in fold(view.text, width))
    )
    for number, line in enumerate(lines):
        if number == _MOST_LINES:
            yield (("… more lines: see the worktree.", "trouble"),)
            return
        yield line


class Reference(Dialog[None]):
    """Asks the hub when it opens, and when switching between text and diff."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("reference.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,o,enter", "leave", "Close", show=False),
        Binding("d", "turn", "Text or diff", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def __init__(self, message: MessageView, number: int) -> None:
        """`number` is the reference's, from 0."""
        super().__init__()
        self._message, self._number, self._diff = message, number, False
        self._view: RefView | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = fit(ref_words(self._message.refs[self._number]), 100).replace("[", "\\[")
            yield Static("loading…", id="text", markup=False)

    def on_mount(self) -> None:
        self._ask()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _ask(self) -> None:
        message, number, diff = self._message.id, self._number, self._diff
        other = "text" if diff else "diff"
        self.query_one(VerticalScroll).border_subtitle = f"↑↓ scroll · d show {other} · esc close"
        self.app.command(
            lambda client: client.submit(ShowReference(message, number, diff=diff)),
            lambda view: self._show(view, diff),
            lambda error: self._failed(error, diff),
        )

    def _show(self, view: RefView, asked: bool) -> None:
        if self.is_attached and asked == self._diff:
            self._view = view
            self._draw()
            self.query_one(VerticalScroll).scroll_home(animate=False)

    def _failed(self, error: OrchError, asked: bool) -> None:
        if self.is_attached and asked == self._diff:
            self._view = None
            self.query_one("#text", Static).update(clean(str(error)))

    def _draw(self) -> None:
        if self._view is not None and self.is_attached:
            text = self.query_one("#text", Static)
            text.update(content(reference_lines(self._view, max(text.size.width, 20))))

    def action_turn(self) -> None:
        self._diff = not self._diff
        self._ask()

    def action_scroll(self, way: str) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=1 if way == "down" else -1, animate=False)
