"""The lists of the mail pane, and how each is fetched."""

from dataclasses import dataclass
from typing import Literal, cast

from orchestrator.client import Client
from orchestrator.client.mail_pages import mail_pages
from orchestrator.core.mail.message import HUMAN, MessageState
from orchestrator.core.mail.views import (
    BoxView,
    ClaimView,
    DeadView,
    FlowView,
    GatherView,
    MailView,
    MessageView,
    PauseView,
    ThreadView,
)
from orchestrator.core.requests.mail import ListDead, ListFlow, ListThreads, SearchMail, ShowThread

Item = MessageView | ThreadView | GatherView | PauseView | ClaimView | DeadView | FlowView

FLOW_MINUTES = 60
PAGE = 200
"""Messages or threads in a list, until the cursor reaches its end."""
_AT_ONCE = 1000
"""Maximum items that the hub returns in one answer."""


ListKind = Literal["messages", "threads", "thread", "found", "gathers", "dead", "flow"]


@dataclass(frozen=True, slots=True)
class MailList:
    """A list. `kind` is `messages` or `threads` (of the mailbox `of`, or of all if that is empty), `thread`
    (the messages of the thread `of`), `found` (by the words `of`), `gathers`, `dead` or `flow`."""

    kind: ListKind
    of: str = ""

    @property
    def key(self) -> str:
        """Its name among fetched pages; `parse` reads it."""
        return f"{self.kind}:{self.of}"

    @property
    def of_box(self) -> bool:
        """It belongs to the selected mailbox."""
        return self.kind in ("messages", "threads")


def parse(key: str) -> MailList:
    """The list with that `MailList.key`."""
    kind, _, of = key.partition(":")
    return MailList(cast("ListKind", kind), of)


@dataclass(frozen=True, slots=True)
class FetchedList:
    """A list as far as it was fetched; `more` means that there are older items."""

    items: tuple[Item, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class FetchLimit:
    """How far a list is fetched: the newest `most`, and of messages on until `message` is among them, and
    that many that `wait` for the human; each if there are such."""

    most: int = PAGE
    message: str = ""
    wait: int = 0


def fetch(client: Client, key: str, reach: FetchLimit) -> FetchedList:
    """The present list with that key from the hub."""
    view = parse(key)
    found: tuple[Item, ...]
    match view.kind:
        case "messages":
            return _messages(client, view.of, reach)
        case "threads":
            found = client.submit(ListThreads(view.of, limit=reach.most))
        case "thread":
            return FetchedList(client.submit(ShowThread(view.of)))
        case "found":
            found = client.submit(SearchMail(view.of, limit=reach.most))
        case "dead":
            return FetchedList(client.submit(ListDead()))
        case _:
            return FetchedList(client.submit(ListFlow(FLOW_MINUTES)))
    return FetchedList(found, len(found) >= reach.most)


def _messages(client: Client, box: str, reach: FetchLimit) -> FetchedList:
    found: list[MessageView] = []
    each = min(reach.most, _AT_ONCE)
    for page in mail_pages(client, box, each=each):
        found += page
        enough = len(found) >= reach.most and sum(map(waits_for_you, found)) >= reach.wait
        if enough and (not reach.message or any(one.id == reach.message for one in found)):
            return FetchedList(tuple(found), more=True)
    return FetchedList(tuple(found))


def at_hand(view: MailList, mail: MailView) -> tuple[Item, ...] | None:
    """The list if the stream has sent it completely: nothing is fetched then."""
    return (*mail.gathers, *mail.paused, *mail.claims) if view.kind == "gathers" else None


def stand(view: MailList, mail: MailView, now: float) -> object:
    """The part of the mail that the list depends on: it is outdated if this has changed."""
    match view.kind:
        case "found":
            return mail.newest
        case "flow":
            return (mail.newest, now // 60)
        case "dead":
            return tuple((box.name, box.dead) for box in mail.boxes)
        case _:
            boxes = [box for box in mail.boxes if not (view.of_box and view.of) or box.name == view.of]
            return (mail.newest, tuple((box.name, box.unread, box.leased, box.dead) for box in boxes))


def item_id(item: Item) -> str:
    """Its name within a list."""
    match item:
        case MessageView() | ThreadView() | GatherView():
            return item.id
        case PauseView():
            return f"{item.a}\n{item.b}"
        case ClaimView():
            return f"{item.repo}\n{item.what}\n{item.holder}"
        case DeadView():
            return f"{item.box}\n{item.message.id}"
        case FlowView():
            return f"{item.at}\n{item.sender}\n{item.to}"


def box_names(mail: MailView) -> tuple[str, ...]:
    """The mailboxes as listed; the empty name, after the human's, means all of them."""
    names = [box.name for box in mail.boxes]
    first = [name for name in names if name == HUMAN]
    return (*first, "", *(name for name in names if name != HUMAN))


def box_of(mail: MailView, name: str) -> BoxView | None:
    """`None` if no mailbox has that name, as for the empty name of all mailboxes."""
    return next((box for box in mail.boxes if box.name == name), None)


def place_in(message: MessageView, box: str) -> MessageState | None:
    """The state of the message in that mailbox; `None` if it was not sent to it."""
    return next((each.place for each in message.deliveries if each.box == box), None)


def unread(message: MessageView, box: str = "") -> bool:
    """It waits in that mailbox, or in any."""
    if box:
        return place_in(message, box) is MessageState.WAITING
    return any(each.place is MessageState.WAITING for each in message.deliveries)


def waits_for_you(message: MessageView) -> bool:
    """It is in the human's mailbox, unread."""
    return place_in(message, HUMAN) in (MessageState.WAITING, MessageState.LEASED)
