"""What a card changes, and where two cards may be in each other's way, by names alone."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

GONE = ""
"""The content of a file that a card deletes."""


@dataclass(frozen=True, slots=True)
class CardChanges:
    """Everything that a card changes since its branch left the base, uncommitted and untracked files
    included."""

    commit: str
    """A commit of orch's own that holds the worktree as it is, on top of the card's HEAD."""
    tree: str
    head: str
    """That HEAD; empty on a branch without a commit."""
    files: Mapping[str, str]
    """Path to content: the mode and id of the file; `GONE` where it is deleted."""
    added: frozenset[str] = frozenset()
    """Those of the files that the base does not have."""
    unread: frozenset[str] = frozenset()
    """Those too large to be read, which the commit does not hold."""

    @property
    def deleted(self) -> frozenset[str]:
        return frozenset(path for path, content in self.files.items() if content == GONE)

    def covers(self, other: "CardChanges") -> bool:
        """Whether it changes every file that the other changes."""
        return len(self.files) >= len(other.files) and all(path in self.files for path in other.files)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where two cards touch. Without `paths` and `nearby` there is nothing to merge."""

    paths: frozenset[str]
    """Files that both change, each in its own way."""
    nearby: frozenset[str] = frozenset()
    """Files that are not changed in two ways and may still be in the way: below a folder that the other card
    moves, where it has a file in place of a folder, or gone in both, perhaps to two names."""

    def __bool__(self) -> bool:
        return bool(self.paths or self.nearby)


def contact(one: CardChanges, other: CardChanges) -> Contact:
    """Where they touch. What both change alike is in nobody's way."""
    fewer, more = sorted((one.files, other.files), key=len)
    both = frozenset(path for path in fewer if path in more and fewer[path] != more[path])
    nearby = {*_nearby(one, other), *_nearby(other, one)}
    if one.added and other.added:
        nearby |= one.deleted & other.deleted
    return Contact(both, frozenset(nearby - both))


Question = tuple[object, ...]


def question(one: CardChanges, other: CardChanges, where: Contact) -> Question:
    """What the merge of the two depends on: where it is the same, so is the answer. Without renames these are
    the files that both change alone, on top of the same two commits."""
    if where.nearby or one.deleted or other.deleted:
        return one.commit, other.commit
    contents = tuple((path, one.files[path], other.files[path]) for path in sorted(where.paths))
    return one.head, other.head, one.covers(other), other.covers(one), contents


def _nearby(one: CardChanges, other: CardChanges) -> Iterator[str]:
    """What `one` changes that is in the way of a file or folder of `other`."""
    moved = _folders(other.deleted) if other.added else frozenset()
    if not moved and not other.added:
        return
    for path in one.added:
        above = tuple(_above(path))
        if any(folder in other.added for folder in above) or (above and above[0] in moved):
            yield path


def _folders(paths: Collection[str]) -> frozenset[str]:
    return frozenset(path.rpartition("/")[0] for path in paths if "/" in path)


def _above(path: str) -> Iterator[str]:
    """The folders that it is in, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
