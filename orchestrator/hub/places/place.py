"""A place for sessions without a terminal, on any machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestrator import config
from orchestrator.core.model import Card
from orchestrator.world import processes
from orchestrator.world.worktrees import diffs


@dataclass(frozen=True, slots=True)
class Workspace:
    """The requirements of a session. `url` is the hub's URL from there; `folder` is the final location of its
    files, if they are moved."""

    cwd: str
    url: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    resumable: bool
    """Whether its conversation exists there, so that it is resumed and not started."""
    folder: Path | None = None
    used: bool = False
    """Whether there was a session with that id, so that no other can be started with it."""


class Place(Protocol):
    """Where a card's process runs. Everything blocks, and raises `HostError`, an error of git, `NotStarted`
    or `OSError`."""

    def look(self, card: Card, run: int) -> processes.Outcome:
        """The state of the process of that run."""

    def ground(self, card: Card, session_id: str, settings: config.Config) -> Workspace:
        """Prepares everything for a session of the card."""

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> processes.Outcome:
        """Runs the launch file in its folder, once, however often it is called."""

    def end(self, card: Card, patience: float) -> None:
        """Ends the card's session, if it is running."""

    def unclean(self, card: Card) -> str:
        """The uncommitted changes there, as text; empty for none."""

    def bring_back(self, card: Card, *, rescue: bool) -> str:
        """Fetches its commits to the branch here. With `rescue` uncommitted changes are saved, too, unless
        they are here; returns the name of their ref. Raises `GitRefused`, naming another ref, if the branch
        cannot be moved."""

    def snapshot(self, card: Card, store: diffs.ObjectStore) -> diffs.Snapshot:
        """The card's worktree as it is now, its objects in the store; its branch where it has no worktree."""

    def leave(self, card: Card) -> None:
        """The card's worktree is about to be removed."""
