"""What has to be fixed in a change request: failing checks, review comments, conflicts.

Every text in it is from outside: from CI, or from whoever may comment.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.text.clean import one_line


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that failed. `log` is the end of what it printed, or of what it reported."""

    name: str
    commit: str
    url: str = ""
    log: str = ""
    no_log: str = ""
    """Why there is no log, as text."""

    @property
    def key(self) -> str:
        """Names this failure: the same check of another commit is another failure."""
        return f"check:{self.commit}:{self.name}"


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment in an unresolved thread of a review. `line` is 0 for a comment on the whole file, and `path`
    empty for a review's own text."""

    id: int
    author: str
    body: str
    path: str = ""
    line: int = 0
    url: str = ""
    member: bool = True
    """Its author belongs to those who work on the repository; of a public one anybody may comment."""
    outdated: bool = False
    """The line has changed since."""

    @property
    def key(self) -> str:
        """Names this comment."""
        return f"comment:{self.id}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """The branch does not merge into its base."""

    base: str
    commit: str

    @property
    def key(self) -> str:
        """Names this conflict: after another commit it is another one."""
        return f"conflict:{self.commit}"


@dataclass(frozen=True, slots=True)
class Problems:
    """Everything that has to be fixed in a change request."""

    checks: tuple[FailedCheck, ...] = ()
    comments: tuple[ReviewComment, ...] = ()
    conflict: Conflict | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """One for each problem."""
        found = (*self.checks, *self.comments, *((self.conflict,) if self.conflict else ()))
        return tuple(each.key for each in found)

    def named(self, name: str) -> tuple[str, ...]:
        """The keys of what a person calls that: a key, a check's name, `check:NAME`, a comment's id, or
        `conflict`; empty for nothing."""
        if name in self.keys:
            return (name,)
        if name == "conflict":
            return (self.conflict.key,) if self.conflict else ()
        check = name.removeprefix("check:")
        if found := tuple(each.key for each in self.checks if each.name in (name, check)):
            return found
        return tuple(each.key for each in self.comments if str(each.id) == name)

    def without(self, keys: Collection[str]) -> "Problems":
        """What is not among these keys."""
        return self._only(lambda key: key not in keys)

    def among(self, keys: Collection[str]) -> "Problems":
        """What is among these keys."""
        return self._only(lambda key: key in keys)

    def of_members(self) -> "Problems":
        """Without the comments of outsiders: those reach a session only if a person picks them."""
        return replace(self, comments=tuple(each for each in self.comments if each.member))

    def _only(self, holds: Callable[[str], bool]) -> "Problems":
        return Problems(
            tuple(each for each in self.checks if holds(each.key)),
            tuple(each for each in self.comments if holds(each.key)),
            self.conflict if self.conflict and holds(self.conflict.key) else None,
        )


def conflict_of(change: ChangeRequest) -> Conflict | None:
    """The conflict that was fetched, if there is one."""
    found = change.mergeability
    conflicts = found is not NOT_FETCHED and found.state == "conflicts"
    return Conflict(change.base, change.head_commit) if conflicts else None


def checks_failed(change: ChangeRequest) -> bool:
    """Whether checks failed and none runs any more: the ones that follow fail for the same reason."""
    found = change.checks
    return found is not NOT_FETCHED and found.state == "failing" and not found.running


def asks_for_changes(change: ChangeRequest) -> bool:
    """Whether reviewers wait for an answer."""
    found = change.review
    return found is not NOT_FETCHED and (found.unresolved > 0 or found.decision == "changes_requested")


def problems_words(problems: Problems) -> str:
    """The problems in a few words: `2 failing checks (lint, tests), 1 review comment`."""
    said = []
    if checks := problems.checks:
        names = one_line(", ".join(each.name for each in checks), 120)
        said.append(f"{_many(len(checks), 'failing check')} ({names})")
    if problems.comments:
        said.append(_many(len(problems.comments), "review comment"))
    if problems.conflict:
        said.append(f"conflicts with {one_line(problems.conflict.base)}")
    return ", ".join(said)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
