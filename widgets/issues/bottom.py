"""The bottom line of the issues' screen. Pure."""

from orchestrator.actions import BY_ID
from widgets.issues.here import Here, refusal
from widgets.kit.keys import Keyboard
from widgets.screens.keybar import KeyEntry

LEAST_FIRST = (
    "palette", "issues.sync", "issues.copy", "issues.reload", "issues.hide", "issues.repository",
    "issues.milestone", "issues.card", "issues.open", "issues.mine", "issues.assignee",
    "issues.comments", "issues.label", "issues.read", "issues.search",
)  # fmt: skip
"""Omitted first if the line is short."""

_LABELS = {
    "issues.open": "Browser",
    "issues.copy": "Copy",
    "issues.comments": "Comments",
    "issues.hide": "Hide imported",
    "pane.close": "Close",
}
_SHORT = {"issues.start": "Start"}


def offered(here: Here) -> list[str]:
    """The ids of the actions in the line, in order."""
    first = ["issues.card"] if here.card and not here.marked else ["issues.import", "issues.start"]
    repository = ["issues.repository"] if here.repositories > 1 else []
    return [
        "issues.mark", *first, "issues.comments", "issues.read", "issues.search", "issues.label",
        "issues.milestone", "issues.assignee", "issues.mine", "issues.hide", *repository, "issues.open",
        "issues.copy", "issues.reload", "issues.sync", "help", "palette", "pane.close",
    ]  # fmt: skip


def entries(keyboard: Keyboard, here: Here) -> list[KeyEntry]:
    """The keys of the footer in order, without actions that have no key; refused ones say why."""
    made = []
    for action in offered(here):
        if key := keyboard.shown(action):
            label = _label(action, here)
            short = _SHORT.get(action, label.split()[0])
            made.append(KeyEntry(action, key, label, short, refusal(action, here, keyboard.shown)))
    return made


def _label(action: str, here: Here) -> str:
    if action == "issues.import":
        return f"Import {here.marked}" if here.marked else "Import"
    return _LABELS.get(action, BY_ID[action].title)
