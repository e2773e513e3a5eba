"""Comments, notes and marks as they are kept, and as they are shown."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.overlaps.overlap import Overlap

Side = Literal["old", "new"]
"""Of a diff: the file before, and the file after."""
CommentState = Literal["draft", "queued", "sent", "outdated"]
"""`outdated` is a draft whose line is gone; it is sent like any."""

MOST_COMMENTS = 500
"""That a card may have; and as many notes."""
LONGEST = 10_000
"""Characters of a comment."""
LONGEST_LINE = 2_000
"""Characters of a line that are kept to find it again."""


CardComments = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Of each card the ids of comments, with their texts."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The lines that something is about. They are found again by what has changed in the file since
    `content`; where that is no longer stored, by their text and the lines around."""

    path: str
    """As the diff shows the file."""
    side: Side
    line: int
    """From 1."""
    end_line: int
    """The last one; `line` where it is about a single line."""
    lines: tuple[str, ...]
    """Their texts."""
    before: str = ""
    """The text of the line before; empty at the beginning."""
    after: str = ""
    content: str = ""
    """The id of what the file held; empty where that was not kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment as the journal keeps it."""

    id: str
    anchor: Anchor
    text: str
    at: float
    prompt: str = ""
    """The prompt that it was sent with last; empty for one that never was."""
    state: Literal["draft", "queued", "sent"] = "draft"


@dataclass(frozen=True, slots=True)
class KeptNote:
    """An agent's note on its own lines."""

    id: str
    anchor: Anchor
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A file that a person has reviewed. `content` is the id of what it held, empty of a deleted file."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class CardReview:
    """All that is kept of a card's review."""

    comments: tuple[Kept, ...] = ()
    notes: tuple[KeptNote, ...] = ()
    marks: tuple[Mark, ...] = ()
    seen: str = ""
    """The tree that was looked at last."""
    seen_at: float = 0.0
    next: int = 1
    """The number of the next comment or note."""
    changed_at: float = 0.0

    @property
    def drafts(self) -> tuple[Kept, ...]:
        return tuple(each for each in self.comments if each.state == "draft")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is shown, at the place where its lines are now."""

    id: str
    path: str
    side: Side
    line: int
    end_line: int
    text: str
    line_text: str
    """The text of its lines when it was written."""
    state: CommentState
    at: float
    changed_since: bool = False
    """Its lines are no longer as they were when it was written."""


@dataclass(frozen=True, slots=True)
class Note:
    """An agent's note as it is shown."""

    id: str
    path: str
    side: Side
    line: int
    end_line: int
    text: str
    line_text: str
    at: float
    changed_since: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    card: str
    comments: tuple[Comment, ...] = ()
    """In the order of files and lines."""
    notes: tuple[Note, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Only those that hold: of files whose content is still the same."""
    seen: str = ""
    """The tree that was looked at last."""
    seen_at: float = 0.0
    trouble: str = ""
    """Why the lines could not be looked at, in words; places are then as they were written down."""
    overlaps: tuple[Overlap, ...] = ()
    """The card's overlaps with others."""
