"""The rows of one file: its head, what is said of it, its hunks. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from orchestrator.core.diff.files import ChangedFile
from orchestrator.core.diff.patch import FilePatch
from orchestrator.core.review.comments import Side
from widgets.review.layout.geometry import Geometry, digits
from widgets.review.layout.hunk import HunkLayout
from widgets.review.layout.rows import (
    FactRow,
    FileRow,
    GapRow,
    HunkRow,
    LineRow,
    PendingRow,
    RemarkRow,
    Row,
)
from widgets.review.text.display import height

_AROUND = 7
"""Rows around the changed lines of a file that is not loaded: a hunk's head, and what is unchanged."""
_MOST_PENDING = 20_000


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a comment or a note belongs, and how many rows it takes."""

    id: str
    side: Side
    line: int
    height: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How lines stand in rows of `width` cells."""

    split: bool = False
    wrap: bool = False
    width: int = 80

    def height_of(self, patch: FilePatch) -> Callable[[str], int] | None:
        """How many rows a line of the file takes; `None` where each takes one."""
        room = Geometry(self.width, self.split, digits(patch)).text()
        return (lambda text: height(text, room)) if self.wrap else None


def pending_height(file: ChangedFile) -> int:
    """How many rows the text of a file may take that has not come yet."""
    changed = (file.added or 0) + (file.removed or 0)
    return min(changed + _AROUND, _MOST_PENDING) if changed else 1


class FileLayout:
    """The rows of a file. Below its head stand `facts`, the comments whose lines are not shown, then its
    hunks, or while `patch` is `None`, `pending` rows for them."""

    def __init__(
        self,
        patch: FilePatch | None,
        arrangement: Arrangement,
        *,
        facts: int = 0,
        pins: Sequence[Pin] = (),
        folded: bool = False,
        folded_hunks: Collection[int] = (),
        pending: int = 0,
    ) -> None:
        self.loaded = patch is not None
        self.folded = folded
        self.strays: frozenset[str] = frozenset()
        """The remarks whose lines are not shown."""
        self._starts: list[int] = [0]
        self._parts: list[Callable[[int], Row]] = [lambda _: FileRow()]
        self._height = 1
        self.hunk_rows: list[int] = []
        """The row of each hunk's head."""
        self.remark_rows: list[tuple[int, str]] = []
        """The first row of each comment and note, with its id."""
        self.bodies: dict[int, HunkLayout] = {}
        """The hunks that are not folded."""
        if folded:
            return
        self._add(facts, FactRow)
        if patch is None:
            for pin in pins:
                self._remark(pin)
            self._add(pending, PendingRow)
        else:
            self._hunks(patch, arrangement, pins, folded_hunks)
        self._add(1, lambda _: GapRow())

    def _add(self, height: int, part: Callable[[int], Row]) -> None:
        if height:
            self._starts.append(self._height)
            self._parts.append(part)
            self._height += height

    def _remark(self, pin: Pin) -> None:
        self.remark_rows.append((self._height, pin.id))
        self._add(pin.height, lambda n: RemarkRow(pin.id, n))

    def _hunks(
        self,
        patch: FilePatch,
        arrangement: Arrangement,
        pins: Sequence[Pin],
        folded_hunks: Collection[int],
    ) -> None:
        of_hunk: dict[int, list[Pin]] = {}
        strays: list[Pin] = []
        height_of = arrangement.height_of(patch)
        for pin in pins:
            (strays if (at := _hunk_of(patch, pin)) is None else of_hunk.setdefault(at, [])).append(pin)
        self.strays = frozenset(pin.id for pin in strays)
        for pin in strays:
            self._remark(pin)
        for number, hunk in enumerate(patch.hunks):
            self.hunk_rows.append(self._height)
            self._add(1, lambda _, number=number: HunkRow(number))  # type: ignore[misc]  # mypy has no lambda defaults
            if number in folded_hunks:
                continue
            body = HunkLayout(number, hunk, split=arrangement.split)
            if height_of is not None or number in of_hunk:
                below: dict[int, list[tuple[str, int]]] = {}
                for pin in of_hunk.get(number, ()):
                    entry = body.entries.at(hunk, pin.side, pin.line)
                    below.setdefault(entry or 0, []).append((pin.id, pin.height))
                body = HunkLayout(number, hunk, split=arrangement.split, height_of=height_of, remarks=below)
            self.bodies[number] = body
            self.remark_rows += [(self._height + row, id_) for row, id_ in body.remark_rows()]
            self._add(body.height, body.row)

    @property
    def height(self) -> int:
        return self._height

    def row(self, number: int) -> Row:
        """Raises `IndexError` outside of the file."""
        if not 0 <= number < self._height:
            raise IndexError(number)
        at = bisect_right(self._starts, number) - 1
        return self._parts[at](number - self._starts[at])

    def row_of_line(self, hunk: int, line: int) -> int | None:
        """The row of a hunk's line; `None` where it is folded."""
        body = self.bodies.get(hunk)
        if body is None:
            return None
        for places in (body.entries.new, body.entries.old):
            try:
                return self.hunk_rows[hunk] + 1 + body.row_of(places.index(line))
            except ValueError:
                continue
        return None

    def hunk_at(self, number: int) -> int | None:
        """The hunk to which that row belongs."""
        at = bisect_right(self.hunk_rows, number) - 1
        return at if at >= 0 and not isinstance(self.row(number), GapRow) else None

    def line_at(self, number: int) -> LineRow | None:
        """The line in that row, or above it where a comment stands there."""
        while number > 0:
            row = self.row(number)
            if isinstance(row, LineRow):
                return row
            if not isinstance(row, RemarkRow):
                return None
            number -= 1
        return None


def _hunk_of(patch: FilePatch, pin: Pin) -> int | None:
    for number, hunk in enumerate(patch.hunks):
        start, count = (
            (hunk.old_start, hunk.old_count) if pin.side == "old" else (hunk.new_start, hunk.new_count)
        )
        if start <= pin.line < start + count:
            return number
    return None
