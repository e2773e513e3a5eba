"""A card's review as clients see it, with the lines found where they are now."""

from collections.abc import Callable, Sequence

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.review.anchors import place
from orchestrator.core.review.comments import (
    Anchor,
    CardReview,
    Comment,
    CommentState,
    Kept,
    KeptNote,
    Mark,
    Note,
    Review,
    Side,
)

Read = Callable[[Side, str], Sequence[str] | None]
"""The lines of a file on one side of the diff; `None` where it is not there, or holds no text."""
Stored = Callable[[str], Sequence[str] | None]
"""The lines of a content by its id; `None` where it is no longer stored."""


def _nothing(_content: str) -> None:
    return None


def shown(
    card: str,
    review: CardReview,
    files: Sequence[ChangedFile],
    read: Read | None,
    trouble: str = "",
    stored: Stored = _nothing,
) -> Review:
    """`files` are those of the diff that is looked at. Without `read` places stay as they were written."""
    comments = [comment(each, files, read, stored) for each in review.comments]
    notes = [_note(each, files, read, stored) for each in review.notes]
    marks = standing(review.marks, files) if read else review.marks
    return Review(
        card,
        tuple(sorted(comments, key=_order)),
        tuple(sorted(notes, key=_order)),
        marks,
        review.seen,
        review.seen_at,
        trouble,
    )


def comment(
    kept: Kept, files: Sequence[ChangedFile], read: Read | None, stored: Stored = _nothing
) -> Comment:
    """Where it is now. One whose lines are gone stays where it was."""
    path, line, end_line, gone = _now(kept.anchor, files, read, stored)
    state: CommentState = "outdated" if gone and kept.state == "draft" else kept.state
    text = "\n".join(kept.anchor.lines)
    return Comment(
        kept.id, path, kept.anchor.side, line, end_line, kept.text, text, state, kept.at, changed_since=gone
    )


def standing(marks: Sequence[Mark], files: Sequence[ChangedFile]) -> tuple[Mark, ...]:
    """The marks of files whose content is still what was reviewed."""
    now = {each.path: each.new_id for each in files}
    return tuple(each for each in marks if now.get(each.path) == each.content)


def named_now(path: str, files: Sequence[ChangedFile]) -> str:
    """What a file is called now that the diff showed as `path`."""
    if any(each.path == path for each in files):
        return path
    return next((each.path for each in files if each.status == "renamed" and each.old_path == path), path)


def name_on(side: Side, path: str, files: Sequence[ChangedFile]) -> str:
    """What a file that the diff shows as `path` is called on that side."""
    file = next((each for each in files if each.path == path), None)
    return file.old_path if side == "old" and file and file.old_path else path


def _note(kept: KeptNote, files: Sequence[ChangedFile], read: Read | None, stored: Stored) -> Note:
    anchor = kept.anchor
    path, line, end_line, gone = _now(anchor, files, read, stored)
    said = "\n".join(anchor.lines)
    return Note(kept.id, path, anchor.side, line, end_line, kept.text, said, kept.at, changed_since=gone)


def _now(
    anchor: Anchor, files: Sequence[ChangedFile], read: Read | None, stored: Stored
) -> tuple[str, int, int, bool]:
    """Path, first and last line, and whether the lines are gone."""
    if read is None:
        return anchor.path, anchor.line, anchor.end_line, False
    path = named_now(anchor.path, files)
    lines = read(anchor.side, name_on(anchor.side, path, files))
    found = place(anchor, lines, stored(anchor.content)) if lines is not None else None
    return path, *(found or (anchor.line, anchor.end_line)), found is None


def _order(each: Comment | Note) -> tuple[str, int, bool, int]:
    return each.path, each.line, each.side == "new", int(each.id)
