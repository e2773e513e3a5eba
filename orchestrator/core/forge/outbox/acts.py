"""What orch does on a forge, one request each."""

from dataclasses import dataclass

from orchestrator.core.forge.outbox.fields import Fields, among, digest
from orchestrator.core.literals import ClaimState, FieldActKind


@dataclass(frozen=True, slots=True)
class FieldAct:
    """Changes one field of an item that is there; the three-way compare decides on it. `comment` writes
    orch's own comment, or edits it where there is one."""

    kind: FieldActKind
    value: str = ""
    """The label, login or text; with `close` the reason, in the forge's word."""


@dataclass(frozen=True, slots=True)
class CreateIssue:
    """Creates an issue that belongs to the card."""

    title: str
    body: str
    labels: tuple[str, ...] = ()
    claim: ClaimState = ""
    """The claim of the card that is linked with it."""


@dataclass(frozen=True, slots=True)
class OpenChange:
    """Opens a change request for a branch that has been pushed."""

    head: str
    base: str
    title: str
    body: str
    head_owner: str = ""
    """The owner of the fork that has the branch; empty for the repository itself."""
    draft: bool = False
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """Merges a change request whose head is still that commit. `method` is `merge`, `squash`, `rebase` or
    `queue`."""

    method: str
    head_commit: str


@dataclass(frozen=True, slots=True)
class Push:
    """Pushes a commit of the card's branch. Then `change` is opened, or the one that is open gets its texts
    where they are orch's own."""

    branch: str
    commit: str
    remote: str
    change: OpenChange
    replaces: str = ""
    """The commit that orch pushed last: only that is replaced by one that does not contain it."""
    edits: bool = True
    """The texts of an open change request are replaced too, where they are orch's own."""


@dataclass(frozen=True, slots=True)
class AskReview:
    """Asks accounts, or teams as `owner/team`, for a review."""

    reviewers: tuple[str, ...]


QueuedAct = CreateIssue | OpenChange | Merge | Push | AskReview
"""An act that was asked for once."""
Act = FieldAct | QueuedAct


def shows(act: FieldAct, remote: Fields) -> bool:
    """Whether the item is as that act leaves it, whoever did it."""
    match act.kind:
        case "add_label" | "remove_label":
            return among(act.value, remote.labels) is (act.kind == "add_label")
        case "assign" | "unassign":
            return among(act.value, remote.assignees) is (act.kind == "assign")
        case "title":
            return remote.title.strip() == act.value.strip()
        case "body":
            return remote.body == digest(act.value)
        case "comment":
            return remote.comment == digest(act.value)
        case "close" | "reopen":
            return remote.standing.open is (act.kind == "reopen")


_WORDS: dict[FieldActKind, str] = {
    "add_label": "add label",
    "remove_label": "remove label",
    "assign": "assign",
    "unassign": "unassign",
    "title": "edit title",
    "body": "edit description",
    "comment": "write comment",
    "close": "close",
    "reopen": "reopen",
}


def words(act: Act) -> str:
    """The act as text, for lists of what waits to be sent."""
    match act:
        case FieldAct(kind, value):
            named = kind in ("add_label", "remove_label", "assign", "unassign")
            return f"{_WORDS[kind]} {value}" if named else _WORDS[kind]
        case CreateIssue():
            return "create issue"
        case OpenChange(head=head):
            return f"open pull request for {head}"
        case Merge(method=method):
            return "add to merge queue" if method == "queue" else f"merge ({method})"
        case Push(branch=branch):
            return f"push {branch}"
        case AskReview(reviewers=reviewers):
            return f"ask {', '.join(reviewers)} for a review"
