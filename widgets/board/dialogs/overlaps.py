"""The overlaps of a card with others, and in what order to land the cards of its repository."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from orchestrator.client import OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.overlaps.text import lines
from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.overlaps import ListOverlaps
from widgets.dialogs.dialog import Dialog
from widgets.kit.format import Line, clean, content, fit

_ROLES = {"bad": "bad", "warn": "trouble", "title": "title", "faint": "faint"}


def overlap_lines(found: RepositoryOverlaps, card: str = "") -> Iterator[Line]:
    """In lines of any length, for a widget that wraps them."""
    for said in lines(found, card):
        yield ((f"  {'    ' * said.level}{clean(said.text)}", _ROLES.get(said.weight, "text")),)


class Overlaps(Dialog[None]):
    """Those of one card; `a` shows all of its repository, and back. Reads what has changed when it opens."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("overlaps.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,o,enter", "leave", "Close", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
        Binding("a", "show_all", "All cards", show=False),
        Binding("r", "look", "Refresh", show=False),
    ]

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card
        self._all = False

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = f"Overlaps of {self._card.id} · {fit(self._card.title, 100)}".replace(
                "[", "\\["
            )
            box.border_subtitle = "a all cards · ↑↓ scroll · r refresh · esc close"
            yield Static("comparing…", id="overlaps", markup=False)

    def on_mount(self) -> None:
        self.action_look()

    def action_show_all(self) -> None:
        self._all = not self._all
        self.action_look()

    def action_look(self) -> None:
        card = self._card
        self.app.command(
            lambda client: client.submit(ListOverlaps("" if self._all else card.id)),
            self._show,
            self._failed,
            look_up=True,
        )

    def action_scroll(self, way: str) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=1 if way == "down" else -1, animate=False)

    def _show(self, found: tuple[RepositoryOverlaps, ...]) -> None:
        own = [each for each in found if each.repo == self._card.repo]
        card = "" if self._all else self._card.id
        shown = [line for each in own for line in overlap_lines(each, card)]
        nothing: Line = (("  No other card of the repository has a worktree.", "text"),)
        if self.is_attached:
            self.query_one("#overlaps", Static).update(content(shown or [nothing]))

    def _failed(self, error: OrchError) -> None:
        if self.is_attached:
            self.query_one("#overlaps", Static).update(clean(str(error)))
