"""What the parts of a row of code have in common."""

from dataclasses import dataclass

from orchestrator.core.diff.patch import Hunk
from orchestrator.core.review.comments import Side
from widgets.review.layout.geometry import Geometry
from widgets.review.layout.index import Spot
from widgets.review.model.file_text import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLook:
    """`of` and `number` name the hunk, whose file is at `path`. `part` is which piece of a wrapped line is
    shown, `x` the first cell of one that is not. `here` and `chosen` are the side of the cursor and of the
    selection in this row, if they are in it; with `plain_cr` a CR at a line's end has no mark."""

    spot: Spot
    path: str
    of: Version
    number: int
    hunk: Hunk
    geometry: Geometry
    part: int
    x: int
    wrap: bool
    here: Side | None
    chosen: Side | None
    active: bool
    words: str
    plain_cr: bool

    @property
    def key(self) -> tuple[Version, int]:
        """By which the colours of the hunk are kept."""
        return self.of, self.number
