"""A place for sessions: a window, a process without a terminal, or another machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestrator import config
from orchestrator.agents.agent import Launch, LaunchSpec
from orchestrator.core.model import Card
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


@dataclass(frozen=True, slots=True)
class Opened:
    """A started session. Without a terminal it has neither window nor pane."""

    pid: int
    window: str = ""
    pane: str = ""
    server: int = 0
    """The pid of the tmux server."""


class Place(Protocol):
    """Where a card's session runs. Everything blocks, and raises `HostError`, `TmuxError`, an error of git,
    `NotStarted` or `OSError`.

    The state of sessions is not read here: one call reads all windows, and one all sessions of a host
    (`hub.watching`).
    """

    def begun(self, card: Card, run: int) -> Opened | None:
        """The session that a killed hub or an interrupted call has started for that run."""

    def workspace(self, card: Card, session_id: str, settings: config.Config) -> Workspace:
        """Prepares everything for a session of the card."""

    def prepare(self, launch: Launch, folder: Path, spec: LaunchSpec, ground: Workspace) -> Path:
        """Writes the files of a start into the folder, and returns the launch file. Raises
        `UnfitCommandError`."""

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> Opened:
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
