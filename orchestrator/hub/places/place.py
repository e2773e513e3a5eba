"""What a place of sessions without a terminal offers, on whatever machine it is."""

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
    """What a session stands on. `url` is where it reaches the hub; `folder` where its files will lie, if not
    where they are written."""

    cwd: str
    url: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    resumable: bool
    """Whether its conversation has begun there, so that it is resumed and not started."""
    folder: Path | None = None
    used: bool = False
    """Whether a session of that id was there, so that none can be begun under it."""


class Place(Protocol):
    """Where a card's process is kept. Everything blocks, and raises `HostError`, an error of git,
    `NotStarted` or `OSError`."""

    def look(self, card: Card, run: int) -> processes.Outcome:
        """How far the process of that run is."""

    def ground(self, card: Card, session_id: str, settings: config.Config) -> Workspace:
        """Makes everything ready for a session of the card."""

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> processes.Outcome:
        """Runs the launch file in its folder, once, however often it is asked to."""

    def end(self, card: Card, patience: float) -> None:
        """Ends the card's session, if it runs."""

    def unclean(self, card: Card) -> str:
        """What is not committed where it works, in words; empty where it is clean."""

    def bring_back(self, card: Card, *, rescue: bool) -> str:
        """Has what it has committed on the branch here. With `rescue` what is not committed is kept, too,
        unless it lies here; returns the name of the ref that does. Raises `GitRefused`, naming another ref,
        where the branch can't be moved."""

    def snapshot(self, card: Card, store: diffs.ObjectStore) -> diffs.Snapshot:
        """The card's worktree as it is now, its objects in the store; its branch where it has no worktree."""

    def leave(self, card: Card) -> None:
        """The card's worktree is about to go."""
