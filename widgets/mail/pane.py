"""The mail pane: the mailboxes, a list of their content, and the selected message in full."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from orchestrator.actions import Action
from orchestrator.actions import pane as pane_of
from orchestrator.client import Client
from orchestrator.core.board.views import CardView
from orchestrator.core.mail.views import BoxView, MailView, SentView, ThreadView
from widgets.kit.keys import IN_MAIL
from widgets.kit.lines import Lines
from widgets.kit.rows import RowBox, RowList
from widgets.kit.sheet import Sheet
from widgets.mail.actions import MailActions
from widgets.mail.bottom import LEAST_FIRST, entries
from widgets.mail.browsing import Browsing
from widgets.mail.message_sheet import MessageSheet
from widgets.mail.refusals import refusal, touches
from widgets.mail.rows import box_rows, item_rows
from widgets.mail.selected import SelectedMail, gist
from widgets.mail.text.heading import box_line, summary_line, view_title
from widgets.mail.text.sent import sent_words
from widgets.mail.view import MailList, box_of, item_id
from widgets.screens.board_view import BoardView
from widgets.screens.command_screen import call_action
from widgets.screens.keybar import KeyBar
from widgets.screens.pane import Pane

T = TypeVar("T")

_NO_MAIL = MailView("", "")


class MailPane(Pane):
    """The `MailPaneView`: shows the mail in the board's mirror, and lists that are fetched when viewed."""

    NAME = "mail"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["pane.tcss"]
    OFFERED: ClassVar[Sequence[Action]] = IN_MAIL

    def __init__(self, board: BoardView, message: str = "") -> None:
        """Opens on the human's mailbox, and on that message in it if given."""
        super().__init__(board, "Mail has just opened.")
        self._browsing = Browsing(self.app, lambda: self.mail, self.draw, message)
        self._acts = MailActions(self)
        self._was = ""
        self.sheet = MessageSheet(id="message")
        self._keys, self._summary = KeyBar(LEAST_FIRST), Lines(id="summary")
        self._boxes, self._items = RowList(id="boxes"), RowList(id="items")
        self._box, self._title = Lines(id="box"), Lines(id="title")

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._summary
        with Container(id="middle"):
            with Vertical(id="left"):
                yield self._boxes
                yield self._box
                yield self._title
                yield self._items
            yield self.sheet
        yield self._keys

    def on_mount(self) -> None:
        self.draw()

    @property
    def mail(self) -> MailView:
        return self._board.mirror.mail or _NO_MAIL

    @property
    def box(self) -> BoxView | None:
        """The selected mailbox; `None` for all of them."""
        return box_of(self.mail, self._browsing.place.box)

    @property
    def card(self) -> CardView | None:
        box = self.box
        return self._board.mirror.cards.get(box.card) if box else None

    @property
    def selected(self) -> SelectedMail:
        browsing, item = self._browsing, self._browsing.item
        id_ = item_id(item) if item is not None else ""
        return SelectedMail(
            browsing.view,
            item,
            browsing.thread(item) if isinstance(item, ThreadView) else (),
            self.mail.paused,
            self._replies.doing(id_, self.app.clock()),
            self._replies.error(id_) or browsing.error,
        )

    # --- updates ---------------------------------------------------------------------------------

    @on(Sheet.Resized)
    @on(events.ScreenResume)
    def draw(self) -> None:
        if not self._items.is_attached:
            return  # called before it is laid out; its first size calls it again
        self._settle()
        now, mail, place, view = self.app.clock(), self.mail, self._browsing.place, self._browsing.view
        selected, items = self.selected, self._browsing.items
        self.set_class(self.narrow, "-narrow")
        self._header.show(self._board.mirror, now)
        self._summary.put(summary_line(mail, self.app.size.width))
        self._boxes.show(box_rows(mail, place), f"box:{place.box}")
        self._box.put(box_line(mail, place.box, self._box.size.width))
        self._title.put(view_title(view, items, self._title.size.width, more=self._browsing.more))
        listed = () if view.kind == "flow" else items or ()
        rows = item_rows(listed, view, place, now, self._replies, tall=not self.narrow)
        self._items.show(rows, place.item)
        self.sheet.show(selected, items, now, self.app.keyboard.shown)
        self._keys.show(entries(self.app.keyboard, selected, self.card))

    def _settle(self) -> None:
        self._browsing.settle()
        now = self.selected.id
        if self._was and now != self._was:
            self._guard.changed("The list has just changed.")
        self._was = now

    # --- commands --------------------------------------------------------------------------------

    def browse(self, move: Callable[[Browsing], object]) -> None:
        """Selects or lists something else, for the user."""
        view, place = self._browsing.view, self._browsing.place
        move(self._browsing)
        if (view, place) == (self._browsing.view, self._browsing.place):
            self._browsing.settle()  # more of the list may be needed all the same
            return
        if self._browsing.view != view:
            self.set_class(self._browsing.view.kind == "flow", "-whole")
        self._was = ""
        self._guard.chosen()
        if self._replies.error(self._browsing.place.item):
            self._replies.over(self._browsing.place.item)
        self.draw()

    def toggle(self, view: MailList) -> None:
        """Lists that, or returns if it is listed."""
        if self._browsing.view == view:
            self.leave()
        else:
            self.browse(lambda browsing: browsing.enter(view))

    def show_whole(self, whole: bool | None = None) -> None:
        """Whether the selection has the pane to itself; toggles by default."""
        self.set_class(not self.has_class("-whole") if whole is None else whole, "-whole")

    def leave(self) -> None:
        """One step back: to the lists, to the previous list, or to the board."""
        if self.has_class("-whole") and self._browsing.view.kind != "flow":
            self.remove_class("-whole")
            return
        before = self._browsing.view
        self.browse(lambda browsing: browsing.leave())
        if self._browsing.view == before:
            self.close()

    def do(
        self,
        selected: SelectedMail,
        words: str,
        call: Callable[[Client], T],
        then: Callable[[T], object] = lambda _answer: None,
        *,
        leaves: bool = False,
    ) -> None:
        """Sends it to the hub. `words` are shown at the item until that is done; if it `leaves` the list with
        that, until it has. A refusal is shown as a notice and at the item."""

        def taken(answer: T) -> None:
            if leaves:
                self._replies.taken(selected.id, self.app.clock())
            else:
                self._replies.over(selected.id)
            then(answer)
            self._fetch_again(selected.view)

        self.send(selected.id, words, call, taken, lambda: self._fetch_again(selected.view))

    def sent(self, sent: SentView) -> None:
        """A message was sent; shows the outcome."""
        words, well = sent_words(sent)
        self.app.tell(words, severity="information" if well else "warning")
        self._fetch_again(self._browsing.view)
        self.look_again()

    def _fetch_again(self, view: MailList) -> None:
        if self.is_attached:
            self._browsing.fetch_again(view)

    @on(RowBox.Pressed)
    def _pressed(self, press: RowBox.Pressed) -> None:
        if press.list is self._boxes:
            self.browse(lambda browsing: browsing.go_to_box(press.id.removeprefix("box:")))
            return
        self.browse(lambda browsing: browsing.go_to_item(press.id))
        if press.times == 2:
            self.perform("mail.read")

    # --- input -----------------------------------------------------------------------------------

    def no_text(self) -> str:
        return f"Press {self.app.keyboard.shown('mail.send')} to write a message, and paste there."

    def refusal(self, action: str) -> str:
        return refusal(action, self.selected, self.card, self.app.keyboard.shown)

    def perform(self, action: str) -> None:
        area, _, what = action.partition(".")
        if area == "cursor":
            self.browse(lambda browsing: browsing.step(what))
        elif touches(action) and self._guard.holds(gist(self.selected.item)):
            return
        elif why := self.refusal(action):
            self.app.tell(why, severity="warning")
        elif pane_of(action) == "mail":
            call_action(self._acts, action)
        else:
            self.shared(action)

    def shared(self, action: str) -> None:
        match action:
            case "pane.next":
                self._onward()
            case "pane.up" | "pane.down":
                self.sheet.page(action.partition(".")[2])
            case "pane.close":
                self.leave()
            case _:
                super().shared(action)

    def _onward(self) -> None:
        box = box_of(self.mail, "human")
        self.browse(lambda browsing: browsing.onward())
        if box is None or not box.unread:
            self.app.tell("No unread messages.")
