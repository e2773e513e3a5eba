"""A place in a diff that outlives it: what stood there, by which it is found again in the next one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.core.diff.patch import FilePatch, Line
from orchestrator.core.review.comments import Side
from widgets.review.layout.file import FileLayout
from widgets.review.layout.rows import HunkRow, LineRow, RemarkRow


@dataclass(frozen=True, slots=True)
class Place:
    """A line by its file, side, number and text; a comment by its id; else the head of the file."""

    path: str
    side: Side = "new"
    line: int = 0
    text: str = ""
    remark: str = ""


def place(path: str, patch: FilePatch | None, layout: FileLayout, row: int) -> Place:
    """What stands in that row of the file."""
    at = layout.row(row)
    if isinstance(at, RemarkRow):
        return Place(path, remark=at.id)
    if patch is None:
        return Place(path)
    if isinstance(at, HunkRow):
        lines = patch.hunks[at.hunk].lines
        first = next((line for line in lines if line.kind in "+-"), lines[0] if lines else None)
        return Place(path) if first is None else _of_line(path, first)
    if isinstance(at, LineRow):
        number = at.old if at.new is None else at.new
        assert number is not None
        return _of_line(path, patch.hunks[at.hunk].lines[number])
    return Place(path)


def _of_line(path: str, line: Line) -> Place:
    side: Side = "old" if line.new is None else "new"
    return Place(path, side, (line.old if line.new is None else line.new) or 0, line.text)


def find(wanted: Place, patch: FilePatch | None, layout: FileLayout) -> int:
    """The row of the file in which that stands now: the same line, else the nearest of the same text, else
    the nearest line; the file's head where there is none."""
    if wanted.remark:
        return next((row for row, id_ in layout.remark_rows if id_ == wanted.remark), 0)
    if patch is None or not wanted.line or layout.folded:
        return 0
    best = min(_ranked(wanted, patch), default=None)
    if best is None:
        return 0
    _, _, hunk, at = best
    row = layout.row_of_line(hunk, at)
    return layout.hunk_rows[hunk] if row is None else row


def _ranked(wanted: Place, patch: FilePatch) -> Iterator[tuple[bool, int, int, int]]:
    """Each line of that side: whether its text is another one, how far it is, and its hunk and place."""
    for number, hunk in enumerate(patch.hunks):
        for at, line in enumerate(hunk.lines):
            there = line.old if wanted.side == "old" else line.new
            if there is not None:
                other = line.text != wanted.text
                yield other, abs(there - wanted.line), number, at
                if there == wanted.line and not other:
                    return


def file_of(path: str, paths: Sequence[str]) -> int:
    """The number of that file, or of the one that stands where it stood; 0 where there is none."""
    if path in paths:
        return paths.index(path)
    return min(sum(each < path for each in paths), max(len(paths) - 1, 0))
