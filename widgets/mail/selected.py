"""What the mail pane shows of the selected item; glyphs and words of the mail. Pure."""

from dataclasses import dataclass

from orchestrator.core.mail.gather import MemberState
from orchestrator.core.mail.message import HUMAN, MessageState
from orchestrator.core.mail.views import (
    BoxView,
    DeadView,
    GatherView,
    MemberView,
    MessageView,
    PauseView,
    ThreadView,
)
from widgets.board.columns.card_text import GLYPHS
from widgets.kit.format import Span, clean
from widgets.mail.view import Item, MailList, item_id

AUTHORITY = {"human": ("human", "unread"), "orch": ("orch", "busy"), "peer": ("peer", "muted")}
"""The text about the sender's authority, and its role."""
_SPEAKS = {
    "human": "from a person",
    "orch": "from orch",
    "peer": "from a session",
}
_PLACES = {
    MessageState.WAITING: ("◌", "busy"),
    MessageState.LEASED: ("●", "busy"),
    MessageState.DONE: ("✓", "calm"),
    MessageState.DEAD: ("×", "bad"),
}
_PARTS = {
    MemberState.AWAITED.value: ("◌", "busy"),
    MemberState.PARTIAL.value: ("◐", "busy"),
    MemberState.REPORTED.value: ("✓", "calm"),
    MemberState.GONE.value: ("×", "bad"),
}
_UNKNOWN = ("◆", "trouble")


@dataclass(frozen=True, slots=True)
class SelectedMail:
    """`item` is the selection in the list of `view`, `thread` its messages if it is a thread and the hub has
    sent them. `paused` are all paused pairs. `doing` is the pending action on it, `error` the hub's last
    refusal, or why the list could not be fetched; empty for none."""

    view: MailList
    item: Item | None = None
    thread: tuple[MessageView, ...] = ()
    paused: tuple[PauseView, ...] = ()
    doing: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        """The item's id in its list; empty for none."""
        return item_id(self.item) if self.item is not None else ""

    @property
    def message(self) -> MessageView | None:
        """The message that is read and answered: of a thread it is the last."""
        match self.item:
            case MessageView():
                return self.item
            case DeadView():
                return self.item.message
            case ThreadView():
                return self.thread[-1] if self.thread else None
            case _:
                return None


def gist(item: Item | None) -> str:
    """The item in a few words, for a sentence."""
    match item:
        case MessageView():
            return f"{clean(item.sender)}'s {clean(item.kind)}"
        case ThreadView():
            return f"the thread of {clean(item.subject or item.id)}"
        case GatherView():
            return f"{clean(item.owner)}'s gather"
        case PauseView():
            return f"{clean(item.a)} and {clean(item.b)}"
        case DeadView():
            return f"the dead letter of {clean(item.message.sender)}"
        case None:
            return ""
        case _:
            return "this"


def authority(message: MessageView) -> Span:
    """The sender; an unknown authority speaks for nobody."""
    return AUTHORITY.get(message.authority, (f"{message.authority}?", "trouble"))


def speaks(message: MessageView) -> str:
    """The message's authority as a clause; an unknown one is named as such."""
    return _SPEAKS.get(message.authority, "sender unverified")


def place_mark(place: MessageState) -> Span:
    """The glyph of a message's state in a mailbox, and its role."""
    return _PLACES.get(place, _UNKNOWN)


def member_mark(member: MemberView) -> Span:
    """The glyph of its part; a member that waits for a person has another."""
    return ("▲", "needs") if member.needs_human else _PARTS.get(member.part, _UNKNOWN)


def box_mark(box: BoxView) -> Span:
    """The glyph of its session's state."""
    if box.name == HUMAN:
        return ("■", "unread")
    return ("✓", "off") if box.over else GLYPHS.get(box.state, _UNKNOWN if box.state else ("·", "off"))


def box_words(box: BoxView) -> str:
    """Its session's state as words."""
    if box.name == HUMAN:
        return "you"
    words = "done" if box.over else box.state.replace("_", " ")
    return f"{words} on {box.hub}".strip() if box.hub else words


def missing(gather: GatherView) -> tuple[MemberView, ...]:
    """Members that have not given a final report and still may."""
    return tuple(each for each in gather.members if each.part in (MemberState.AWAITED, MemberState.PARTIAL))


def gather_mark(gather: GatherView) -> Span:
    """Its glyph and role: `▲` if a member waits for a person, `✓` complete, `◌` open."""
    if any(each.needs_human for each in gather.members):
        return ("▲", "needs")
    return ("✓", "calm") if gather.complete else ("◌", "busy")
