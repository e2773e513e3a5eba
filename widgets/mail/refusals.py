"""Whether an action can be done to the selection in the mail pane, and if not, why not. Pure."""

from collections.abc import Callable

from orchestrator.actions import BY_ID
from orchestrator.core.board.views import CardView
from orchestrator.core.mail.views import DeadView, MessageView, PauseView
from widgets.board import refusals
from widgets.board.refusals import KeyOf, registry_key
from widgets.mail.selected import SelectedMail

_TOUCHING = frozenset({"mail.reply", "mail.read", "mail.ref", "mail.redrive", "mail.unpause"})


def touches(action: str) -> bool:
    """It acts on the selection in the list, or on the selected mailbox's card."""
    return action in _TOUCHING or BY_ID[action].on_card


def refusal(action: str, selected: SelectedMail, card: CardView | None, key: KeyOf = registry_key) -> str:
    """Why `action` cannot be done to the selection; empty if it can be tried. `card` is that of the selected
    mailbox."""
    if BY_ID[action].on_card:
        return (
            refusals.refusal(action, card, key) if card else "The selected mailbox has no card on this board."
        )
    if action in _TOUCHING and selected.doing:
        return f"{selected.doing[:1].upper()}{selected.doing[1:]} already."
    return _REFUSALS[action](selected, key) if action in _REFUSALS else ""


def pair(selected: SelectedMail) -> PauseView | None:
    """The paused pair: the selected one, or the only one."""
    if isinstance(selected.item, PauseView):
        return selected.item
    return selected.paused[0] if len(selected.paused) == 1 else None


def _message(selected: SelectedMail, what: str) -> MessageView | str:
    if selected.item is None:
        return f"No message here to {what}."
    return selected.message or f"This is not a message; there is nothing to {what}."


def _reply(selected: SelectedMail, key: KeyOf) -> str:
    message = _message(selected, "reply to")
    return f"{message} {key('mail.send')} writes a new one." if isinstance(message, str) else ""


def _read(selected: SelectedMail, _key: KeyOf) -> str:
    return "Nothing here to read." if selected.item is None else ""


def _ref(selected: SelectedMail, _key: KeyOf) -> str:
    message = _message(selected, "open")
    if isinstance(message, str):
        return message
    return "" if message.refs else "The message has no references."


def _redrive(selected: SelectedMail, key: KeyOf) -> str:
    if isinstance(selected.item, DeadView):
        return ""
    return f"Only dead letters can be redriven. {key('mail.dead')} shows them."


def _unpause(selected: SelectedMail, key: KeyOf) -> str:
    if not selected.paused:
        return "No mail is paused."
    if pair(selected) is None:
        return f"{len(selected.paused)} pairs are paused; select one with {key('mail.gather')}."
    return ""


_REFUSALS: dict[str, Callable[[SelectedMail, KeyOf], str]] = {
    "mail.reply": _reply,
    "mail.read": _read,
    "mail.ref": _ref,
    "mail.redrive": _redrive,
    "mail.unpause": _unpause,
}
