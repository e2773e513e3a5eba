"""Finishing a card: what becomes of its branch and worktree."""

from pathlib import Path, PurePath
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from orchestrator.client import OrchError, Refused
from orchestrator.core.board.views import CardView
from orchestrator.core.requests import cards as requests
from orchestrator.core.requests.cards import Ending
from widgets.board.refusals import live
from widgets.dialogs.dialog import Dialog, complaint
from widgets.kit.format import clean, fit

WAYS = {
    "merge": "into {base}, then remove worktree and branch",
    "keep": "keep branch and worktree as they are",
    "discard": "remove worktree and branch; asks before losing work",
}

_DONE = {"merge": "merged", "discard": "discarded"}


class Finish(Dialog[bool]):
    """`True` once the card is finished."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*Dialog.CSS_PATH, Path(__file__).with_name("finish.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(way[0], f"way({way!r})", way.capitalize()) for way in WAYS),
        Binding("j", "down", show=False),
    ]

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card
        self._way = "discard"

    def compose(self) -> ComposeResult:
        card = self._card
        with Vertical(classes="box") as box:
            box.border_title = f"Finish {card.id} · {fit(card.title, 60)}".replace("[", "\\[")
            box.border_subtitle = "enter or letter choose · esc cancel"
            ends = "Its session ends. " if live(card) else ""
            yield Static(f"{fit(card.branch, 60)}\n{ends}The card moves to Done.", id="said", markup=False)
            base = clean(card.base) or "the default branch"
            yield OptionList(
                *(
                    Option(
                        Content.assemble(
                            (f" {way[0]}  ", ".look--title"),
                            (f"{way.capitalize():9}", ".look--title"),
                            means.format(base=base),
                        ),
                        id=way,
                    )
                    for way, means in WAYS.items()
                ),
                markup=False,
                compact=True,
            )
            yield complaint()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_way(cast("Ending", event.option.id or "keep"))

    def action_way(self, way: Ending) -> None:
        card = self._card
        self.app.command(
            lambda client: client.submit(requests.Finish(card.id, way)),
            lambda _card: self.over(True),
            lambda error: self._refused(way, error),
        )

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def _refused(self, way: Ending, error: OrchError) -> None:
        rescuable = isinstance(error, Refused) and (way == "discard" or "--rescue" in error.hint)
        if way not in _DONE or not rescuable or not self.is_current:
            self.refused(error)
            return
        from widgets.dialogs.dialog import Confirm

        question = f"{self._card.id} is not {_DONE[way]}: {error.what}"
        said = f"{error.why}\nRescue saves everything under a ref, then continues."
        self.app.push_screen(
            Confirm(question, said, f"Rescue, then {way}"), lambda sure: self._rescue(way, sure)
        )

    def _rescue(self, way: Ending, sure: bool | None) -> None:
        if not sure:
            return
        card = self._card
        self._way = way
        self.app.command(
            lambda client: client.submit(requests.Finish(card.id, way, rescue=True)),
            self._rescued,
            self.refused,
        )

    def _rescued(self, card: CardView) -> None:
        if card.rescues:
            self.app.tell(f"Saved as {card.rescues[-1]}.", title=f"{card.id} is {_DONE[self._way]}")
        self.over(True)
