"""The bottom line of the review: the keys of use to what the cursor is on. Pure."""

from orchestrator.actions import BY_ID
from widgets.kit.keys import Keyboard
from widgets.review.here import Here, refusal
from widgets.screens.keybar import KeyEntry

LEAST_FIRST = (
    "palette", "review.space", "review.wrap", "review.copy", "review.columns", "review.edit",
    "review.scope", "review.remark.next", "review.select", "review.search", "review.delete",
    "review.file.next", "review.send", "review.hunk.next", "review.mark",
)  # fmt: skip
"""Omitted first if the line is short."""

_LABELS = {
    "review.mark": "Reviewed",
    "review.file.next": "File",
    "review.hunk.next": "Hunk",
    "review.remark.next": "Next comment",
    "review.send": "Send",
    "review.scope": "Changes",
    "review.edit": "Edit",
    "review.select": "Select",
    "review.copy": "Copy",
    "review.space": "Whitespace",
    "review.wrap": "Wrap",
    "review.delete": "Delete",
    "pane.close": "Close",
}
_SHORT = {"review.mark": "Mark", "review.remark.next": "Next"}
_IN_FILES = {"review.files": "Diff", "review.fold": "Open", "review.search": "Filter"}
"""The labels while the cursor keys move in the files."""
_PAIRS = {
    "review.file.next": "review.file.previous",
    "review.hunk.next": "review.hunk.previous",
}
"""Two ways of the same kind stand together: `[ ]`."""


def offered(here: Here) -> list[str]:
    """The ids of the actions in the line, in order."""
    every = ["review.files", "help", "palette", "pane.close"]
    if here.in_files:
        return ["review.fold", "review.mark", "review.search", "review.scope", *every]
    first = ["review.add", "review.select"] if here.remark is None else ["review.add", "review.delete"]
    send = ["review.send"] if here.drafts else []
    ways = ["review.hunk.next", "review.file.next", *(["review.remark.next"] if here.remarks else [])]
    looks = ["review.search", "review.scope", "review.columns", "review.wrap", "review.space"]
    return [
        *first, *send, "review.mark", *ways, *looks, "review.edit", "review.copy", *every,
    ]  # fmt: skip


def entries(keyboard: Keyboard, here: Here, *, searching: bool) -> list[KeyEntry]:
    """The keys of the footer in order, without actions that have no key; refused ones say why."""
    made = []
    for action in offered(here):
        if key := keyboard.shown(action):
            if (back := _PAIRS.get(action)) and keyboard.shown(back):
                key = f"{keyboard.shown(back)} {key}"
            label = _label(action, here, searching)
            short = _SHORT.get(action, label.split()[0])
            made.append(KeyEntry(action, key, label, short, refusal(action, here, keyboard.shown)))
    return made


def _label(action: str, here: Here, searching: bool) -> str:
    if action == "review.hunk.next" and searching:
        return "Match"
    if action == "review.add" and here.remark is not None:
        return "Edit comment"
    if here.in_files and action in _IN_FILES:
        return _IN_FILES[action]
    if action == "review.send":
        return f"Send {here.drafts}"
    return _LABELS.get(action, BY_ID[action].title)
