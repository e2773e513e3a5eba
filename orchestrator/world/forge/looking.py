"""An item as the three-way compare wants it, and the one act that changes it, on any forge."""

from dataclasses import replace

from orchestrator.core.forge.changes.change import ChangeRequest, NoChange
from orchestrator.core.forge.fetched import Unfetched
from orchestrator.core.forge.issues.comment import is_own
from orchestrator.core.forge.items import Issue
from orchestrator.core.forge.marks import Mark, claimant, mark_of, marked, own_comment, unmarked
from orchestrator.core.forge.outbox.acts import FieldAct, OpenChange
from orchestrator.core.forge.outbox.fields import Fields, digest, fields_of
from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.world.forge.errors import ForgeRefused, Trouble
from orchestrator.world.forge.forge import Branch, Forge, IssueFilter

_CLOCKS = 600.0
"""Seconds by which the clocks of this machine and of a forge may differ."""
_MOST = 1000


def look(forge: Forge, ref: ItemRef, mark: Mark | None = None, comment_id: int = 0) -> Fields:
    """The item as it is. Orch's own comment is among it if its mark is given. Raises `ForgeError`."""
    issue = forge.issue(ref)
    if mark is None:
        return fields_of(issue, comment_id=comment_id)
    own = own_comment(forge.comments(ref), mark, forge.identity().login)
    return fields_of(issue, unmarked(own.body) if own else "", own.id if own else 0)


def carry_out(forge: Forge, ref: ItemRef, act: FieldAct, mark: Mark, comment_id: int = 0) -> int:
    """Makes the act's request; the id of orch's own comment after it. Raises `ForgeError`; unless that says
    `maybe_done`, nothing was done."""
    match act.kind:
        case "add_label":
            forge.add_labels(ref, [act.value])
        case "remove_label":
            forge.remove_label(ref, act.value)
        case "assign":
            forge.assign(ref, [act.value])
        case "unassign":
            forge.unassign(ref, [act.value])
        case "title":
            forge.edit(ref, title=act.value)
        case "body":
            forge.edit(ref, body=act.value)
        case "close":
            forge.edit(ref, open=False, reason=act.value)
        case "reopen":
            forge.edit(ref, open=True)
        case "comment" if comment_id:
            return forge.edit_comment(ref, comment_id, marked(act.value, mark)).id
        case "comment":
            return forge.add_comment(ref, marked(act.value, mark)).id
    return comment_id


def created_issue(forge: Forge, ref: RepositoryRef, mark: Mark, since: float) -> Issue | None:
    """The issue with that mark that orch has created since then, if it has: what became of an act whose
    answer was lost. Raises `ForgeError`."""
    mine = IssueFilter(open=None, author=forge.identity().login, since=since - _CLOCKS)
    found = forge.issues(ref, mine, _MOST)
    return next((each for each in found.issues if mark_of(each.body) == mark), None)


def opened_change(forge: Forge, ref: RepositoryRef, act: OpenChange) -> ChangeRequest | NoChange | Unfetched:
    """The change request of the act's branch, if there is one: a branch has at most one that is open. Raises
    `ForgeError`."""
    branch = Branch(act.head, act.head_owner or ref.owner)
    return forge.changes_of(ref, [branch])[branch]


def free(forge: Forge, ref: ItemRef, mark: Mark, text: str, label: str = "") -> None:
    """Releases the claim of a card, and takes the label away. May be repeated. Raises `ForgeError`."""
    own = own_comment(forge.comments(ref), mark, forge.identity().login)
    if own and (mark_of(own.body) or mark).kind == "claim":
        forge.edit_comment(ref, own.id, marked(text, replace(mark, kind="free")))
    if label:
        forge.remove_label(ref, label)


def release(forge: Forge, ref: ItemRef, mark: Mark, text: str, written: str | None) -> None:
    """Releases the claim of a card, if it has one. Its comment gets that text where it still is as it was
    `written` (the digest); what a person wrote there, and what is there without a text, stays. May be
    repeated. Raises `ForgeError`."""
    own = own_comment(forge.comments(ref), mark, forge.identity().login)
    if own is None:
        return
    there = unmarked(own.body)
    left = text if text and digest(there) == written else there
    whole = marked(left, replace(mark, kind="free"))
    if (mark_of(own.body) or mark).kind == "claim" or digest(left) != digest(there):
        forge.edit_comment(ref, own.id, whole)


def left_claim(forge: Forge, ref: ItemRef, board: str) -> Mark | None:
    """The claim of a card of this board, if that is the one which holds. Raises `ForgeError`."""
    found = claimant(forge.comments(ref))
    return found[1] if found and found[1].board == board else None


def claim(forge: Forge, ref: ItemRef, mark: Mark, text: str, *, login: str, label: str = "") -> int:
    """Claims the issue for a card: the id of the comment that does. Of several boards at once the one whose
    comment came first gets it; the others take theirs back, and are refused here. What a person wrote in the
    comment stays. Label and assignee follow, for people to see. May be repeated after a crash. Raises
    `ForgeError`."""
    own = own_comment(forge.comments(ref), mark, forge.identity().login)
    if own is None or (mark_of(own.body) or mark).kind != "claim":
        _refuse_if_taken(forge, ref, mark)
        whole = marked(text if own is None or is_own(unmarked(own.body)) else own.body, mark)
        own = forge.edit_comment(ref, own.id, whole) if own else forge.add_comment(ref, whole)
    try:
        _refuse_if_taken(forge, ref, mark)
    except ForgeRefused:
        forge.delete_comment(ref, own.id)
        raise
    if label:
        forge.add_labels(ref, [label])
    if login:
        forge.assign(ref, [login])
    return own.id


def _refuse_if_taken(forge: Forge, ref: ItemRef, mark: Mark) -> None:
    found = claimant(forge.comments(ref))
    if found is None or (found[1].board, found[1].card) == (mark.board, mark.card):
        return
    comment, other = found
    whose = "this board" if other.board == mark.board else f"the board of {comment.author}"
    raise ForgeRefused(
        Trouble.REFUSED,
        f"{ref} is taken",
        f"card {other.card} on {whose} has it",
        "Unlink it there first.",
    )
