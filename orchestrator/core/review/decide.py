"""Whether what is asked of a card's review can be, and which events it makes."""

from orchestrator.core.commands import Decision, Rejected
from orchestrator.core.model import Card
from orchestrator.core.requests.review import DeleteComment, EditComment, MarkReviewed, SawDiff
from orchestrator.core.review.commands import QueueComments, ReviewCommand, WriteComment, WriteNote
from orchestrator.core.review.comments import LONGEST, MOST_COMMENTS, Kept, KeptNote, Mark
from orchestrator.core.review.events import (
    CommentDeleted,
    CommentEdited,
    CommentsQueued,
    CommentWritten,
    DiffSeen,
    FileReviewed,
    NoteWritten,
)
from orchestrator.core.text.clean import says_something


def decide_review(card: Card, command: ReviewCommand, now: float) -> Decision:
    """Of a prompt with comments only what becomes of the comments: the prompt is decided as any is."""
    review = card.review
    match command:
        case WriteComment():
            if refused := _unfit(command.text, len(review.comments), "comment"):
                return refused
            comment = Kept(str(review.next), command.anchor, command.text.strip(), now)
            return (CommentWritten(now, card.id, comment),)
        case WriteNote():
            if refused := _unfit(command.text, len(review.notes), "note"):
                return refused
            note = KeptNote(str(review.next), command.anchor, command.text.strip(), now)
            return (NoteWritten(now, card.id, note),)
        case EditComment():
            return _edit(card, command, now)
        case DeleteComment():
            if refused := _missing(card, command.comment):
                return refused
            return (CommentDeleted(now, card.id, command.comment),)
        case QueueComments():
            return _queue(card, command, now)
        case MarkReviewed():
            there = Mark(command.path, command.content) in review.marks
            if there is command.on:
                return ()
            return (FileReviewed(now, card.id, command.path, command.content, command.on),)
        case SawDiff():
            return () if review.seen == command.tree else (DiffSeen(now, card.id, command.tree),)


def _edit(card: Card, command: EditComment, now: float) -> Decision:
    if refused := _missing(card, command.comment) or _unfit(command.text, 0, "comment"):
        return refused
    state = next(each.state for each in card.review.comments if each.id == command.comment)
    if state != "draft":
        return Rejected(
            f"comment {command.comment} of {card.id} cannot be edited",
            "it has been sent" if state == "sent" else "it is in a prompt that waits to be typed",
            "Write another comment.",
        )
    return (CommentEdited(now, card.id, command.comment, command.text.strip()),)


def _queue(card: Card, command: QueueComments, now: float) -> Decision:
    drafts = {each.id: each.text for each in card.review.drafts}
    if not command.comments:
        return Rejected(
            f"{card.id} has no comment to send",
            "every comment has been sent" if card.review.comments else "there is none",
            f"Write one: orch review add {card.slug} FILE:LINE TEXT",
        )
    if any(drafts.get(each) != text for each, text in command.comments):
        return Rejected("a comment has just changed", hint="Look at the comments, then retry.")
    return (CommentsQueued(now, card.id, tuple(each for each, _ in command.comments), command.prompt),)


def _missing(card: Card, comment: str) -> Rejected | None:
    if any(each.id == comment for each in card.review.comments):
        return None
    return Rejected(
        f"{card.id} has no comment {comment!r}", hint=f"List comments: orch review list {card.slug}"
    )


def _unfit(text: str, count: int, what: str) -> Rejected | None:
    if not says_something(text):
        return Rejected(f"the {what} is empty")
    if len(text) > LONGEST:
        return Rejected(f"the {what} is too long", f"it has {len(text)} characters of at most {LONGEST}")
    if count >= MOST_COMMENTS:
        return Rejected(
            f"the card has {count} {what}s, and no more are kept", hint="Delete some, then retry."
        )
    return None
