"""The summary of a diff: which files changed and by how much, without the text of any."""

from dataclasses import dataclass
from typing import Literal

FileStatus = Literal["added", "modified", "deleted", "renamed", "copied", "type changed"]

NO_MODE = "000000"
"""The mode on the side where there is no file."""
SYMLINK, SUBMODULE = "120000", "160000"

LETTERS: dict[FileStatus, str] = {
    "added": "A",
    "modified": "M",
    "deleted": "D",
    "renamed": "R",
    "copied": "C",
    "type changed": "T",
}
"""Git's letter for each status."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One changed file. A byte of a path that is no UTF-8 is written as `\\xff`; other characters are as they
    are in the name, control characters included."""

    path: str
    status: FileStatus
    old_path: str | None = None
    """The name before, of a file that was renamed or copied."""
    old_mode: str = NO_MODE
    new_mode: str = NO_MODE
    """Such as `100644`; `NO_MODE` where there is no file."""
    old_id: str = ""
    new_id: str = ""
    """The id of the content; empty where there is none. A file above the limit that is not read has one made
    of its size and time."""
    added: int | None = None
    removed: int | None = None
    """Lines; `None` of a binary file, and of one that is not read."""
    old_size: int | None = None
    new_size: int | None = None
    """Bytes; `None` where there is no file, and of a submodule."""
    untracked: bool = False
    too_large: bool = False
    """Above the limit: listed, and not read."""

    @property
    def submodule(self) -> bool:
        return SUBMODULE in (self.old_mode, self.new_mode)

    @property
    def symlink(self) -> bool:
        return SYMLINK in (self.old_mode, self.new_mode)

    @property
    def mode_changed(self) -> bool:
        """Whether the same file has another mode, such as an executable bit."""
        return NO_MODE not in (self.old_mode, self.new_mode) and self.old_mode != self.new_mode

    @property
    def binary(self) -> bool:
        return self.added is None and not self.too_large


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    subject: str
    author: str
    at: float
    """Seconds since the epoch, of the commit and not of the change."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed between two trees. Trees never change: whatever is read by their ids later is the same."""

    card: str
    base: str
    """The name of what is compared with, such as `main`."""
    old_tree: str
    new_tree: str
    head: str
    """The commit that is checked out; empty on a branch without one."""
    commits: tuple[Commit, ...]
    """Those of the branch alone, the newest first."""
    files: tuple[ChangedFile, ...]
    at: float
    path: str = ""
    """The worktree's folder; on `host`, where that is not empty."""
    host: str = ""
    branch: str = ""
    """Empty where HEAD is detached."""
    unmerged: tuple[str, ...] = ()
    """Files with conflict markers, of a merge or rebase under way."""
    notes: tuple[str, ...] = ()
    """What the reader must know of how it was compared, in words."""
    more_commits: int = 0
    """Older ones that `commits` leaves out."""

    @property
    def added(self) -> int:
        return sum(each.added or 0 for each in self.files)

    @property
    def removed(self) -> int:
        return sum(each.removed or 0 for each in self.files)
