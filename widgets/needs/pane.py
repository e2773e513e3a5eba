"""The pane on everything that waits for a human: the list, the request that is selected, its answer."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from orchestrator.actions import Action
from orchestrator.actions import pane as pane_of
from orchestrator.client import Client, OrchError
from orchestrator.core.mail.views import MailView
from orchestrator.core.views import CardView, Need
from widgets import acts as of_cards
from widgets.command_screen import CommandScreen
from widgets.header import HubBar
from widgets.keybar import KeyBar
from widgets.keys import IN_QUEUE
from widgets.library import Library
from widgets.needs import choices, place
from widgets.needs.acts import Acts
from widgets.needs.bottom import LEAST_FIRST, entries
from widgets.needs.choices import Choices
from widgets.needs.look import Look, gist
from widgets.needs.may import refusal, touches
from widgets.needs.place import Place
from widgets.needs.request import Request
from widgets.needs.rows import NeedList
from widgets.needs.whole import Whole, fetch
from widgets.preview import PreviewPane
from widgets.replies import Replies
from widgets.rows import RowBox
from widgets.selection_guard import SelectionGuard

if TYPE_CHECKING:
    from widgets.board import BoardScreen

_NARROW = 120
"""Cells of width under which the list stands above the request."""


class NeedsPane(CommandScreen):
    """Shows what the board's mirror holds, from when it is opened until it is closed. The board below keeps
    its cursor, and tells the pane to draw whenever something was heard or a second has passed."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["pane.tcss"]
    OFFERED: ClassVar[Sequence[Action]] = IN_QUEUE

    def __init__(self, board: "BoardScreen") -> None:
        super().__init__()
        self._board = board
        self._place = place.opening(board.card.id if board.card else "", board.mirror.needs)
        self._choices: dict[str, Choices] = {}
        self._acts, self._of_card = Acts(self), of_cards.Acts(board, lambda: self.card)
        self._library: Library[Whole] = Library(self.app, fetch, self.draw, "The request")
        self._replies = Replies()
        self._version: tuple[str, int] | None = None
        self._guard = SelectionGuard(self.app, "The list has only just been opened.")
        self.request, self.preview = Request(), PreviewPane()
        self._header, self._list, self._keys = HubBar(), NeedList(), KeyBar(LEAST_FIRST)

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
    def look(self) -> Look | None:
        """What is shown of the selected need; `None` while nothing waits."""
        need = self.need
        if need is None:
            return None
        page = self._library.page(need.id)
        detail = page.whole.detail if page.whole else None
        fresh = choices.none(detail.questions) if detail else Choices()
        return Look(
            need,
            self.card,
            detail,
            self._choices.get(need.id, fresh),
            page.whole.letter if page.whole else None,
            self._replies.doing(need.id, self.app.clock()),
            self._replies.error(need.id) or page.error,
        )

    # --- what was heard --------------------------------------------------------------------------

    @on(Request.Resized)
    @on(events.ScreenResume)
    def draw(self) -> None:
        if not self._list.is_attached:
            return  # it is told to before it stands; its first size tells it again
        now, needs = self.app.clock(), self._board.mirror.needs
        self._settle(needs)
        look, keyboard = self.look, self.app.keyboard
        self.set_class(self.app.size.width < _NARROW, "-narrow")
        self.set_class(not needs, "-bare")
        self._header.show(self._board.mirror, now)
        self._list.fill(
            needs,
            self._place.need,
            now,
            tall=self.app.size.width >= _NARROW,
            doing=lambda need: self._replies.doing(need, now),
        )
        self.request.show(look, now, keyboard.shown)
        self.preview.show(self.card)
        self._keys.show(entries(keyboard, look))

    def _settle(self, needs: Sequence[Need]) -> None:
        before, self._place = self._place, place.settle(self._place, needs)
        there = {need.id for need in needs}
        self._replies.keep(there)
        self._library.keep(there)
        self._choices = {need: chosen for need, chosen in self._choices.items() if need in there}
        if self._place.need != before.need:
            went = f"{before.need} has just been settled." if before.need else "This has just come up."
            self._guard.changed(went)
        self._watch_evidence()
        if self.need is not None:
            self._library.rest(self.need.id, self.need)

    def _watch_evidence(self) -> None:
        """What a gate's approval would be about must not change under the key."""
        look = self.look
        gate = look.detail.gate if look and look.detail else None
        version = (gate.id, gate.version) if gate else None
        if version and self._version and version != self._version and version[0] == self._version[0]:
            self._guard.changed("The evidence has just changed.")
        self._version = version

    # --- what the user does to it ----------------------------------------------------------------

    def go(self, to: Place | None) -> None:
        """Selects that need, on the user's wish."""
        if to is not None and to != self._place:
            self._place = to
            self._guard.chosen()
            self.draw()

    def onward(self) -> None:
        """To the next need, and round again."""
        self.go(place.onward(self._place, self._board.mirror.needs))

    def choose(self, chosen: Choices, need: Need | None = None) -> None:
        """Keeps what is chosen of the questions of `need`, or of the one that is selected."""
        if need := need or self.need:
            self._choices[need.id] = chosen
            self.draw()

    def answer(self, need: Need, words: str, call: Callable[[Client], object], told: str = "") -> None:
        """Has the hub answer it. `words` stand at the need until it leaves; with `told`, which the user
        reads when it is done, only until the hub has taken it."""
        self._replies.begin(need.id, words)
        self.draw()

        def done(_answer: object) -> None:
            if told:
                self._replies.over(need.id)
                self.app.tell(told)
            else:
                self._replies.taken(need.id, self.app.clock())
            self._look_again()

        def failed(error: OrchError) -> None:
            self._replies.over(need.id, str(error))
            self.app.tell_error(error)  # the need may be about to leave, and the words at it with it
            if need.kind == "gate":
                self._library.fetch(need.id, need, again=True)
            self._look_again()

        self.app.command(call, done, failed)

    def answered(self, need: Need, words: str) -> None:
        """The hub has taken an answer to it."""
        self._replies.begin(need.id, words)
        self._replies.taken(need.id, self.app.clock())
        self._look_again()

    def close(self) -> None:
        if self.app.screen is self:
            self.dismiss(None)

    def _look_again(self) -> None:
        if self.is_attached:
            self.draw()

    @on(RowBox.Pressed)
    def _pressed(self, press: RowBox.Pressed) -> None:
        self.go(place.on(press.id, self._board.mirror.needs))
        if press.times == 2:
            self.perform("attach")

    @on(KeyBar.Chosen)
    def _chosen(self, choice: KeyBar.Chosen) -> None:
        if choice.action == "answer.option":
            self.app.tell("Press the number of an option.")
        else:
            self.perform(choice.action)

    # --- what was pressed ------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        action = self.app.keyboard.action(event.key, self.OFFERED)
        if action is None:
            return
        event.stop()
        event.prevent_default()
        number = self.app.keyboard.keys[action].index(event.key)
        self.perform(action, number)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.app.tell("Nothing is answered by pasting.", title="Pasted text was ignored")

    def refusal(self, action: str) -> str:
        return refusal(action, self.look, self.app.keyboard.shown)

    def perform(self, action: str, number: int = 0) -> None:
        """`number` is which of the action's keys was pressed."""
        look = self.look
        if action == "attach" and look and look.need.kind == "question" and look.choices.begun:
            action = "answer.allow"
        area, _, what = action.partition(".")
        if area == "cursor":
            self._move(what)
        elif touches(action) and self._guard.holds(gist(self.need) if self.need else ""):
            return
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
            if look is not None and look.detail is None:
                self._library.fetch(
                    look.need.id, look.need, again=bool(self._library.page(look.need.id).error)
                )
        elif action == "answer.option":
            self._acts.option(number)
        elif pane_of(action) == "queue":
            self._deed(self._acts, what)
        elif pane_of(action) == "runs":
            self._acts.decide(action)
        elif not self._acts.instead(action, self._of_card):
            self._shared(action)

    def _move(self, way: str) -> None:
        look = self.look
        if way in ("left", "right"):
            if look is not None and look.choices.each:
                self.choose(choices.turn(look.choices, way))
        else:
            self.go(place.step(self._place, self._board.mirror.needs, way))

    def _shared(self, action: str) -> None:
        match action:
            case "queue":
                self.close()
            case "preview":
                self.preview.toggle()
            case "help":
                from widgets.dialogs.help import Help

                self.app.push_screen(Help(self.app.keyboard, first="queue"))
            case "palette":
                from widgets.palette import palette_of_actions

                self.app.push_screen(palette_of_actions())
            case _:
                self._deed(self._of_card, action)

    def _deed(self, acts: object, name: str) -> None:
        deed: Any = getattr(acts, f"{name}_" if name == "continue" else name.replace(".", "_"))
        deed()
