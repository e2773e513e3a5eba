"""The pane on everything that waits for a human: the list, the request that is selected, its answer."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.timer import Timer

from orchestrator.actions import Action
from orchestrator.client import Client, OrchError
from orchestrator.core.views import CardView, Need
from widgets import acts as of_cards
from widgets.command_screen import CommandScreen
from widgets.header import HubBar
from widgets.keybar import KeyBar
from widgets.keys import IN_QUEUE, answers
from widgets.needs import choices, place
from widgets.needs.acts import Acts
from widgets.needs.bottom import LEAST_FIRST, entries
from widgets.needs.choices import Choices
from widgets.needs.library import Library
from widgets.needs.look import Look
from widgets.needs.may import refusal, touches
from widgets.needs.place import Place
from widgets.needs.replies import Replies
from widgets.needs.request import Request
from widgets.needs.request_text import gist
from widgets.needs.rows import NeedBox, NeedList
from widgets.preview import PreviewPane

if TYPE_CHECKING:
    from widgets.board import BoardScreen

_RESTS_AFTER = 0.08
"""Seconds on one need after which its request is fetched: going through the list asks for nothing."""
_UNSURE = 0.5
"""Seconds after the selection changed by itself in which no key acts on the need that it is on now."""
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
        self._library, self._replies = Library(self.app, self.draw), Replies()
        self._unsure: tuple[float, str] | None = (self.app.clock(), "The list has only just been opened.")
        self._fetches: Timer | None = None
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
            self._library.fetch(self.need)
        self.draw()

    @property
    def need(self) -> Need | None:
        """The need that is selected."""
        return next((need for need in self._board.mirror.needs if need.id == self._place.need), None)

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
        page = self._library.page(need)
        fresh = choices.none(page.detail.questions) if page.detail else Choices()
        return Look(
            need,
            self.card,
            page.detail,
            self._choices.get(need.id, fresh),
            self._replies.doing(need.id, self.app.clock()),
            self._replies.error(need.id) or page.error,
        )

    # --- what was heard --------------------------------------------------------------------------

    @on(Request.Resized)
    def draw(self) -> None:
        now, needs = self.app.clock(), self._board.mirror.needs
        self._settle(needs, now)
        look, keyboard = self.look, self.app.keyboard
        self.set_class(self.app.size.width < _NARROW, "-narrow")
        self.set_class(not needs, "-bare")
        self._header.show(self._board.mirror, now)
        self._list.show(
            needs,
            self._place,
            now,
            tall=self.app.size.width >= _NARROW,
            doing=lambda need: self._replies.doing(need, now),
        )
        self.request.show(look, now, keyboard.shown)
        self.preview.show(self.card)
        self._keys.show(entries(keyboard, look))

    def _settle(self, needs: Sequence[Need], now: float) -> None:
        before, self._place = self._place, place.settle(self._place, needs)
        self._replies.keep(needs)
        self._library.keep(needs)
        there = {need.id for need in needs}
        self._choices = {need: chosen for need, chosen in self._choices.items() if need in there}
        if self._place.need != before.need:
            went = f"{before.need} has just been settled." if before.need else "This has just come up."
            self._unsure = (now, went)
        if self.need is not None:
            self._rest(self.need)

    def _rest(self, need: Need) -> None:
        """Fetches the request once the selection has stayed on it."""
        if self._library.asked(need):
            return
        if self._fetches is not None:
            self._fetches.stop()
        self._fetches = self.set_timer(_RESTS_AFTER, lambda: self._fetch(need.id))

    def _fetch(self, need_id: str) -> None:
        if self.need is not None and self.need.id == need_id:
            self._library.fetch(self.need)

    # --- what the user does to it ----------------------------------------------------------------

    def go(self, to: Place | None) -> None:
        """Selects that need, on the user's wish."""
        if to is not None and to != self._place:
            self._place, self._unsure = to, None
            self.draw()

    def onward(self) -> None:
        """To the next need, and round again."""
        self.go(place.onward(self._place, self._board.mirror.needs))

    def choose(self, chosen: Choices, need: Need | None = None) -> None:
        """Keeps what is chosen of the questions of `need`, or of the one that is selected."""
        if need := need or self.need:
            self._choices[need.id] = chosen
            self.draw()

    def answer(self, need: Need, words: str, call: Callable[[Client], CardView], told: str = "") -> None:
        """Has the hub answer it. `words` stand at the need until it leaves; with `told`, which the user
        reads when it is done, only until the hub has taken it."""
        self._replies.begin(need.id, words)
        self.draw()

        def done(_card: CardView) -> None:
            if told:
                self._replies.over(need.id)
                self.app.tell(told)
            else:
                self._replies.taken(need.id, self.app.clock())
            self._look_again()

        def failed(error: OrchError) -> None:
            self._replies.over(need.id, str(error))
            self.app.tell_error(error)  # the need may be about to leave, and the words at it with it
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

    @on(NeedBox.Pressed)
    def _pressed(self, press: NeedBox.Pressed) -> None:
        self.go(place.on(press.need, self._board.mirror.needs))
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
        elif touches(action) and self._is_unsure():
            return
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
            if look is not None and look.detail is None:
                self._library.fetch(look.need, again=True)
        elif action == "answer.option":
            self._acts.option(number)
        elif answers(action):
            self._deed(self._acts, what)
        else:
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

                self.app.push_screen(Help(self.app.keyboard, queue_first=True))
            case "palette":
                from widgets.palette import palette_of_actions

                self.app.push_screen(palette_of_actions())
            case _:
                self._deed(self._of_card, action)

    def _deed(self, acts: object, name: str) -> None:
        deed: Any = getattr(acts, f"{name}_" if name == "continue" else name.replace(".", "_"))
        deed()

    def _is_unsure(self) -> bool:
        """The selection has changed by itself a moment ago, which the user is told. A key that repeats
        itself stays without effect for as long as it does."""
        if self._unsure is None or self.need is None:
            return False
        since, why = self._unsure
        if self.app.clock() - since > _UNSURE:
            self._unsure = None
            return False
        self._unsure = (self.app.clock(), why)
        self.app.tell(f"{why} Press again if you mean {gist(self.need)}.")
        return True
