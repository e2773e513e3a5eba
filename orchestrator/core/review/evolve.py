"""How events change a card's review."""

from collections.abc import Collection
from dataclasses import replace

from orchestrator.core.review.comments import CardReview, Kept, Mark
from orchestrator.core.review.events import (
    CommentDeleted,
    CommentEdited,
    CommentsQueued,
    CommentWritten,
    DiffSeen,
    FileReviewed,
    NoteWritten,
    ReviewEvent,
)


def evolve_review(review: CardReview, event: ReviewEvent) -> CardReview:
    """The review after the event."""
    review = replace(review, changed_at=event.at)
    match event:
        case CommentWritten():
            comments = (*review.comments, event.comment)
            return replace(review, comments=comments, next=_after(review, event.comment.id))
        case CommentEdited():
            return _changed(review, (event.comment,), text=event.text)
        case CommentDeleted():
            left = tuple(each for each in review.comments if each.id != event.comment)
            return replace(review, comments=left)
        case CommentsQueued():
            return _changed(review, event.comments, state="queued", prompt=event.prompt)
        case NoteWritten():
            return replace(
                review, notes=(*review.notes, event.note), next=_after(review, event.note.id)
            )
        case FileReviewed():
            marks = tuple(each for each in review.marks if each.path != event.path)
            if event.reviewed:
                marks = (*marks, Mark(event.path, event.content))
            return replace(review, marks=marks)
        case DiffSeen():
            return replace(review, seen=event.tree, seen_at=event.at)


def prompt_received(review: CardReview, prompt: str, at: float) -> CardReview:
    """The session has taken the prompt, and the comments in it."""
    ids = tuple(each.id for each in review.comments if each.prompt == prompt and each.state == "queued")
    return replace(_changed(review, ids, state="sent"), changed_at=at) if ids else review


def prompt_replaced(review: CardReview, before: str, prompt: str) -> CardReview:
    """The prompt is sent again under another id."""
    ids = tuple(each.id for each in review.comments if each.prompt == before and each.state != "sent")
    return _changed(review, ids, state="queued", prompt=prompt) if ids else review


def prompts_left(review: CardReview, prompts: Collection[str], at: float) -> CardReview:
    """Comments whose prompt is none of these any more, and was never received, are drafts again."""
    ids = tuple(
        each.id for each in review.comments if each.state == "queued" and each.prompt not in prompts
    )
    return replace(_changed(review, ids, state="draft"), changed_at=at) if ids else review


def _changed(review: CardReview, ids: Collection[str], **changes: object) -> CardReview:
    def after(each: Kept) -> Kept:
        return replace(each, **changes) if each.id in ids else each  # type: ignore[arg-type]

    return replace(review, comments=tuple(map(after, review.comments)))


def _after(review: CardReview, number: str) -> int:
    return max(review.next, int(number) + 1)
