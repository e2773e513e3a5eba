"""The review's own line: whose changes these are, which, how many, and how far the reader is. Pure."""

from collections.abc import Sequence

from orchestrator.core.diff.files import Diff
from orchestrator.core.review.comments import Review
from orchestrator.core.text.clean import shown_line
from widgets.kit.format import Line, Span, clean, count, fit_spans, row, width_of
from widgets.review.model.document import Document
from widgets.review.source.scope import Scope

_MOST_NOTES = 3


def summary_line(
    card: str,
    title: str,
    document: Document | None,
    width: int,
    *,
    scope: str,
    search: str = "",
) -> Line:
    """In exactly `width` cells. `search` says what is searched for and how often it was found."""
    left: list[Span] = [(f" {card} ", "cursor"), (f"{clean(title)}  ", "title")]
    if document is None:
        return row(left, [], width)
    diff, reviewed = document.diff, document.reviewed_files
    left += [
        (scope, "text"),
        (f" · {clean(diff.branch) or 'detached'} → {shown_line(diff.base, 60)}", "muted"),
    ]
    parts: list[Sequence[Span]] = []
    if search:
        parts.append([(search, "needs")])
    if document.drafts:
        parts.append([(count(document.drafts, "draft"), "needs")])
    parts.append(
        [(f"{reviewed}/{len(diff.files)} reviewed", "calm" if reviewed == len(diff.files) else "muted")]
    )
    parts.append([(count(len(diff.files), "file"), "text")])
    parts.append([(f"+{document.added}", "added"), (" ", ""), (f"−{document.removed}", "removed")])
    right: list[Span] = []
    for part in parts:
        more = [*([("  ", "")] if right else []), *part]
        if width_of([*right, *more]) < width * 2 // 3:
            right += more
    room = width - width_of(right) - 2
    return row(fit_spans(left, room), [*right, (" ", "")], width)


def notes_lines(diff: Diff, review: Review, width: int) -> tuple[Line, ...]:
    """What the reader must know of how it was compared, and whether comments stand where they belong."""
    said = [
        *diff.notes,
        *([f"Comments may stand in the wrong place: {review.trouble}"] if review.trouble else []),
    ]
    if diff.more_commits:
        said.append(f"{count(diff.more_commits, 'older commit')} cannot be chosen one by one.")
    if len(said) > _MOST_NOTES:
        more = len(said) - _MOST_NOTES + 1
        said = [*said[: _MOST_NOTES - 1], f"{more} more notes: orch diff {diff.card} prints them."]
    return tuple(fit_spans([(" ◆ ", "trouble"), (shown_line(each, 300), "trouble")], width) for each in said)


def nothing_lines(scope: Scope, words: str | None, trouble: str, key: str) -> tuple[Line, ...]:
    """What stands in place of a diff: `words` are those that no path contains, or `None` before it has been
    read; `key` is that for other changes."""
    if trouble:
        return (((trouble, "bad"),),)
    if words is None:
        return ((("loading…", "muted"),),)
    if words:
        return (((f"No path contains “{words}”.", "title"),),)
    said = {"uncommitted": "Everything is committed.", "unseen": "Nothing has changed since you looked."}
    told = said.get(scope.kind, "Nothing has changed.")
    return (((told, "title"),), ((f"{key} shows other changes.", "muted"),))
