"""Starts sessions: worktree, set-up, window."""

import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.agents.launch_file import LaunchSpec
from orchestrator.core.effects import opening
from orchestrator.core.events import Event, SetupFinished, StartFailed, WindowOpened, WorktreeAdded
from orchestrator.core.model import Card, Failure, Launch, Worktree
from orchestrator.hub.effects.whereabouts import found_again
from orchestrator.hub.environments import Environments
from orchestrator.hub.mcp.tools import permissions
from orchestrator.hub.places.place import Workspace
from orchestrator.hub.places.places import Places
from orchestrator.hub.tokens import Tokens
from orchestrator.hub.trust import check
from orchestrator.paths import Home
from orchestrator.world import worktrees


@dataclass(frozen=True, slots=True)
class StartEffects:
    """What starts. `orders` says what a card's session is told beside its prompts."""

    home: Home
    tokens: Tokens
    places: Places
    agents: Agents
    orders: Callable[[Card], str]
    environments: Environments
    leaving: threading.Event
    """Set when the hub ends: set-ups are aborted, and pending again after the next start."""
    hub_started_at: float = field(default_factory=time.time)

    def add_worktree(self, card: Card) -> Iterable[Event]:
        """Raises `GitFailed` if the repository or the card's base is unsuitable. Continues what a killed hub
        began."""
        root = Path(card.repo)
        facts = worktrees.look(root, card.base)
        if facts.refusal or not facts.base:
            why = facts.refusal or f"the base {card.base!r} no longer exists"
            raise worktrees.GitFailed("cannot add the worktree", why, "Create a new card with another base.")
        tree = worktrees.add(
            root,
            Path(card.path),
            card.branch,
            facts.base,
            existing=card.existing_branch,
            # A previous hub may have been killed while it added the worktree.
            began=card.launch is not None and card.launch.since < self.hub_started_at,
        )
        return (WorktreeAdded(time.time(), card.id, tree),)

    def set_up(self, card: Card) -> Iterable[Event]:
        """Copies files and runs the repository's set-up, once. A hub that ends meanwhile leaves it to the
        next one; a missing worktree is added again first."""
        assert card.worktree is not None
        path = Path(card.worktree.path)
        if moved := found_again(card):
            return (moved,)  # the set-up is still pending
        if not path.is_dir():
            return (self._made_again(card, card.worktree),)
        if not card.set_up:
            settings = check.settings_in_effect(Path(card.repo)).worktree
            worktrees.copy_files(Path(card.repo), path, settings.copy_)
            done = worktrees.run_setup(
                path,
                settings.setup,
                timeout_s=settings.setup_timeout,
                env=self.environments.of(card.id)[0],
                stop=self.leaving,
            )
            if not done.ok and self.leaving.is_set():
                return ()
            if not done.ok:
                ended = "timed out" if done.exit_code is None else f"ended with exit code {done.exit_code}"
                failure = Failure(
                    "the worktree's set-up failed",
                    f"{done.command!r} {ended}",
                    "Fix it, then start the card again.",
                    time.time(),
                    done.output,
                )
                return (StartFailed(time.time(), card.id, failure),)
        return (SetupFinished(time.time(), card.id),)

    def _made_again(self, card: Card, tree: Worktree) -> Event:
        """Restores a worktree whose folder was deleted, with the commits of its branch."""
        try:
            made = worktrees.add(
                Path(card.repo), Path(tree.path), tree.branch, tree.base_commit, existing=True, began=True
            )
        except worktrees.GitRefused as refused:
            raise worktrees.GitFailed(
                f"cannot recreate the missing worktree {tree.path}",
                f"{refused.what}: {refused.why}" if refused.why else refused.what,
                f"Restore the branch: git -C {card.repo} branch {tree.branch} COMMIT, or see orch rescue "
                f"list; then: orch resume {card.slug}",
            ) from refused
        return WorktreeAdded(
            time.time(), card.id, replace(made, made=tree.made, made_branch=tree.made_branch)
        )

    def open_window(self, card: Card) -> Iterable[Event]:
        """Starts the session in its place: a window, a process without a terminal, or another machine."""
        begun = card.launch
        assert begun is not None
        if card.session and not card.session.closed and card.session.window:
            self.places.windows.close(card, card.session)
        place, launch = self.places.of(card), self.agents.of(card).launch
        before = place.begun(card, begun.run)
        if before and not before.window:
            return (WindowOpened(time.time(), card.id, begun.run, "", "", before.pid, 0, begun.resume),)
        settings = check.settings_in_effect(Path(card.repo))
        ground = place.workspace(card, begun.session_id, settings)
        spec = self._spec(card, begun, settings, ground)
        file = (self.home.launches / card.id).resolve() / "launch.sh"
        # If it was already opened, its files are in use, and its agent reports its conversation.
        if before is None:
            file = place.prepare(launch, file.parent, spec, ground)
        opened = place.begin(card, begun.run, file, ground.cwd)
        if not opened.window:
            return (WindowOpened(time.time(), card.id, begun.run, "", "", opened.pid, 0, spec.resume),)
        prompted = bool(spec.prompt.strip()) if launch.confirms_prompts else None
        return (
            WindowOpened(
                time.time(), card.id, begun.run, opened.window, opened.pane, opened.pid, opened.server,
                spec.resume, prompted, begun.session_id if before else spec.session_id,
            ),
        )  # fmt: skip

    def _spec(self, card: Card, begun: Launch, settings: config.Config, ground: Workspace) -> LaunchSpec:
        here = not self.places.elsewhere(card)
        agent = settings.agent_named(card.agent)
        env, unset, umask = self.environments.of(card.id) if here else ({}, (), None)
        return LaunchSpec(
            card=card.id,
            run=begun.run,
            token=self.tokens.make(card.id, begun.run),
            slug=card.slug,
            # Only an existing conversation can be resumed, and an id can start only one.
            session_id=str(uuid.uuid4()) if ground.used and not ground.resumable else begun.session_id,
            resume=ground.resumable,
            prompt=opening(card, begun, found=ground.resumable),
            model=card.model or agent.model,
            permission_mode=card.permission_mode or agent.permission_mode,
            command=ground.command,
            env={**env, **ground.env},
            unset=unset,
            umask=umask,
            hook_url=f"{ground.url}/hooks",
            cwd=ground.cwd,
            statusline_report=(self.home.launches / card.id).resolve() / "statusline.json",
            repo=card.repo,
            permission_tool=permissions.NAME,
            mcp_url=f"{ground.url}/mcp",
            system_prompt=self.orders(card),
            readable=str(self.home.letters),
            lock=self.home.worktree_lock(ground.cwd) if here else None,
        )
