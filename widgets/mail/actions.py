"""The actions of the mail pane: their dialogs and requests."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from orchestrator.client import Client
from orchestrator.core.mail.message import HUMAN, Ref
from orchestrator.core.mail.views import (
    BoxView,
    ClaimView,
    DeadView,
    GatherView,
    MailView,
    MessageView,
    SentView,
    ThreadView,
)
from orchestrator.core.requests.mail import ReadMail, Redrive, Unpause
from widgets.hub_app import HubApp
from widgets.mail.browsing import Browsing
from widgets.mail.refusals import pair
from widgets.mail.selected import SelectedMail, gist
from widgets.mail.text.message import ref_words
from widgets.mail.view import ListKind, MailList, waits_for_you

T = TypeVar("T")


class MailPaneView(Protocol):
    """The pane as its actions know it."""

    @property
    def app(self) -> HubApp:
        """The app: it opens dialogs and shows notices."""

    @property
    def selected(self) -> SelectedMail:
        """The present selection; its `item` is `None` while the list is empty."""

    @property
    def mail(self) -> MailView:
        """The latest mail; an empty view until the hub has sent any."""

    @property
    def box(self) -> BoxView | None:
        """The selected mailbox; `None` for all of them."""

    def browse(self, move: Callable[[Browsing], object]) -> None:
        """Calls `move` with the pane's browsing state, then draws what changed."""

    def toggle(self, view: MailList) -> None:
        """Lists that; if it is listed already, returns to the previous list."""

    def do(
        self,
        selected: SelectedMail,
        words: str,
        call: Callable[[Client], T],
        then: Callable[[T], object] = ...,
        *,
        leaves: bool = False,
    ) -> None:
        """Calls the hub in the background. `words` are shown at the item until it has answered, or with
        `leaves` until the item is gone; `then` gets the answer. A refusal is shown as a notice and at the
        item."""

    def sent(self, sent: SentView) -> None:
        """Says which mailboxes accepted the message, and fetches the list again."""

    def show_whole(self, whole: bool | None = None) -> None:
        """Whether the selection has the pane to itself; `None` toggles it."""


class MailActions:
    """One method for each `Action` that begins with `mail.`, named after its id with `_` for the dot; each is
    called only if nothing refuses it. Requests name what was selected when the key was pressed."""

    def __init__(self, pane: MailPaneView) -> None:
        self._pane = pane

    @property
    def _selected(self) -> SelectedMail:
        return self._pane.selected

    # --- writing ---------------------------------------------------------------------------------

    def mail_send(self) -> None:
        from widgets.mail.dialogs.compose import Compose

        box = self._pane.box
        to = box.name if box is not None and box.name != HUMAN else ""
        self._pane.app.push_screen(Compose(self._pane.mail, to=to), self._sent)

    def mail_reply(self) -> None:
        from widgets.mail.dialogs.compose import reply_to

        message = self._selected.message
        assert message is not None
        self._pane.app.push_screen(reply_to(message, self._pane.mail), self._sent)

    def _sent(self, sent: SentView | None) -> None:
        if sent is not None:
            self._pane.sent(sent)

    # --- reading ---------------------------------------------------------------------------------

    def mail_read(self) -> None:
        """The selection is opened; an unread message to the human is marked as read."""
        selected = self._selected
        match selected.item:
            case ThreadView():
                self._enter(MailList("thread", selected.item.id))
            case GatherView():
                self._enter(MailList("thread", selected.item.thread))
            case MessageView() if waits_for_you(selected.item):
                id_ = selected.item.id
                self._pane.browse(lambda browsing: browsing.go_to_item(id_))
                self._pane.do(selected, "reading", lambda client: client.submit(ReadMail(id_)))
                self._pane.show_whole(True)
            case ClaimView():
                pass
            case _:
                self._pane.show_whole()

    def _enter(self, view: MailList) -> None:
        self._pane.browse(lambda browsing: browsing.enter(view))

    def mail_ref(self) -> None:
        from widgets.dialogs.choose import Choose

        message = self._selected.message
        assert message is not None
        if len(message.refs) == 1:
            self._open(message, 0)
            return
        self._pane.app.push_screen(
            Choose(
                "Open reference",
                f"{gist(message)} refers to:",
                [(ref_words(ref), "") for ref in message.refs],
            ),
            lambda number: None if number is None else self._open(message, number),
        )

    def _open(self, message: MessageView, number: int) -> None:
        ref = message.refs[number]
        if ref.kind == "gather" and any(each.id == ref.target for each in self._pane.mail.gathers):
            if self._selected.view.kind != "gathers":
                self._enter(MailList("gathers"))
            self._pane.browse(lambda browsing: browsing.go_to_item(ref.target))
            return
        if ref.kind in ("gather", "issue"):
            self._pane.app.tell(_elsewhere(ref))
            return
        from widgets.mail.dialogs.reference import Reference

        self._pane.app.push_screen(Reference(message, number))

    # --- lists -----------------------------------------------------------------------------------

    def mail_threads(self) -> None:
        kind: ListKind = "messages" if self._selected.view.kind == "threads" else "threads"
        self._pane.browse(lambda browsing: browsing.list_box(kind))

    def mail_gather(self) -> None:
        self._pane.toggle(MailList("gathers"))

    def mail_dead(self) -> None:
        self._pane.toggle(MailList("dead"))

    def mail_flow(self) -> None:
        self._pane.toggle(MailList("flow"))

    def mail_search(self) -> None:
        from widgets.mail.dialogs.search import Search

        def found(words: str | None) -> None:
            if words:
                self._enter(MailList("found", words))

        view = self._selected.view
        self._pane.app.push_screen(Search(view.of if view.kind == "found" else ""), found)

    # --- mending ---------------------------------------------------------------------------------

    def mail_redrive(self) -> None:
        selected = self._selected
        assert isinstance(selected.item, DeadView)
        box, id_ = selected.item.box, selected.item.message.id

        def taken(ids: tuple[str, ...]) -> None:
            if ids:
                self._pane.app.tell(f"Returned to {box}.")
            else:
                self._pane.app.tell(
                    f"{box} did not accept it: it may already be settled.", severity="warning"
                )

        self._pane.do(
            selected, "redriving", lambda client: client.submit(Redrive(box, (id_,))), taken, leaves=True
        )

    def mail_unpause(self) -> None:
        paused = pair(self._selected)
        assert paused is not None
        a, b = paused.a, paused.b
        self._pane.do(
            replace(self._selected, item=paused),
            "resuming mail",
            lambda client: client.submit(Unpause(a, b)),
            lambda _none: self._pane.app.tell(f"{a} and {b} may write to each other again."),
            leaves=True,
        )


def _elsewhere(ref: Ref) -> str:
    """A reference to something outside the pane."""
    if ref.kind == "gather":
        return f"This gather is closed. Show it: orch mail gather {ref.target}"
    return f"It refers to issue {ref.target}, which is outside orch. Look in the repository."
