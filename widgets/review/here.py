"""What the cursor of the review is on, all in one, and whether an action can be done to it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.actions import BY_ID
from orchestrator.core.diff.files import ChangedFile, Diff
from widgets.board.refusals import KeyOf, registry_key
from widgets.review.layout.remark import Remark
from widgets.review.layout.target import Target


@dataclass(frozen=True, slots=True)
class Here:
    """`diff` is `None` until it has been read; `trouble` says why it can't be. `target` is what a comment
    would be about, `remark` the comment that the cursor is on."""

    card: str
    diff: Diff | None = None
    trouble: str = ""
    file: ChangedFile | None = None
    target: Target | None = None
    remark: Remark | None = None
    drafts: int = 0
    remarks: int = 0
    wrapped: bool = False
    in_files: bool = False
    """The cursor keys move in the files."""
    live: bool = True
    """The card has a session, or one that can be resumed."""


_OF_FILE = frozenset({"review.mark", "review.edit", "review.copy", "review.fold", "review.file.next",
                      "review.file.previous", "review.hunk.next", "review.hunk.previous"})  # fmt: skip


def refusal(action: str, here: Here, key: KeyOf = registry_key) -> str:
    """Why `action` can't be done here; empty when it can be tried."""
    if action not in BY_ID or not action.startswith("review."):
        return ""
    if action in (
        "review.reload",
        "review.scope",
        "review.base",
        "review.columns",
        "review.wrap",
        "review.space",
    ):
        return ""
    if here.diff is None:
        return here.trouble or "The diff is still loading."
    if action in _REFUSALS and (why := _REFUSALS[action](here, key)):
        return why
    return "No file has changed." if action in _OF_FILE and here.file is None else ""


def _comment(here: Here, _key: KeyOf) -> str:
    if here.remark is not None:
        return _draft(here, "edited")
    return "" if here.target else "Put the cursor on a line of the diff to comment on it."


def _delete(here: Here, key: KeyOf) -> str:
    if here.remark is None:
        return f"Put the cursor on a comment to delete it. {key('review.remark.next')} goes to the next one."
    return _draft(here, "deleted")


def _draft(here: Here, what: str) -> str:
    assert here.remark is not None
    match here.remark.state:
        case "note":
            return "This note is the agent's. Put the cursor on its line to comment there."
        case "queued" | "sent" if what == "edited":
            return "This comment is already sent. Put the cursor on its line to write another."
        case "queued":
            return "This comment is on its way to the session."
    return ""


def _send(here: Here, key: KeyOf) -> str:
    if not here.drafts:
        return f"No drafts to send. {key('review.add')} comments on a line."
    return (
        "" if here.live else f"{here.card} has no session to send them to. Start it first; drafts are kept."
    )


def _remarks(here: Here, key: KeyOf) -> str:
    return "" if here.remarks else f"No comments yet. {key('review.add')} comments on a line."


def _sideways(here: Here, key: KeyOf) -> str:
    return f"Lines are wrapped. {key('review.wrap')} scrolls them instead." if here.wrapped else ""


def _select(here: Here, _key: KeyOf) -> str:
    return "" if here.target else "Put the cursor on a line of the diff to select from there."


def _edit(here: Here, _key: KeyOf) -> str:
    if here.file is None or here.diff is None:
        return ""
    if here.diff.host:
        return f"The worktree is on {here.diff.host}. Edit {here.file.path} there."
    if not here.diff.path:
        return "The worktree is gone."
    if here.file.status == "deleted":
        return f"{here.file.path} is deleted."
    return "A submodule can't be edited here." if here.file.submodule else ""


_REFUSALS: dict[str, Callable[[Here, KeyOf], str]] = {
    "review.add": _comment,
    "review.delete": _delete,
    "review.send": _send,
    "review.select": _select,
    "review.edit": _edit,
    "review.remark.next": _remarks,
    "review.remark.previous": _remarks,
    "review.left": _sideways,
    "review.right": _sideways,
}
