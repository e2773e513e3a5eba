"""What is between two cards: files that both change, conflicts, or one that holds the other."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.overlaps.changes import CardChanges, Contact
from orchestrator.core.overlaps.manifests import is_manifest

Outcome = Literal["clean", "conflict", "unknown"]

OLD_GIT = "git is older than 2.38: whether they conflict is unknown"


@dataclass(frozen=True, slots=True)
class Merge:
    """What git says of merging two cards."""

    outcome: Outcome
    holds: Literal["", "first", "second"] = ""
    """The one of the two that contains the other: the result is what it is without."""
    conflicts: tuple[str, ...] = ()
    """The files in conflict; a conflict of folders may name none."""
    why: str = ""
    """Why it is unknown, as text."""
    gone: bool = False
    """It is unknown because one of the two is no longer stored."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two cards that change the same files. Lock files and manifests are apart from the other files."""

    a: str
    b: str
    """The ids of the cards; `a` has the lower number."""
    files: tuple[str, ...] = ()
    """Files that both change, and others that are in the other card's way."""
    conflicts: tuple[str, ...] = ()
    """Those of them that git cannot merge."""
    manifests: tuple[str, ...] = ()
    """Lock files and manifests that both change."""
    manifest_conflicts: tuple[str, ...] = ()
    unknown: str = ""
    """Why it is unknown whether they conflict, as text; empty if it is known."""
    holds: str = ""
    """The card that contains everything the other changes, such as the upper one of a stack; else empty."""

    @property
    def cards(self) -> tuple[str, str]:
        return self.a, self.b

    def other(self, card: str) -> str:
        """The card that is not this one."""
        return self.b if card == self.a else self.a

    @property
    def in_conflict(self) -> bool:
        """Whether git cannot merge some file, of whatever kind."""
        return bool(self.conflicts or self.manifest_conflicts)

    @property
    def counts(self) -> bool:
        """Whether it is shown on the cards: a stack is no overlap."""
        return not self.holds


def overlap(
    a: tuple[str, CardChanges], b: tuple[str, CardChanges], where: Contact, merge: Merge
) -> Overlap | None:
    """What is between the two cards, each with its id, the one with the lower number first; `None` for
    nothing."""
    (one, its), (other, theirs) = a, b
    too_large = sorted(where.paths & (its.unread | theirs.unread))
    if merge.holds and not too_large:
        return Overlap(one, other, holds=one if merge.holds == "first" else other)
    unknown = merge.why if merge.outcome == "unknown" else ""
    if too_large and not unknown:
        unknown = f"{too_large[0]} is too large to be compared"
    conflicts = _between(merge.conflicts, its, theirs, where)
    if merge.outcome == "conflict" and not merge.conflicts:
        conflicts = {*where.paths} or {*where.nearby}
    shared = {*where.paths, *conflicts}
    if not shared:
        return None
    return Overlap(
        one,
        other,
        *_parted(shared, conflicts, manifests=False),
        *_parted(shared, conflicts, manifests=True),
        unknown=unknown,
    )


def _between(conflicts: Iterable[str], one: CardChanges, other: CardChanges, where: Contact) -> set[str]:
    """Those of git's conflicts that are between the two cards, and not between one of them and what the base
    changed since: the other may have that from the base."""
    moving = bool(where.nearby) or bool(where.paths & (one.deleted | other.deleted))

    def ours(path: str) -> bool:
        if path in where.paths or path in where.nearby:
            return True
        if path in one.files and path in other.files:
            return False  # alike in both
        if path in one.files or path in other.files:
            return moving and (path in one.added or path in other.added)
        return moving

    known = {*one.files, *other.files}
    return {path for path in (_named(path, known) for path in conflicts) if ours(path)}


def _named(path: str, known: Collection[str]) -> str:
    """A file's own name: where a folder is in its place, git calls it `name~commit`."""
    name = path.rpartition("~")[0]
    return name if path not in known and name in known else path


def _parted(
    shared: Iterable[str], conflicts: Iterable[str], *, manifests: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = [
        tuple(sorted(path for path in each if is_manifest(path) is manifests)) for each in (shared, conflicts)
    ]
    return found[0], found[1]
