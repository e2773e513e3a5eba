"""This machine as a place for sessions: in a tmux window, or as a process without a terminal."""

import os
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator import config, process
from orchestrator.agents.agent import Launch, LaunchSpec
from orchestrator.agents.configured import Agents
from orchestrator.core.model import Card
from orchestrator.core.sessions.model import Session
from orchestrator.hub.places.place import Opened, Workspace
from orchestrator.paths import Home
from orchestrator.world import processes, worktrees
from orchestrator.world.tmux import Pane, Tmux, TmuxError, TmuxGone
from orchestrator.world.worktrees import diffs


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """What both share: the card's own worktree, and the agent's own directory."""

    home: Home
    url: str
    agents: Agents

    def workspace(self, card: Card, session_id: str, settings: config.Config) -> Workspace:
        assert card.worktree is not None
        named = card.session.transcript if card.session else ""
        conversations = self.agents.of(card).conversations
        found = conversations.find(session_id, named) if conversations else None
        begun = conversations is not None and found is not None and conversations.begun(found)
        agent = settings.agent_named(card.agent)
        return Workspace(
            card.worktree.path, self.url, agent.command, agent.env, resumable=begun, used=found is not None
        )

    def unclean(self, card: Card) -> str:
        """In a worktree that existed before the card, older untracked files are not its own."""
        assert card.worktree is not None
        since = 0.0 if card.worktree.made else card.created_at
        return worktrees.unclean(Path(card.repo), Path(card.worktree.path), since)

    def bring_back(self, card: Card, *, rescue: bool) -> str:  # noqa: ARG002 (it is here)
        return ""

    def snapshot(self, card: Card, store: diffs.ObjectStore) -> diffs.Snapshot:
        if card.worktree:
            return diffs.snapshot(store, Path(card.worktree.path))
        return diffs.of_branch(store, card.branch)

    def leave(self, card: Card) -> None: ...


@dataclass(frozen=True, slots=True)
class ProcessPlace(LocalPlace):
    """Processes without a terminal, as a `Place`."""

    def begun(self, card: Card, run: int) -> Opened | None:
        outcome = processes.look(self.home.process(card.id, run))
        return None if outcome.state == "absent" else Opened(outcome.pid)

    def prepare(self, launch: Launch, folder: Path, spec: LaunchSpec, ground: Workspace) -> Path:
        return launch.in_background(folder, spec, seen_as=ground.folder)

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> Opened:
        folder = self.home.process(card.id, run)
        return Opened(processes.start(folder, ["/bin/sh", str(launch)], Path(cwd), apart=True).pid)

    def end(self, card: Card, patience: float) -> None:
        assert card.session is not None
        processes.end(self.home.process(card.id, card.session.run), patience)


@dataclass(frozen=True, slots=True)
class WindowPlace(LocalPlace):
    """Windows of tmux, as a `Place`."""

    tmux: Tmux

    def begun(self, card: Card, run: int) -> Opened | None:
        pane = self.tmux.opened(card.id, run)
        return _opened(pane) if pane else None

    def prepare(self, launch: Launch, folder: Path, spec: LaunchSpec, ground: Workspace) -> Path:  # noqa: ARG002
        spec.statusline_report.unlink(missing_ok=True)
        return launch.in_window(folder, spec)

    def begin(self, card: Card, run: int, launch: Path, cwd: str) -> Opened:
        name, argv = f"{card.id}-{card.slug}", ["/bin/sh", str(launch)]
        return _opened(self.tmux.open_window(name, Path(cwd), argv, card.id, run))

    def end(self, card: Card, patience: float) -> None:
        """Lets the agent exit on its own, then closes its window. Only a process that tmux still shows in the
        card's own pane gets a signal."""
        session = card.session
        assert session is not None
        if self._runs(session):
            let_leave(session.pid, patience)
        try:
            self.close(card, session)
        except TmuxError:
            if self._runs(session):
                raise
        shutil.rmtree(self.home.launches / card.id, ignore_errors=True)

    def close(self, card: Card, session: Session) -> None:
        """Closes the session's window, wherever it was moved to, and keeps panes that the user has split off.
        Raises `TmuxError`."""
        try:
            panes = self.tmux.sweep().panes
        except TmuxGone:
            return
        for pane in panes:
            if (pane.card, pane.run) == (card.id, session.run):
                self.tmux.close_pane(pane.pane)

    def _runs(self, session: Session) -> bool:
        try:
            panes = self.tmux.sweep().panes
        except TmuxError:
            return False
        return any(pane.pane == session.pane and pane.pid == session.pid and not pane.dead for pane in panes)


def let_leave(pid: int, patience: float) -> None:
    """Asks the process to exit, and waits for at most that many seconds."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.runs(pid):
        time.sleep(0.05)


def _opened(pane: Pane) -> Opened:
    return Opened(pane.pid, pane.window, pane.pane, pane.server)
