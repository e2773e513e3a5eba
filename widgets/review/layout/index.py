"""All files of a diff under each other: which row of which file stands where. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from widgets.review.layout.file import FileLayout
from widgets.review.layout.rows import Row, stops


class Spot(NamedTuple):
    """A row of a file. It stays the same row when files above it become longer or shorter."""

    file: int
    row: int


def selected(began: Spot | None, cursor: Spot) -> tuple[Spot, Spot] | None:
    """The first and the last row of a selection that began there. It never leaves its file."""
    if began is None or began.file != cursor.file:
        return None
    return min(began, cursor), max(began, cursor)


class DiffIndex:
    """Files by number, each with its layout, which `layout` makes when it is first looked into; until then a
    file has the height that was guessed."""

    def __init__(self, heights: Sequence[int], layout: Callable[[int], FileLayout]) -> None:
        self._heights, self._make = list(heights), layout
        self._layouts: dict[int, FileLayout] = {}
        self._starts: list[int] | None = None

    def __len__(self) -> int:
        """How many files there are."""
        return len(self._heights)

    @property
    def height(self) -> int:
        """The rows of all files."""
        return self._all_starts()[-1]

    def _all_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = list(accumulate(self._heights, initial=0))
        return self._starts

    def layout(self, file: int) -> FileLayout:
        """Makes it if need be: the rows below it may move then."""
        if file not in self._layouts:
            made = self._layouts[file] = self._make(file)
            if self._heights[file] != made.height:
                self._heights[file] = made.height
                self._starts = None
        return self._layouts[file]

    def renew(self, file: int) -> None:
        """The file looks different from now on: its layout is made again."""
        self._layouts.pop(file, None)
        self.layout(file)

    def settle(self, y: int, rows: int) -> None:
        """Makes the layouts of all files in these rows, so that they stand still while they are drawn."""
        if not len(self):
            return
        file = self.spot(y).file
        while file < len(self) and self._all_starts()[file] <= y + rows:
            self.layout(file)
            file += 1

    def spot(self, y: int) -> Spot:
        """What stands in that row from the top; the last row behind the end. There must be a file."""
        starts = self._all_starts()
        y = min(max(y, 0), max(starts[-1] - 1, 0))
        file = min(max(bisect_right(starts, y) - 1, 0), len(self) - 1)
        return Spot(file, y - starts[file])

    def at(self, y: int) -> Spot:
        """The same, once the layout of its file is made, which may be another one then."""
        while (spot := self.spot(y)).file not in self._layouts:
            self.layout(spot.file)
        return spot

    def y(self, spot: Spot) -> int:
        """The row from the top in which that stands."""
        return self._all_starts()[spot.file] + spot.row

    def row(self, spot: Spot) -> Row:
        """What stands there. Raises `IndexError` behind the file's end."""
        return self.layout(spot.file).row(spot.row)

    def walk(self, spot: Spot, way: int) -> Iterator[Spot]:
        """All rows from there on, without that one: downwards, or upwards where `way` is -1."""
        file, row = spot
        while True:
            row += way
            if row >= self.layout(file).height:
                file, row = file + 1, 0
                if file >= len(self):
                    return
            elif row < 0:
                file -= 1
                if file < 0:
                    return
                row = self.layout(file).height - 1
            yield Spot(file, row)

    def stop(self, spot: Spot, way: int) -> Spot:
        """The nearest row from there on in which the cursor may stand, or else the nearest the other way."""
        row = min(spot.row, self.layout(spot.file).height - 1)
        spot = Spot(spot.file, row)
        if stops(self.row(spot)):
            return spot
        for each in (way, -way):
            if found := next((at for at in self.walk(spot, each) if stops(self.row(at))), None):
                return found
        return Spot(0, 0)

    def step(self, spot: Spot, way: int) -> Spot:
        """The next row in which the cursor may stand; the same where there is none."""
        return next((at for at in self.walk(spot, way) if stops(self.row(at))), spot)

    def moved(self, spot: Spot, rows: int) -> Spot:
        """A row so many rows below or above, in which the cursor may stand."""
        return self.stop(self.at(self.y(spot) + rows), 1 if rows > 0 else -1)
