"""Comments as a prompt for the session that wrote the lines."""

from collections.abc import Iterable

from orchestrator.core.review.comments import Comment
from orchestrator.core.text.clean import clean, one_line

_MOST_LINES = 5
_WIDTH = 300


def prompt_of(comments: Iterable[Comment], note: str = "") -> str:
    """One prompt with file, lines and their text for each comment, in the order of the files. `note` comes
    first."""
    found = list(comments)
    count = f"{len(found)} comment{'' if len(found) == 1 else 's'}"
    said = [f"Review of your changes: {count}. Address each of them."]
    if note.strip():
        said = [clean(note).strip(), *said]
    return "\n\n".join((*said, *map(_block, found)))


def _block(comment: Comment) -> str:
    return "\n".join((_where(comment), *_quoted(comment.line_text), clean(comment.text).strip()))


def _where(comment: Comment) -> str:
    several = comment.end_line > comment.line
    lines = f"lines {comment.line}-{comment.end_line}" if several else f"line {comment.line}"
    side = " before your changes" if comment.side == "old" else ""
    changed = ", which has changed since" if comment.changed_since else ""
    return f"{one_line(comment.path, 500)}, {lines}{side}{changed}:"


def _quoted(text: str) -> Iterable[str]:
    lines = text.split("\n")
    for line in lines[:_MOST_LINES]:
        shown = clean(line)
        yield f"> {shown[:_WIDTH]}{'…' if len(shown) > _WIDTH else ''}".rstrip()
    if len(lines) > _MOST_LINES:
        yield f"> … ({len(lines) - _MOST_LINES} more lines)"
