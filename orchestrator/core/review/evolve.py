"""How events change a card's review."""

from collections.abc import Collection
from dataclasses import replace

from orchestrator.core.events import CardEvent
from orchestrator.core.model import Card
from orchestrator.core.review.comments import CardReview, Kept, Mark
from orchestrator.core.review.events import (
    CommentDeleted,
    CommentEdited,
    CommentsQueued,
    CommentsSent,
    CommentWritten,
    DiffSeen,
    FileReviewed,
    NoteWritten,
    ReviewEvent,
)
from orchestrator.core.sessions.prompt_events import PromptConfirmed, PromptQueued, PromptReceived


def with_review(card: Card, event: CardEvent) -> Card:
    """The card, of which the event has changed all else. Comments follow the prompt that they are in: they
    are sent with its receipt, and drafts again when it is given up before."""
    review = card.review
    if isinstance(event, ReviewEvent):
        review = _evolved(review, event)
    elif not review.comments:
        return card
    elif isinstance(event, PromptReceived | PromptConfirmed):
        review = _received(review, event.prompt, event.at)
    elif isinstance(event, PromptQueued) and event.again:
        review = _replaced(review, event.again, event.prompt)
    review = _left(review, {each.id for each in (*card.outbox, *card.kept)}, event.at)
    return card if review == card.review else replace(card, review=review)


def _evolved(review: CardReview, event: ReviewEvent) -> CardReview:
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
        case CommentsSent():
            return _changed(review, event.comments, state="sent")
        case NoteWritten():
            return replace(review, notes=(*review.notes, event.note), next=_after(review, event.note.id))
        case FileReviewed():
            marks = tuple(each for each in review.marks if each.path != event.path)
            if event.reviewed:
                marks = (*marks, Mark(event.path, event.content))
            return replace(review, marks=marks)
        case DiffSeen():
            return replace(review, seen=event.tree, seen_at=event.at)


def _received(review: CardReview, prompt: str, at: float) -> CardReview:
    """The session has taken the prompt, and the comments in it."""
    ids = tuple(each.id for each in review.comments if each.prompt == prompt and each.state == "queued")
    return replace(_changed(review, ids, state="sent"), changed_at=at) if ids else review


def _replaced(review: CardReview, before: str, prompt: str) -> CardReview:
    """The prompt is sent again under another id."""
    ids = tuple(each.id for each in review.comments if each.prompt == before and each.state != "sent")
    return _changed(review, ids, state="queued", prompt=prompt) if ids else review


def _left(review: CardReview, prompts: Collection[str], at: float) -> CardReview:
    """Comments whose prompt is none of these any more, and was never received, are drafts again."""
    ids = tuple(each.id for each in review.comments if each.state == "queued" and each.prompt not in prompts)
    return replace(_changed(review, ids, state="draft"), changed_at=at) if ids else review


def _changed(review: CardReview, ids: Collection[str], **changes: object) -> CardReview:
    def after(each: Kept) -> Kept:
        return replace(each, **changes) if each.id in ids else each  # type: ignore[arg-type]

    return replace(review, comments=tuple(map(after, review.comments)))


def _after(review: CardReview, number: str) -> int:
    return max(review.next, int(number) + 1)
