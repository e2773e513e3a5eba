"""A row of the tree of files. Pure."""

from collections.abc import Sequence

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.diff.paths import visible
from widgets.kit.format import Line, Span, cells, fit, row
from widgets.review.text.head import counts, letter
from widgets.review.tree.tree import TreeRow

_LEAST_NAME = 12
"""Cells of a file's name for which its counts give way."""


def tree_line(
    item: TreeRow, file: ChangedFile | None, marks: Sequence[Span], width: int, *, done: bool
) -> Line:
    """The row in exactly `width` cells. `marks` stand at the end; `done`: it is reviewed, and stands back."""
    indent = "  " * min(item.depth, max(width // 4 - 2, 0))
    if file is None:
        sign = "▸ " if item.folded else "▾ "
        right: list[Span] = [(f"{item.files}", "faint"), (" ", "")] if item.folded else []
        room = width - len(indent) - 2 - sum(cells(text) for text, _ in right) - bool(right)
        return row([(indent, ""), (sign, "faint"), (fit(visible(item.label), room), "muted")], right, width)
    right = [*counts(file), (" ", "")]
    right = [*([*marks, (" ", "")] if marks else []), *right]
    for shorter in ([*marks, (" ", "")] if marks else [(" ", "")], [(" ", "")]):
        if width - len(indent) - 3 - sum(cells(text) for text, _ in right) < min(
            _LEAST_NAME, cells(visible(item.label)) + 1
        ):
            right = shorter
    room = width - len(indent) - 3 - sum(cells(text) for text, _ in right)
    name = fit(visible(item.label), max(room, 4))
    return row([(indent, ""), letter(file), (" ", ""), (name, "muted" if done else "text")], right, width)
