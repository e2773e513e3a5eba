"""Browsing the mail: the present list, the selection in it, and the way back."""

from collections.abc import Callable

from orchestrator.client import Client
from orchestrator.core.mail.message import HUMAN
from orchestrator.core.mail.views import MailView, MessageView, ThreadView
from widgets.hub_app import HubApp
from widgets.mail import cursor
from widgets.mail.cursor import MailCursor
from widgets.mail.view import (
    PAGE,
    FetchedList,
    FetchLimit,
    Item,
    ListKind,
    MailList,
    at_hand,
    box_names,
    box_of,
    fetch,
    item_id,
    parse,
    stand,
    unread,
    waits_for_you,
)
from widgets.screens.detail_cache import DetailCache

_YOURS = MailList("messages", HUMAN)


class Browsing:
    """Starts with the messages of the human's mailbox. Lists are fetched when they are viewed, and again if
    the mail has changed since; `changed` is called when one has arrived. Of a long one the newest are
    fetched, and more when the cursor reaches its end."""

    def __init__(
        self, app: HubApp, mail: Callable[[], MailView], changed: Callable[[], object], message: str = ""
    ) -> None:
        """`mail` is the latest from the stream; `message` is selected first if given."""
        self._app, self._mail = app, mail
        self.view = MailList("messages", HUMAN)
        self.place = MailCursor(item=message, inside=bool(message))
        self._back: list[tuple[MailList, MailCursor]] = []
        self._library: DetailCache[FetchedList] = DetailCache(app, self._fetch, changed, "Mail")
        self._most: dict[str, int] = {}
        """How many items of a list are requested, by its key, if that is more than a page."""
        self._all_waiting = bool(message)
        """Whether the human's list is fetched until every unread message is in it."""
        self._looks_for: object = None
        """The human's list when the next unread message was not found in it; `None` if none is being
        searched."""

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def items(self) -> tuple[Item, ...] | None:
        """The list; `None` until the hub has sent it."""
        found = at_hand(self.view, self._mail())
        if found is not None:
            return found
        listed = self._library.page(self.view.key).whole
        return listed.items if listed is not None else None

    @property
    def more(self) -> bool:
        """Whether the list continues beyond what is shown."""
        listed = self._library.page(self.view.key).whole
        return listed is not None and listed.more and at_hand(self.view, self._mail()) is None

    @property
    def item(self) -> Item | None:
        """What is selected."""
        return next((each for each in self.items or () if item_id(each) == self.place.item), None)

    @property
    def error(self) -> str:
        """Why the list could not be fetched; empty if it was."""
        return "" if at_hand(self.view, self._mail()) is not None else self._library.page(self.view.key).error

    @property
    def boxes(self) -> tuple[str, ...]:
        """The names of the mailboxes as listed; the empty name, after the human's, means all."""
        return box_names(self._mail())

    @property
    def ids(self) -> list[str]:
        """The ids of the items as listed; empty until the list was fetched."""
        return [item_id(each) for each in self.items or ()]

    def thread(self, item: ThreadView) -> tuple[MessageView, ...]:
        """Its messages, oldest first; none until the hub has sent them."""
        told = self._library.page(MailList("thread", item.id).key).whole or FetchedList(())
        return tuple(each for each in told.items if isinstance(each, MessageView))

    def settle(self) -> None:
        """Finds the selection again after mailboxes or list have changed, and fetches what is missing."""
        self._found()
        # a list that has not arrived yet keeps the selection for when it has
        ids = [self.place.item] if self.items is None and self.place.item else self.ids
        self.place = cursor.settle(self.place, self.boxes, ids, self._interest())
        if self.view.of_box and self.view.of != self.place.box:
            self.view = MailList(self.view.kind, self.place.box)  # its mailbox is gone
        wanted = [self.view]
        if isinstance(item := self.item, ThreadView):
            wanted.append(MailList("thread", item.id))
        kept = {view.key for view in (*wanted, *(view for view, _ in self._back))}
        self._library.keep(kept)
        self._most = {key: most for key, most in self._most.items() if key in kept}
        for view in wanted:
            if at_hand(view, self._mail()) is None:
                self._library.rest(view.key, self._stand(view))

    def fetch_again(self, view: MailList) -> None:
        """The change may affect it, whether the stream reports that or not."""
        if at_hand(view, self._mail()) is None:
            self._library.fetch(view.key, self._stand(view), again=True)

    def _interest(self) -> int:
        """The row of the newest unread message, else of the first; of a thread it is the last."""
        if self.view.kind == "thread":
            return len(self.items or ())
        box = self.view.of if self.view.of_box else ""
        rows = enumerate(self.items or ())
        return next((row for row, each in rows if isinstance(each, MessageView) and unread(each, box)), 0)

    def _stand(self, view: MailList) -> object:
        deep = self._all_waiting and view == _YOURS
        return (stand(view, self._mail(), self._app.clock()), self._most.get(view.key, PAGE), deep)

    def _fetch(self, client: Client, key: str) -> FetchedList:
        """The selection stays in the list, however much has arrived before it."""
        here, box = parse(key) == self.view, box_of(self._mail(), HUMAN)
        wait = box.unread + box.leased if box and self._all_waiting and parse(key) == _YOURS else 0
        message = self.place.item if here and self.place.inside else ""
        return fetch(client, key, FetchLimit(self._most.get(key, PAGE), message, wait))

    # --- where to --------------------------------------------------------------------------------

    def go(self, to: MailCursor) -> None:
        """Selects that; another mailbox has its own list. The end of a list fetches more of it."""
        self._looks_for = None
        if to.box != self.place.box:
            self._back.clear()
            self.view = MailList(self.view.kind if self.view.of_box else "messages", to.box)
        self.place = to
        if to.inside and to.item and self.more and self.ids[-1:] == [to.item]:
            self._most[self.view.key] = len(self.ids) + PAGE

    def step(self, way: str) -> None:
        """`way` is the direction of the cursor's action: up, down, left, right, first or last."""
        self.go(cursor.step(self.place, self.boxes, self.ids, way))

    def go_to_box(self, name: str) -> None:
        """Selects that mailbox and lists its mail; does nothing if there is none with that name."""
        outside = MailCursor(self.place.box, self.place.item, self.place.box_row, self.place.row)
        self.go(cursor.on_box(outside, name, self.boxes) or self.place)

    def go_to_item(self, id_: str) -> None:
        """Selects that item of the list; does nothing if it is not in it."""
        inside = MailCursor(self.place.box, id_, self.place.box_row, inside=True)
        self.go(cursor.on(inside, id_, self.ids) or self.place)

    def enter(self, view: MailList) -> None:
        """Lists that; `leave` returns."""
        self._back.append((self.view, self.place))
        self.view, self.place = view, MailCursor(self.place.box, "", self.place.box_row, inside=True)

    def list_box(self, kind: ListKind) -> None:
        """Lists the messages or the threads of the selected mailbox."""
        self._back.clear()
        self.view = MailList(kind, self.place.box)

    def leave(self) -> bool:
        """To the previous list; `False` if there is none."""
        if self._back:
            self.view, self.place = self._back.pop()
            return True
        return False

    def onward(self) -> None:
        """To the next unread message in the human's mailbox, wrapping around; one that is not listed yet is
        fetched, and selected when it has arrived."""
        if self.view != _YOURS:
            self._back.clear()
            self.view, self.place = _YOURS, MailCursor()
        waiting = self._waiting()
        last = self.place.item in waiting[-1:] or not waiting
        box = box_of(self._mail(), HUMAN)
        if last and box is not None and box.unread + box.leased > len(waiting) and self._lacks:
            self._all_waiting = True
            self._looks_for = self._library.page(_YOURS.key).whole or FetchedList(())
        elif waiting:
            number = waiting.index(self.place.item) + 1 if self.place.item in waiting else 0
            self.go_to_item(waiting[number % len(waiting)])

    @property
    def _lacks(self) -> bool:
        return self.items is None or self.more

    def _waiting(self) -> list[str]:
        items = self.items or ()
        return [each.id for each in items if isinstance(each, MessageView) and waits_for_you(each)]

    def _found(self) -> None:
        """Continues to the message that was searched, once its list has arrived."""
        listed = self._library.page(_YOURS.key).whole
        if self.view != _YOURS:
            self._looks_for = None
        elif self._looks_for is not None and listed not in (None, self._looks_for):
            self._looks_for = None
            waiting = self._waiting()
            if waiting:
                number = waiting.index(self.place.item) + 1 if self.place.item in waiting else 0
                self.go_to_item(waiting[number % len(waiting)])
