"""Rescues as clients see them: work saved before its worktree was removed."""

from dataclasses import dataclass

RESCUE_REFS = "refs/orch/rescue/"
"""Where rescues are kept in their repository."""


@dataclass(frozen=True, slots=True)
class RescueView:
    """A rescue, and an element of `orch rescue list --json`."""

    ref: str
    repo: str
    card: str
    commit: str
    at: int
    """When it was saved, in seconds since the epoch."""
    said: str
    """Its origin and content, as text."""


@dataclass(frozen=True, slots=True)
class RescueDetail(RescueView):
    files: tuple[tuple[str, str], ...] = ()
    """(kind of change, path)."""
    patch: str = ""
    """Its changes, if requested."""


@dataclass(frozen=True, slots=True)
class Restored(RescueView):
    branch: str = ""
    path: str = ""
    """The new worktree's folder."""
