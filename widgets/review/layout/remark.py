"""Comments of the user's and notes of the agent's: what stands below a line. Pure."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.review.comments import CommentState, Side

State = CommentState | Literal["note"]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, or a note of the agent's on its own work, which has the state `note`."""

    id: str
    path: str
    side: Side
    line: int
    end_line: int
    text: str
    line_text: str
    """What stood in the line when it was written."""
    state: State
    at: float
    changed_since: bool = False
    """The line is another one now."""

    @property
    def lines(self) -> str:
        """Its line or lines, in words."""
        first, last = sorted((self.line, self.end_line or self.line))
        return f"line {first}" if first == last else f"lines {first}-{last}"
