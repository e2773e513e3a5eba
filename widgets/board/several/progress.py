"""Carries out an act on several cards, and shows what came of each."""

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from orchestrator.client import Client, OrchError
from widgets.board.several.batch import Batch, count, head, lines
from widgets.dialogs.dialog import Dialog
from widgets.hub_app import HubApp
from widgets.kit.format import content

_SHOWN_AFTER = 0.5
"""Seconds after which the progress is shown."""
_WIDEST, _FRAME = 90, 8


def carry_out(app: HubApp, batch: Batch, done: Callable[[Batch], object]) -> None:
    """One request after another; a refusal stops no other. Progress is shown if it takes long, and the
    summary if anything is refused; else there is a notice."""
    dialog = Progress(batch)

    def call(client: Client) -> None:
        for card in batch.cards:
            if batch.cancelled:
                return
            error: OrchError | None = None
            try:
                client.submit(batch.request(card))
            except OrchError as refused:
                error = refused
            app.call_later(came_out, card.id, error)

    def came_out(card: str, error: OrchError | None) -> None:
        batch.outcomes[card] = error
        dialog.draw()

    def ended(_none: None) -> None:
        batch.over = True
        timer.stop()
        done(batch)
        if batch.refused or batch.cancelled:
            dialog.draw()
            if not dialog.opened:
                dialog.open(app)
        else:
            dialog.over()
            app.tell(f"{', '.join(batch.well)}.", title=f"{count(len(batch.well))} {batch.done}")

    timer = app.set_timer(_SHOWN_AFTER, lambda: dialog.open(app))
    app.command(call, ended)


class Progress(Dialog[None]):
    """The progress of a batch, then its summary. `escape` cancels what has not begun, then closes."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("progress.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "close", "Close", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self._batch = batch
        self.opened = False

    def open(self, app: HubApp) -> None:
        """Shows it."""
        self.opened = True
        app.push_screen(self)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = head(self._batch)
            with VerticalScroll(id="outcomes", can_focus=False):
                yield Static("", id="rows", markup=False)

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Shows the present state, if it is open."""
        if not self.is_attached:
            return
        box = self.query_one(".box", Vertical)
        box.border_title = head(self._batch)
        ends = (
            "enter close"
            if self._batch.over
            else "cancelling…"
            if self._batch.cancelled
            else "esc cancel the rest"
        )
        box.border_subtitle = ends
        width = min(_WIDEST, int(self.app.size.width * 0.96)) - _FRAME
        self.query_one("#rows", Static).update(content(lines(self._batch, width)))

    def action_leave(self) -> None:
        if self._batch.over:
            self.over()
        else:
            self._batch.cancelled = True
            self.draw()

    def action_close(self) -> None:
        if self._batch.over:
            self.over()

    def action_scroll(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
