"""The diff of a card's work, and what is said about its lines."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.diff.files import Diff
from orchestrator.core.requests.cards import OfCard
from orchestrator.core.requests.request import Act, Read
from orchestrator.core.review.comments import Comment, Review, Side

DiffScope = Literal["all", "uncommitted", "unseen", "commit"]
"""Everything since the branch left its base; what is not in HEAD; everything since `SawDiff`; one commit."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What git prints, byte for byte."""

    data: bytes
    cut: bool
    """There is more, which was left out for its size."""

    @property
    def text(self) -> str:
        """For `core.diff.patch.parse`; bytes that are no UTF-8 are replaced."""
        return self.data.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class ReadDiff(Read[Diff]):
    """The summary, up to the worktree as it is now unless the scope is one commit. `base` is any branch or
    commit; empty for the card's own."""

    verb = "diff"
    card: str
    scope: DiffScope = "all"
    commit: str = ""
    base: str = ""
    ignore_space: bool = False


@dataclass(frozen=True, slots=True)
class ReadPatch(Read[Patch]):
    """The lines that differ between two trees of a `Diff`; without `paths` of all files. Of a renamed file
    both names are to be given. Of binary files it tells only that they differ."""

    verb = "diff.patch"
    card: str
    old_tree: str
    new_tree: str
    paths: tuple[str, ...] = ()
    ignore_space: bool = False
    context: int = 3
    max_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class ExportPatch(Read[tuple[bytes, ...]]):
    """The whole patch, binary files included, in parts: `git apply` makes the new tree of the old one."""

    verb = "diff.export"
    card: str
    old_tree: str
    new_tree: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadReview(Read[Review]):
    """Comments, notes and marks, at the places where their lines are in these trees; without them in
    everything up to the worktree as it is now. A person's drafts are among them."""

    verb = "review"
    act = "review.list"
    card: str
    old_tree: str = ""
    new_tree: str = ""


@dataclass(frozen=True, slots=True)
class AddComment(Act[Comment]):
    """A draft on the lines `line` to `end_line` (0: that line alone) of a file, named as the diff shows it.
    `tree` is the tree of that side in which the lines were seen; empty for what is there now. Refused where
    the file has no such lines."""

    verb = "review.add"
    card: str
    path: str
    line: int
    text: str
    end_line: int = 0
    side: Side = "new"
    tree: str = ""


@dataclass(frozen=True, slots=True)
class EditComment(OfCard):
    """Changes the text of a draft."""

    verb = "review.edit"
    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteComment(OfCard):
    verb = "review.delete"
    comment: str


@dataclass(frozen=True, slots=True)
class SendComments(OfCard):
    """Sends all drafts, or those of the ids `comments`, to the session as one prompt, with file, line and the
    line's text, as soon as it is idle. `note` comes first. They are sent once the session has confirmed the
    prompt."""

    verb = "review.send"
    comments: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MarkReviewed(OfCard):
    """Marks a file as reviewed, or takes the mark back. `content` is its `new_id` in the diff: the mark falls
    when that changes."""

    verb = "review.mark"
    path: str
    content: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class SawDiff(OfCard):
    """Everything up to `tree`, a diff's `new_tree`, has been looked at: the scope `unseen` begins there."""

    verb = "review.seen"
    tree: str
