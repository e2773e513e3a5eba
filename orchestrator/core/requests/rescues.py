"""Rescues: work saved before its worktree was removed."""

from dataclasses import dataclass

from orchestrator.core.requests.request import Act, Read
from orchestrator.core.worktrees.rescues import RescueDetail, RescueView, Restored


@dataclass(frozen=True, slots=True)
class ListRescues(Read[tuple[RescueView, ...]]):
    """Every rescue in the repository of the path `repo` and in those of all cards, newest first."""

    verb = "rescue.list"
    repo: str = ""


@dataclass(frozen=True, slots=True)
class ShowRescue(Read[RescueDetail]):
    """`ref` is its name, with or without its prefix, or a card's id for the newest of that card."""

    verb = "rescue.show"
    ref: str
    repo: str = ""
    patch: bool = False


@dataclass(frozen=True, slots=True)
class ExportRescue(Read[tuple[bytes, ...]]):
    """All that a rescue holds as a patch in parts, binary files included, for `git apply`: against the commit
    where its work left `base`, or the base of its card, or the default branch. The first lines name it."""

    verb = "rescue.patch"
    ref: str
    repo: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Restore(Act[Restored]):
    """Restores a rescue in a new worktree on a new branch; with `branch_only` as that branch alone, with the
    files committed."""

    verb = "rescue.restore"
    ref: str
    repo: str = ""
    branch: str = ""
    to: str = ""
    branch_only: bool = False


@dataclass(frozen=True, slots=True)
class DropRescue(Act[RescueView]):
    """Removes it; `ref` is its full name."""

    verb = "rescue.drop"
    ref: str
    repo: str = ""
