"""The queue pane: the list, the selected request, and its answer."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from orchestrator.actions import Action
from orchestrator.actions import pane as pane_of
from orchestrator.client import Client
from orchestrator.core.board.views import CardView, Need, NeedDetail
from orchestrator.core.mail.views import MailView
from widgets.board.preview import PreviewPane
from widgets.kit.keys import IN_QUEUE
from widgets.kit.rows import RowBox
from widgets.queue import choices, cursor
from widgets.queue.actions import QueueActions
from widgets.queue.bottom import LEAST_FIRST, entries
from widgets.queue.choices import Choices
from widgets.queue.cursor import QueueCursor
from widgets.queue.fetched import FetchedNeed, fetch
from widgets.queue.refusals import refusal, touches
from widgets.queue.request_sheet import RequestSheet
from widgets.queue.rows import NeedList
from widgets.queue.selected import CHOSEN, SelectedNeed, gist
from widgets.review import opening
from widgets.runs.dialogs.decide import Drafts
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import call_action
from widgets.screens.detail_cache import DetailCache
from widgets.screens.keybar import KeyBar
from widgets.screens.pane import Pane


class NeedsPane(Pane):
    """The `QueueView`: shows the needs in the board's mirror; a request is fetched when it is viewed."""

    NAME = "queue"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["pane.tcss"]
    OFFERED: ClassVar[Sequence[Action]] = IN_QUEUE

    def __init__(self, board: BoardView) -> None:
        super().__init__(board, "The queue has just opened.")
        self._place = cursor.opening(board.card.id if board.card else "", board.mirror.needs)
        self._choices: dict[str, Choices] = {}
        self._acts = QueueActions(self)
        self._library: DetailCache[FetchedNeed] = DetailCache(self.app, fetch, self.draw, "The request")
        self._version: tuple[str, str] | None = None
        self.request, self.preview = RequestSheet(), PreviewPane()
        self._list, self._keys = NeedList(), KeyBar(LEAST_FIRST)

    def compose(self) -> ComposeResult:
        yield self._header
        with Container(id="middle"):
            yield self._list
            with Vertical(id="right"):
                yield self.request
                yield self.preview
        yield self._keys

    def on_mount(self) -> None:
        if self.need is not None:
            self._library.fetch(self.need.id, self.need)
        self.draw()

    @property
    def need(self) -> Need | None:
        """The need that is selected."""
        return next((need for need in self._board.mirror.needs if need.id == self._place.need), None)

    @property
    def mail(self) -> MailView | None:
        return self._board.mirror.mail

    @property
    def card(self) -> CardView | None:
        need = self.need
        return self._board.mirror.cards.get(need.card) if need else None

    @property
    def selected(self) -> SelectedNeed | None:
        """What is shown of the selected need; `None` while the queue is empty."""
        need = self.need
        if need is None:
            return None
        page = self._library.page(need.id)
        detail = page.whole.detail if page.whole else None
        fresh = choices.none(detail.questions) if detail else Choices()
        return SelectedNeed(
            need,
            self.card,
            detail,
            self._choices.get(need.id, fresh),
            page.whole.message if page.whole else None,
            self._replies.doing(need.id, self.app.clock()),
            self._replies.error(need.id) or page.error,
        )

    # --- updates ---------------------------------------------------------------------------------

    @on(RequestSheet.Resized)
    @on(events.ScreenResume)
    def draw(self) -> None:
        if not self._list.is_attached:
            return  # called before it is laid out; its first size calls it again
        now, needs = self.app.clock(), self._board.mirror.needs
        self._settle(needs)
        selected, keyboard = self.selected, self.app.keyboard
        self.set_class(self.narrow, "-narrow")
        self.set_class(not needs, "-bare")
        self._header.show(self._board.mirror, now)
        self._list.fill(
            needs,
            self._place.need,
            now,
            tall=not self.narrow,
            doing=lambda need: self._replies.doing(need, now),
        )
        self.request.show(selected, now, keyboard.shown)
        self.preview.show(self.card)
        self._keys.show(entries(keyboard, selected))

    def _settle(self, needs: Sequence[Need]) -> None:
        before, self._place = self._place, cursor.settle(self._place, needs)
        there = {need.id for need in needs}
        self._replies.keep(there)
        self._library.keep(there)
        self._choices = {need: chosen for need, chosen in self._choices.items() if need in there}
        if self._place.need != before.need:
            went = f"{before.need} is already answered." if before.need else "This entry is new."
            self._guard.changed(went)
        self._watch_evidence()
        if self.need is not None:
            self._library.rest(self.need.id, self.need)

    def _watch_evidence(self) -> None:
        """The subject of an approval or an answer by keys must not change under the key."""
        selected = self.selected
        detail = selected.detail if selected else None
        version = (detail.need.id, _version(detail)) if detail and _version(detail) else None
        if version and self._version and version != self._version and version[0] == self._version[0]:
            self._choices.pop(version[0], None)
            what = "dialog" if detail and detail.version else "evidence"
            self._guard.changed(f"The {what} has just changed.")
        self._version = version

    # --- commands --------------------------------------------------------------------------------

    def go(self, to: QueueCursor | None) -> None:
        """Selects that need, for the user."""
        if to is not None and to != self._place:
            self._place = to
            self._guard.chosen()
            self.draw()

    def saw(self, card_id: str) -> None:
        need = next((need for need in self._board.mirror.needs if need.card == card_id), None)
        if need is not None and (self.need is None or self.need.card != card_id):
            self.go(cursor.on(need.id, self._board.mirror.needs))

    def onward(self) -> None:
        """To the next need, wrapping around."""
        self.go(cursor.onward(self._place, self._board.mirror.needs))

    def choose(self, chosen: Choices, need: Need | None = None) -> None:
        """Stores the choices for the questions of `need`, or of the selected one."""
        if need := need or self.need:
            self._choices[need.id] = chosen
            self.draw()

    def answer(self, need: Need, words: str, call: Callable[[Client], object], told: str = "") -> None:
        """Sends the answer to the hub. `words` are shown at the need until it leaves; with `told`, which the
        user sees when it is done, only until the hub has accepted it."""

        def taken(_answer: object) -> None:
            if told:
                self._replies.over(need.id)
                self.app.tell(told)
                self._library.fetch(need.id, need, again=True)
            else:
                self._replies.taken(need.id, self.app.clock())

        def refused() -> None:
            if need.kind in ("gate", "dialog"):
                self._library.fetch(need.id, need, again=True)

        self.send(need.id, words, call, taken, refused)

    @on(RowBox.Pressed)
    def _pressed(self, press: RowBox.Pressed) -> None:
        self.go(cursor.on(press.id, self._board.mirror.needs))
        if press.times == 2:
            self.perform("attach")

    def clicked(self, action: str) -> None:
        if action == "answer.option":
            self.app.tell("Press an option's number.")
        else:
            self.perform(action)

    # --- input -----------------------------------------------------------------------------------

    def pressed(self, action: str, key: str) -> None:
        self.perform(action, self.app.keyboard.keys[action].index(key))

    def no_text(self) -> str:
        return "Pasted text answers nothing."

    def refusal(self, action: str) -> str:
        return refusal(action, self.selected, self.app.keyboard.shown)

    def perform(self, action: str, number: int = 0) -> None:
        """`number` is which of the action's keys was pressed."""
        selected = self.selected
        if action == "attach" and selected and selected.need.kind in CHOSEN and selected.choices.begun:
            action = "answer.allow"
        area, _, what = action.partition(".")
        if area == "cursor":
            self._move(what)
        elif touches(action) and self._guard.holds(gist(self.need) if self.need else ""):
            return
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
            if selected is not None and selected.detail is None:
                self._library.fetch(
                    selected.need.id, selected.need, again=bool(self._library.page(selected.need.id).error)
                )
        elif action == "answer.option":
            self._acts.option(number)
        elif action == "gate.diff":
            self._review()
        elif pane_of(action) == "queue":
            call_action(self._acts, what)
        elif pane_of(action) == "runs":
            self._acts.decide(action)
        elif not self._acts.instead(action, self._of_board):
            self.shared(action)

    def _review(self) -> None:
        if selected := self.selected:
            opening.review(self._board, self._reviewable(selected))

    def drafts(self) -> Drafts:
        """The comments on the selected gate's diffs that are not sent."""
        selected = self.selected
        return opening.drafts(self._board, self._reviewable(selected)) if selected else ()

    def _reviewable(self, selected: SelectedNeed) -> list[tuple[str, str]]:
        need, mirror = selected.need, self._board.mirror
        run, stage = mirror.run(need.run), mirror.stage(need.run, need.stage)
        gate = selected.detail.gate if selected.detail else None
        if run is not None and stage is not None and gate is not None:
            return opening.reviewable(run, stage, gate)
        return [(need.slug, need.card)]

    def _move(self, way: str) -> None:
        selected = self.selected
        if way in ("left", "right"):
            if selected is not None and selected.choices.each:
                self.choose(choices.turn(selected.choices, way))
        else:
            self.go(cursor.step(self._place, self._board.mirror.needs, way))

    def shared(self, action: str) -> None:
        if action == "preview":
            self.preview.toggle()
        else:
            super().shared(action)


def _version(detail: NeedDetail) -> str:
    """The version of a gate's evidence, or of a dialog, that was seen; empty for anything else."""
    return str(detail.gate.version) if detail.gate else detail.version
