"""Going through the mail: which list is shown, what is selected in it, and the way back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.core.mail.message import HUMAN
from orchestrator.core.mail.views import MailView, MessageView, ThreadView
from widgets.library import Library
from widgets.mail import place
from widgets.mail.place import Place
from widgets.mail.view import Item, View, at_hand, box_names, fetch, item_id, stand, unread, waits_for_you

if TYPE_CHECKING:
    from widgets.app import OrchApp


class Browsing:
    """Begins with the messages of the human's box. Lists are fetched when they are looked at, and again when
    the mail has changed since; `changed` is called when one has come."""

    def __init__(
        self, app: "OrchApp", mail: Callable[[], MailView], changed: Callable[[], object], message: str = ""
    ) -> None:
        """`mail` is what the stream has told last; `message` is selected first where it is given."""
        self._app, self._mail = app, mail
        self.view = View("messages", HUMAN)
        self.place = Place(item=message, inside=bool(message))
        self._back: list[tuple[View, Place]] = []
        self._library: Library[tuple[Item, ...]] = Library(app, fetch, changed, "The mail")

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def items(self) -> tuple[Item, ...] | None:
        """The list; `None` until the hub has told it."""
        found = at_hand(self.view, self._mail())
        return found if found is not None else self._library.page(self.view.key).whole

    @property
    def item(self) -> Item | None:
        """What is selected."""
        return next((each for each in self.items or () if item_id(each) == self.place.item), None)

    @property
    def error(self) -> str:
        """Why the list could not be had; empty where it could."""
        return "" if at_hand(self.view, self._mail()) is not None else self._library.page(self.view.key).error

    @property
    def boxes(self) -> tuple[str, ...]:
        return box_names(self._mail())

    @property
    def ids(self) -> list[str]:
        return [item_id(each) for each in self.items or ()]

    def thread(self, item: ThreadView) -> tuple[MessageView, ...]:
        """Its messages, oldest first; none until the hub has told them."""
        told = self._library.page(View("thread", item.id).key).whole or ()
        return tuple(each for each in told if isinstance(each, MessageView))

    def settle(self) -> None:
        """Finds the selection again after boxes or list have changed, and has fetched what is missing."""
        # a list that has not come yet leaves the selection where it shall be when it has
        ids = [self.place.item] if self.items is None and self.place.item else self.ids
        self.place = place.settle(self.place, self.boxes, ids, self._interest())
        if self.view.of_box and self.view.of != self.place.box:
            self.view = View(self.view.kind, self.place.box)  # the box is gone that it was of
        wanted = [self.view]
        if isinstance(item := self.item, ThreadView):
            wanted.append(View("thread", item.id))
        self._library.keep({view.key for view in (*wanted, *(view for view, _ in self._back))})
        for view in wanted:
            if at_hand(view, self._mail()) is None:
                self._library.rest(view.key, self._stand(view))

    def fetch_again(self, view: View) -> None:
        """What was done may have changed it, whether the stream tells of that or not."""
        if at_hand(view, self._mail()) is None:
            self._library.fetch(view.key, self._stand(view), again=True)

    def _interest(self) -> int:
        """The row of the newest message that waits, else of the first; of a thread it is the last."""
        if self.view.kind == "thread":
            return len(self.items or ())
        box = self.view.of if self.view.of_box else ""
        rows = enumerate(self.items or ())
        return next((row for row, each in rows if isinstance(each, MessageView) and unread(each, box)), 0)

    def _stand(self, view: View) -> object:
        return stand(view, self._mail(), self._app.clock())

    # --- where to --------------------------------------------------------------------------------

    def go(self, to: Place) -> None:
        """Selects that; another box has its own list."""
        if to.box != self.place.box:
            self._back.clear()
            self.view = View(self.view.kind if self.view.of_box else "messages", to.box)
        self.place = to

    def step(self, way: str) -> None:
        self.go(place.step(self.place, self.boxes, self.ids, way))

    def go_to_box(self, name: str) -> None:
        outside = Place(self.place.box, self.place.item, self.place.box_row, self.place.row)
        self.go(place.on_box(outside, name, self.boxes) or self.place)

    def go_to_item(self, id_: str) -> None:
        inside = Place(self.place.box, id_, self.place.box_row, inside=True)
        self.go(place.on(inside, id_, self.ids) or self.place)

    def enter(self, view: View) -> None:
        """Lists that; `leave` leads back."""
        self._back.append((self.view, self.place))
        self.view, self.place = view, Place(self.place.box, "", self.place.box_row, inside=True)

    def list_box(self, kind: str) -> None:
        """Lists the messages or the threads of the box that is selected."""
        self._back.clear()
        self.view = View(kind, self.place.box)

    def leave(self) -> bool:
        """To the list before; `False` where there is none."""
        if self._back:
            self.view, self.place = self._back.pop()
            return True
        return False

    def onward(self) -> bool:
        """To the next message in the human's box that waits, and round again; `False` where none is known."""
        if self.view != View("messages", HUMAN):
            self._back.clear()
            self.view, self.place = View("messages", HUMAN), Place()
        waiting = [
            each.id for each in self.items or () if isinstance(each, MessageView) and waits_for_you(each)
        ]
        if waiting:
            number = waiting.index(self.place.item) + 1 if self.place.item in waiting else 0
            self.go_to_item(waiting[number % len(waiting)])
        return bool(waiting)
