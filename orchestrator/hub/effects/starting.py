"""The way to a session: its worktree, its set-up, its window."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator import config
from orchestrator.agents import plain
from orchestrator.agents.claude_code import launch, transcript
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.events import Event, SetupFinished, StartFailed, WindowOpened, WorktreeAdded
from orchestrator.core.model import Card, Failure
from orchestrator.hub.effects.ending import close_window
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from orchestrator.world import worktrees
from orchestrator.world.tmux import Tmux


@dataclass(frozen=True, slots=True)
class Starting:
    """What starts. `hook_url` is where sessions report; `config_dir` the agent's own directory."""

    tmux: Tmux
    home: Home
    tokens: Tokens
    hook_url: str
    config_dir: Path
    leaving: threading.Event
    """Set when the hub ends: set-ups are broken off, and owed again after the next start."""
    hub_started_at: float = field(default_factory=time.time)

    def add_worktree(self, card: Card) -> Iterable[Event]:
        root = Path(card.repo)
        facts = worktrees.look(root, card.base)
        if facts.refusal or not facts.base:
            why = facts.refusal or f"the base {card.base!r} does not exist any more"
            raise worktrees.GitFailed(
                "the worktree could not be added", why, "Make a new card with another base."
            )
        tree = worktrees.add(
            root,
            Path(card.path),
            card.branch,
            facts.base,
            existing=card.existing_branch,
            # A hub before this one may have been killed while it made the worktree.
            began=card.launch is not None and card.launch.since < self.hub_started_at,
        )
        return (WorktreeAdded(time.time(), card.id, tree),)

    def set_up(self, card: Card) -> Iterable[Event]:
        assert card.worktree is not None
        path = Path(card.worktree.path)
        if not path.is_dir():
            raise worktrees.GitFailed(
                "the worktree is gone",
                f"{path} is not there",
                "Remove the card with a rescue, which keeps its branch's commits.",
            )
        if not card.set_up:
            settings = config.load(Path(card.repo)).worktree
            worktrees.copy_files(Path(card.repo), path, settings.copy_)
            done = worktrees.run_setup(
                path, settings.setup, timeout_s=settings.setup_timeout, env={}, stop=self.leaving
            )
            if not done.ok and self.leaving.is_set():
                return ()
            if not done.ok:
                ended = (
                    "took too long" if done.exit_code is None else f"ended with exit code {done.exit_code}"
                )
                failure = Failure(
                    "the worktree's set-up failed",
                    f"{done.command!r} {ended}",
                    "Mend it, then start the card again.",
                    time.time(),
                    done.output,
                )
                return (StartFailed(time.time(), card.id, failure),)
        return (SetupFinished(time.time(), card.id),)

    def open_window(self, card: Card) -> Iterable[Event]:
        assert card.launch is not None
        assert card.worktree is not None
        if card.session and not card.session.closed:
            close_window(self.tmux, card, card.session)
        settings = config.load(Path(card.repo))
        folder = self.home.launches / card.id
        session_id = card.launch.session_id
        # Only a conversation that has a file can be resumed, and none that has can be begun again.
        resumed = transcript.find(self.config_dir, session_id) is not None
        spec = LaunchSpec(
            card=card.id,
            run=card.launch.run,
            token=self.tokens.make(card.id, card.launch.run),
            slug=card.slug,
            session_id=session_id,
            resume=resumed,
            prompt="" if resumed else card.launch.prompt,
            model=card.model or settings.agent.model,
            permission_mode=card.permission_mode or settings.agent.permission_mode,
            command=settings.agent.command,
            env=settings.agent.env,
            hook_url=self.hook_url,
            cwd=card.worktree.path,
            statusline_report=folder / "statusline.json",
            user_status_line=launch.user_status_line(self.config_dir, card.worktree.path),
        )
        spec.statusline_report.unlink(missing_ok=True)
        prepare = plain.prepare if settings.agent.kind == "plain" else launch.prepare
        file = prepare(folder, spec)
        pane = self.tmux.open_window(
            f"{card.id}-{card.slug}",
            Path(card.worktree.path),
            ["/bin/sh", str(file)],
            card.id,
            card.launch.run,
        )
        server = self.tmux.sweep().server_pid
        run = card.launch.run
        return (WindowOpened(time.time(), card.id, run, pane.window, pane.pane, pane.pid, server, resumed),)
