"""What a comment is about: a line or several, on one side of a file. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.core.diff.patch import FilePatch, Line
from orchestrator.core.review.comments import Side
from widgets.review.layout.rows import LineRow


@dataclass(frozen=True, slots=True)
class Target:
    """Lines `line` to `end_line` of a side of a file, and what stands in them."""

    path: str
    side: Side
    line: int
    end_line: int
    text: str

    @property
    def where(self) -> str:
        """As a compiler names a place: `src/a.py:12`."""
        return f"{self.path}:{self.line}"

    @property
    def words(self) -> str:
        """The lines, in words."""
        lines = f"line {self.line}" if self.line == self.end_line else f"lines {self.line}-{self.end_line}"
        return f"{lines}, before the change" if self.side == "old" else lines


def target(path: str, patch: FilePatch, rows: Iterable[LineRow], side: Side, *, split: bool) -> Target | None:
    """What those rows of a file are about. Side by side it is the lines of `side`, or else of the other; in
    one column the new lines, where there are any among them."""
    found: dict[Side, list[Line]] = {"old": [], "new": []}
    for row in rows:
        lines = patch.hunks[row.hunk].lines
        if row.old is not None and lines[row.old] not in found["old"][-1:]:
            found["old"].append(lines[row.old])
        if row.new is not None and lines[row.new] not in found["new"][-1:]:
            found["new"].append(lines[row.new])
    first: Side = side if split else "new"
    other: Side = "old" if first == "new" else "new"
    for each in (first, other):
        if found[each]:
            numbers = [(line.old if each == "old" else line.new) or 0 for line in found[each]]
            text = "\n".join(line.text.rstrip("\r") for line in found[each])
            return Target(path, each, min(numbers), max(numbers), text)
    return None
