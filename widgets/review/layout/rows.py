"""What stands in a row of the diff. Rows are made when they are drawn, and none is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileRow:
    """The head of a file."""


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """Line `part` of a comment or a note."""

    id: str
    part: int


@dataclass(frozen=True, slots=True)
class FactRow:
    """One of the sentences below a file's head: a rename, another mode, why there is no text."""

    number: int


@dataclass(frozen=True, slots=True)
class HunkRow:
    """The head of a hunk."""

    hunk: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """Piece `part` of lines of a hunk, by their places in it: `old` at the left and `new` at the right. In
    one column they are the same line, or one of them is `None`."""

    hunk: int
    old: int | None
    new: int | None
    part: int = 0


@dataclass(frozen=True, slots=True)
class PendingRow:
    """A row of a file whose text has not come yet."""

    number: int


@dataclass(frozen=True, slots=True)
class GapRow:
    """Nothing: what lies between two files."""


Row = FileRow | RemarkRow | FactRow | HunkRow | LineRow | PendingRow | GapRow


def stops(row: Row) -> bool:
    """Whether the cursor may stand there; a wrapped line or a comment takes it in its first row alone."""
    match row:
        case FileRow() | HunkRow():
            return True
        case LineRow(part=part) | RemarkRow(part=part) | PendingRow(part):
            return part == 0
        case _:
            return False
