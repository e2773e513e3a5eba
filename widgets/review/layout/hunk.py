"""The rows of a hunk: which lines stand beside each other, and how many rows each takes. Pure."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from orchestrator.core.diff.patch import Hunk
from orchestrator.core.review.comments import Side
from widgets.review.layout.rows import LineRow, RemarkRow, Row

NOTHING = -1
_BLOCKS = re.compile(r" +|[^ ]+")
"""Of the lines' kinds: those that are unchanged, and those that are not."""
_RUNS = re.compile(r"-+|\++")


class Entries:
    """The lines of a hunk as they stand: entry `n` has line `old[n]` at the left and `new[n]` at the right.

    In one column an entry is one line, whose other side is `NOTHING` unless it is unchanged.
    """

    __slots__ = ("new", "old")

    def __init__(self, hunk: Hunk, *, split: bool) -> None:
        self.old, self.new = array("l"), array("l")
        kinds = "".join(line.kind for line in hunk.lines)
        for block in _BLOCKS.finditer(kinds):
            if block[0][0] == " ":
                self._put(range(*block.span()), range(*block.span()))
                continue
            removed: list[int] = []
            added: list[int] = []
            for run in _RUNS.finditer(kinds, *block.span()):
                (removed if run[0][0] == "-" else added).extend(range(*run.span()))
            if split:
                self._put(removed, added)
            else:
                self._put(removed, ())
                self._put((), added)

    def _put(self, old: Sequence[int], new: Sequence[int]) -> None:
        longest = max(len(old), len(new))
        self.old.extend(old)
        self.old.extend([NOTHING] * (longest - len(old)))
        self.new.extend(new)
        self.new.extend([NOTHING] * (longest - len(new)))

    def __len__(self) -> int:
        return len(self.old)

    def at(self, hunk: Hunk, side: Side, number: int) -> int | None:
        """The entry of that line of the file; `None` where the hunk hasn't got it."""
        lines, places = hunk.lines, self.old if side == "old" else self.new
        return next(
            (n for n, at in enumerate(places) if at != NOTHING and getattr(lines[at], side) == number), None
        )


def entry_count(hunk: Hunk, *, split: bool) -> int:
    """How many entries its lines make."""
    kinds = "".join([line.kind for line in hunk.lines])
    if not split:
        return len(kinds) - kinds.count("\\")
    blocks = kinds.split(" ")
    return len(blocks) - 1 + sum(max(block.count("-"), block.count("+")) for block in blocks)


class HunkLayout:
    """The rows below a hunk's head. `height_of` a line's text says how many rows it takes, `remarks` how many
    rows each of those below an entry take."""

    def __init__(
        self,
        number: int,
        hunk: Hunk,
        *,
        split: bool,
        height_of: Callable[[str], int] | None = None,
        remarks: Mapping[int, Sequence[tuple[str, int]]] | None = None,
    ) -> None:
        """`height_of` is `None` where lines are not wrapped."""
        self._number, self._hunk, self._split = number, hunk, split
        self._count = entry_count(hunk, split=split)
        self._remarks = remarks or {}
        self._starts: array[int] | None = None
        """The first row of each entry, and behind them the number of rows; `None` where they are the same."""
        if height_of is not None or self._remarks:
            self._starts = array("l", accumulate(self._heights(height_of), initial=0))

    @cached_property
    def entries(self) -> Entries:
        """Made when a row of the hunk is first looked at: most are not."""
        return Entries(self._hunk, split=self._split)

    def _heights(self, height_of: Callable[[str], int] | None) -> list[int]:
        if height_of is None:
            heights = [1] * len(self.entries)
        else:
            of = [height_of(line.text) for line in self._hunk.lines]
            of.append(1)  # that of NOTHING
            heights = [
                max(of[old], of[new]) for old, new in zip(self.entries.old, self.entries.new, strict=True)
            ]
        for entry, below in self._remarks.items():
            heights[entry] += sum(height for _, height in below)
        return heights

    @property
    def height(self) -> int:
        return self._count if self._starts is None else self._starts[-1]

    def row(self, number: int) -> Row:
        if self._starts is None:
            return self._line(number, 0)
        entry = bisect_right(self._starts, number) - 1
        part, below = number - self._starts[entry], self._remarks.get(entry, ())
        lines = self._starts[entry + 1] - self._starts[entry] - sum(height for _, height in below)
        if part < lines:
            return self._line(entry, part)
        part -= lines
        for id_, height in below:
            if part < height:
                return RemarkRow(id_, part)
            part -= height
        raise IndexError(number)

    def row_of(self, entry: int) -> int:
        """The first row of an entry."""
        return entry if self._starts is None else self._starts[entry]

    def remark_rows(self) -> list[tuple[int, str]]:
        """The first row of each remark, with its id."""
        found = []
        for entry, below in self._remarks.items():
            assert self._starts is not None
            row = self._starts[entry + 1] - sum(height for _, height in below)
            for id_, height in below:
                found.append((row, id_))
                row += height
        return sorted(found)

    def _line(self, entry: int, part: int) -> LineRow:
        old, new = self.entries.old[entry], self.entries.new[entry]
        return LineRow(self._number, None if old == NOTHING else old, None if new == NOTHING else new, part)
