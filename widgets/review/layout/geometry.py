"""How the cells of a row are divided among numbers, signs and text. Pure."""

from dataclasses import dataclass

from orchestrator.core.diff.patch import FilePatch

SPLIT_FROM = 140
"""Cells of the terminal from which a diff stands side by side, unless the user has chosen."""
_EDGE, _SIGN = 1, 2
"""The cursor's cell, and those of a line's sign."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """`digits` are the cells of a line's number. A row is: edge, number, number, sign, text; or twice edge,
    number, sign and text."""

    width: int
    split: bool
    digits: int

    @property
    def left(self) -> int:
        """The cells of the left half; all where there is one column."""
        return self.width - self.width // 2 if self.split else self.width

    @property
    def right(self) -> int:
        return self.width // 2 if self.split else 0

    def gutter(self) -> int:
        """The cells before a text."""
        numbers = self.digits + 1 if self.split else 2 * (self.digits + 1)
        return _EDGE + numbers + _SIGN

    def text(self) -> int:
        """The cells of a text: those of the narrower half where there are two."""
        return max((self.right if self.split else self.left) - self.gutter(), 1)


def digits(patch: FilePatch | None) -> int:
    """The cells that the numbers of a file's lines need, three at least."""
    if patch is None or not patch.hunks:
        return 3
    last = patch.hunks[-1]
    return max(len(str(max(last.old_start + last.old_count, last.new_start + last.new_count))), 3)
