"""Work that was saved before its worktree was removed, as clients are shown it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RescueView:
    """A rescue, and an element of `orch rescue list --json`."""

    ref: str
    repo: str
    card: str
    commit: str
    at: int
    """When it was made, in seconds since 1970."""
    said: str
    """From where it is and what it holds, in words."""


@dataclass(frozen=True, slots=True)
class RescueDetail(RescueView):
    files: tuple[tuple[str, str], ...] = ()
    """(what became of it, path)."""
    patch: str = ""
    """Its changes, where they were asked for."""


@dataclass(frozen=True, slots=True)
class Restored(RescueView):
    branch: str = ""
    path: str = ""
    """The new worktree's folder."""
