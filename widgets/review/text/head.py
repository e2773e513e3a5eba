"""The heads of files and hunks, and the comments, in spans. Pure."""

from collections.abc import Iterator, Sequence

from orchestrator.core.diff.files import LETTERS, ChangedFile
from orchestrator.core.diff.patch import Hunk
from orchestrator.core.diff.paths import visible
from orchestrator.core.text.clean import shown
from widgets.kit.format import Line, Span, age, cells, clean, count, fit_end, fit_spans, fold, row
from widgets.review.layout.remark import Remark

_STATES = {
    "draft": ("draft", "needs"),
    "queued": ("queued", "busy"),
    "sent": ("sent", "calm"),
    "outdated": ("draft, its line is gone", "trouble"),
}
_BAR = 5
"""Blocks that show how much was added and removed."""


def letter(file: ChangedFile) -> Span:
    """Git's letter for what happened to a file, in its role; `?` for one that git does not know yet."""
    if file.untracked:
        return "?", "plus"
    return LETTERS[file.status], {
        "added": "plus", "deleted": "minus", "renamed": "busy", "copied": "busy",
    }.get(file.status, "trouble")  # fmt: skip


def counts(file: ChangedFile) -> list[Span]:
    """How many lines were added and removed."""
    if file.added is None:
        return [("bin" if file.binary and not file.submodule else "", "muted")]
    spans = []
    if file.added:
        spans.append((f"+{file.added}", "plus"))
    if file.removed:
        spans.append((f"−{file.removed}", "minus"))
    return [part for number, span in enumerate(spans) for part in ([(" ", "")] if number else []) + [span]]


def path_spans(path: str, width: int) -> list[Span]:
    """A path in at most `width` cells, its end in any case; folders stand back behind the name."""
    path = fit_end(visible(path), width)
    folder, slash, name = path.rpartition("/")
    return [(folder + slash, "muted"), (name, "title")] if slash else [(name, "title")]


def file_head(
    file: ChangedFile, width: int, *, folded: bool, marks: Sequence[Span], loading: bool = False
) -> Line:
    """The head of a file in exactly `width` cells; `marks` stand at its end."""
    right = [*marks, ("  " if marks and file.added is not None else "", ""), *counts(file), (" ", "")]
    if loading:
        right = [("loading…  ", "muted"), *right]
    room = max(width - sum(cells(text) for text, _ in right) - 6, 8)
    left = [("▸ " if folded else "▾ ", "faint"), letter(file), (" ", ""), *path_spans(file.path, room)]
    return row(left, right, width)


def hunk_head(hunk: Hunk, width: int, *, folded: bool) -> Line:
    """Where a hunk stands in both files, and in which function."""
    at = f"@@ -{_range(hunk.old_start, hunk.old_count)} +{_range(hunk.new_start, hunk.new_count)} @@"
    head = [("▸ " if folded else "  ", "faint"), (at, "busy"), ("  ", ""), (shown(hunk.heading), "muted")]
    if folded:
        head.append((f"  {count(len(hunk.lines), 'line')} folded", "faint"))
    return row(fit_spans(head, width), [], width)


def _range(start: int, number: int) -> str:
    return str(start) if number == 1 else f"{start},{number}"


def remark_lines(remark: Remark, width: int, now: float, *, stray: bool = False) -> tuple[Line, ...]:
    """A comment in lines of at most `width` cells. `stray`: its line is not shown, so that it says which."""
    return tuple(_remark_lines(remark, width, now, stray))


def _remark_lines(remark: Remark, width: int, now: float, stray: bool) -> Iterator[Line]:
    width = max(width, 8)
    if remark.state == "note":
        head: list[Span] = [("◇ note by the agent", "busy")]
    else:
        words, role = _STATES[remark.state]
        head = [("● you", "cursor"), (" · ", "faint"), (words, role)]
    head += [(" · ", "faint"), (remark.lines, "muted")] if stray or remark.line != remark.end_line else []
    head += [(" · ", "faint"), (age(now - remark.at), "muted")]
    if remark.changed_since and remark.state != "outdated":
        head += [(" · ", "faint"), ("line changed since", "trouble")]
    if stray and remark.line_text.strip():
        first = remark.line_text.strip().splitlines()[0]
        head += [(" │ ", "faint"), (clean(first.strip()), "muted")]
    yield fit_spans(head, width)
    for line in fold(shown(remark.text), width):
        yield ((line, "text"),)


def remark_height(remark: Remark, width: int) -> int:
    """How many rows it takes."""
    return len(remark_lines(remark, width, remark.at))
