"""What can be asked of a card's review, with all that deciding needs to know of the outside."""

from dataclasses import dataclass

from orchestrator.core.requests.review import DeleteComment, EditComment, MarkReviewed, SawDiff
from orchestrator.core.review.comments import Anchor


@dataclass(frozen=True, slots=True)
class WriteComment:
    card: str
    anchor: Anchor
    text: str


@dataclass(frozen=True, slots=True)
class WriteNote:
    card: str
    anchor: Anchor
    text: str


@dataclass(frozen=True, slots=True)
class QueueComments:
    """`comments` are ids with the texts that `text`, the prompt, holds of them."""

    card: str
    prompt: str
    text: str
    comments: tuple[tuple[str, str], ...]


ReviewCommand = (
    WriteComment | WriteNote | QueueComments | EditComment | DeleteComment | MarkReviewed | SawDiff
)
