"""Where the keys for the next file, hunk, comment or match lead. Pure."""

from collections.abc import Callable, Sequence

from widgets.review.layout.index import DiffIndex, Spot

Rows = Callable[[int], Sequence[int]]
"""The rows of a file to which a key leads, in order."""


def to_file(index: DiffIndex, at: Spot, way: int) -> Spot | None:
    """The head of the next file; upwards first the head of this one. `None` where there is none."""
    if way < 0 and at.row > 0:
        return Spot(at.file, 0)
    file = at.file + way
    return Spot(file, 0) if 0 <= file < len(index) else None


def to_row(index: DiffIndex, at: Spot, way: int, rows: Rows) -> Spot | None:
    """The nearest of those rows behind or before this one, in whichever file. `None` where there is none."""
    found = [row for row in rows(at.file) if (row > at.row if way > 0 else row < at.row)]
    file = at.file
    while not found:
        file += way
        if not 0 <= file < len(index):
            return None
        found = list(rows(file))
    return Spot(file, found[0] if way > 0 else found[-1])


def hunks(index: DiffIndex) -> Rows:
    """The heads of hunks; of a file that has none to show, its own."""

    def rows(file: int) -> Sequence[int]:
        return index.layout(file).hunk_rows or (0,)

    return rows


def remarks(index: DiffIndex) -> Rows:
    """Comments and notes."""
    return lambda file: sorted(row for row, _ in index.layout(file).remark_rows)
