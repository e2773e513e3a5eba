"""The footer of the mail pane: the keys for the selection, greyed if they can do nothing. Pure."""

from orchestrator.actions import BY_ID
from orchestrator.core.board.views import CardView
from orchestrator.core.mail.views import DeadView, PauseView, ThreadView
from widgets.kit.keys import Keyboard
from widgets.mail.refusals import refusal
from widgets.mail.selected import SelectedMail
from widgets.screens.keybar import KeyEntry

LEAST_FIRST = (
    "palette", "show", "help", "mail.flow", "pane.next", "mail.search", "mail.dead", "mail.gather",
    "mail.threads", "mail.ref",
)  # fmt: skip
"""Omitted first if the line is short."""

_LABELS = {
    "mail.send": "Write",
    "mail.ref": "Open ref",
    "mail.dead": "Dead letters",
    "mail.search": "Search",
    "mail.unpause": "Unpause",
    "pane.next": "Next unread",
    "pane.close": "Close",
}
_SHORT = {"mail.dead": "Dead", "mail.ref": "Ref"}


def offered(selected: SelectedMail) -> list[str]:
    """The ids of the actions in the line, in order."""
    first = ["mail.read", "mail.reply", "mail.ref"]
    if isinstance(selected.item, DeadView):
        first = ["mail.redrive", *first]
    elif isinstance(selected.item, PauseView):
        first = ["mail.unpause"]
    elif selected.view.kind in ("gathers", "flow"):
        first = ["mail.read"] if selected.item else []
    lists = ["mail.threads", "mail.gather", "mail.dead", "mail.search", "mail.flow"]
    return [*first, "mail.send", *lists, "pane.next", "help", "palette", "pane.close"]


def entries(keyboard: Keyboard, selected: SelectedMail, card: CardView | None) -> list[KeyEntry]:
    """The keys of the footer in order, without actions that have no key; refused ones say why."""
    made = []
    for action in offered(selected):
        if key := keyboard.shown(action):
            label = _label(action, selected)
            short = _SHORT.get(action, label.split()[0])
            made.append(KeyEntry(action, key, label, short, refusal(action, selected, card, keyboard.shown)))
    return made


def _label(action: str, selected: SelectedMail) -> str:
    if action == "mail.threads" and selected.view.kind == "threads":
        return "Messages"
    if action == "mail.read" and isinstance(selected.item, ThreadView):
        return "Open"
    return _LABELS.get(action, BY_ID[action].title)
