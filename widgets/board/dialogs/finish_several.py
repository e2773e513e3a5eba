"""Landing several marked cards one after another: what each brings, and where they conflict."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from orchestrator.client import Client, OrchError
from orchestrator.core.board.views import CardView
from orchestrator.core.landing.methods import METHODS, Method
from orchestrator.core.landing.survey import Survey
from orchestrator.core.landing.text import counted
from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.cards import Finish, SurveyLanding
from orchestrator.core.requests.overlaps import ListOverlaps
from widgets.board.dialogs.several_text import card_rows, way_row
from widgets.dialogs.dialog import Dialog, complaint
from widgets.kit.format import content

_WIDE = 120


class FinishSeveral(Dialog[tuple[str, ...]]):
    """The cards that are in the queue of landings now."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        *Dialog.CSS_PATH,
        Path(__file__).with_name("finish_several.tcss"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(way[0], f"way({way!r})", way.capitalize()) for way in METHODS),
        Binding("j", "down", show=False),
    ]

    def __init__(self, cards: Sequence[CardView]) -> None:
        super().__init__()
        self._cards = tuple(cards)
        self._found: dict[str, Survey | OrchError] = {}
        self._overlaps: tuple[RepositoryOverlaps, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = f"Finish {counted(len(self._cards), 'card')}"
            box.border_subtitle = "enter or letter choose · esc cancel"
            with VerticalScroll(id="cards", can_focus=False):
                yield Static("", id="rows", markup=False)
            yield OptionList(
                *(Option(content((way_row(way),)), id=way) for way in METHODS), markup=False, compact=True
            )
            said = "They land one after another, each on the result of the one before. One that fails stays."
            yield Static(said, id="said", markup=False)
            yield complaint()

    def on_mount(self) -> None:
        self._show()
        self.app.command(self._look, self._looked, look_up=True)

    def on_resize(self) -> None:
        self._show()

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_way(cast("Method", event.option.id))

    def action_way(self, way: Method) -> None:
        """Puts those into the queue that nothing refuses, in the order of their marks."""
        self.app.command(lambda client: self._land(client, way), self._landed)

    # --- with the hub; in a thread

    def _look(self, client: Client) -> tuple[dict[str, Survey | OrchError], tuple[RepositoryOverlaps, ...]]:
        found: dict[str, Survey | OrchError] = {}
        for card in self._cards:
            try:
                found[card.id] = client.submit(SurveyLanding(card.id))
            except OrchError as error:
                found[card.id] = error
        return found, client.submit(ListOverlaps())

    def _land(self, client: Client, way: Method) -> dict[str, OrchError | None]:
        done: dict[str, OrchError | None] = {}
        for card in self._cards:
            try:
                client.submit(Finish(card.id, way, wait=False))
                done[card.id] = None
            except OrchError as error:
                done[card.id] = error
        return done

    # --- what is shown

    def _looked(self, found: tuple[dict[str, Survey | OrchError], tuple[RepositoryOverlaps, ...]]) -> None:
        self._found, self._overlaps = found
        self._show()

    def _show(self) -> None:
        if self.is_attached:
            width = min(_WIDE, int(self.app.size.width * 0.96)) - 6
            rows = card_rows(self._cards, self._found, self._overlaps, width)
            self.query_one("#rows", Static).update(content(rows))

    def _landed(self, done: dict[str, OrchError | None]) -> None:
        for card, error in done.items():
            if error is not None:
                self.app.tell(str(error), title=f"{card} is not queued", severity="warning")
        queued = tuple(card for card, error in done.items() if error is None)
        if queued:
            count = f"{len(queued)} card{'' if len(queued) == 1 else 's'} queued to land"
            self.app.tell(
                f"{', '.join(queued)}. Undo the last: {self.app.keyboard.shown('undo')}", title=count
            )
        self.over(queued)
