"""Sessions of another journal on this tmux server: list, adopt, end."""

import asyncio
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator import config
from orchestrator.agents.configured import Agents
from orchestrator.core.board.windows import WindowView
from orchestrator.core.commands import AdoptSession, StartCard
from orchestrator.core.model import Card, Worktree
from orchestrator.hub.conversations.owners import Owners
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.places.local import let_leave
from orchestrator.hub.services.lookup import MissingError
from orchestrator.hub.services.new_cards import trusted_settings_of
from orchestrator.hub.services.programs import check_program
from orchestrator.hub.windows.inspect import ForeignWindow, look_at
from orchestrator.paths import Home
from orchestrator.world.tmux import PaneSeen, Tmux, TmuxGone
from orchestrator.world.worktrees import BranchStanding

_LEAVES_WITHIN = 8.0
"""Seconds that an agent has to exit before its window is closed."""


@dataclass(frozen=True, slots=True)
class ForeignWindows:
    """Raises `MissingError`, `RefusedError`, or an error of tmux, git or the configuration. `tmux` is `None`
    for a hub without windows."""

    engine: Engine
    tmux: Tmux | None
    home: Home
    owners: Owners
    agents: Agents

    async def all(self) -> tuple[WindowView, ...]:
        """One for each session of another journal on our tmux server."""
        return tuple(each.view for each in await asyncio.gather(*map(self._look, await self._foreign())))

    async def adopt(self, ref: str, name: str, *, restart: bool) -> str:
        """The id of a card in the backlog with its worktree, branch and conversation. With `restart` its
        process is ended and the card starts. A repeated call continues where it was interrupted."""
        found = await self._find(ref)
        tree = _adoptable(found)
        settings = await asyncio.to_thread(trusted_settings_of, Path(tree.path))
        if restart:
            check_program(settings, found.agent)
            await self._must_be_alone(found)
        card = self._adopted(found)
        if card is None or card.session:
            made = f"c{self.engine.state.next_card}"
            await self.engine.submit(_adoption(found, tree, name, settings))
        else:
            made = card.id
        if restart:
            await self._end(found)
            await self.engine.submit(StartCard(made, str(uuid.uuid4())))
        return made

    async def end(self, ref: str) -> WindowView:
        """Ends its process and closes it. Its worktree is kept."""
        found = await self._find(ref)
        await self._end(found)
        return found.view

    async def _foreign(self) -> tuple[PaneSeen, ...]:
        if self.tmux is None:
            return ()
        try:
            return (await asyncio.to_thread(self.tmux.sweep)).foreign
        except TmuxGone:
            return ()

    async def _look(self, pane: PaneSeen) -> ForeignWindow:
        entry = None if pane.dead else self.owners.under(pane.pid)
        found = await asyncio.to_thread(look_at, self.home, self.agents, pane, entry)
        card = self._adopted(found)
        return replace(found, view=replace(found.view, adopted=card.id)) if card else found

    def _adopted(self, found: ForeignWindow) -> Card | None:
        """The card that has taken over its worktree."""
        cards = self.engine.state.cards.values()
        return next((card for card in cards if found.tree and card.path == found.tree.path), None)

    async def _find(self, ref: str) -> ForeignWindow:
        panes = await self._foreign()
        fits = [pane for pane in panes if ref in (pane.window, pane.pane, pane.window.removeprefix("@"))]
        if len(fits) == 1:
            return await self._look(fits[0])
        if fits:
            raise MissingError(
                f"{ref} holds several sessions", ", ".join(pane.pane for pane in fits), "Name one of these."
            )
        raise MissingError(f"no session of another journal is in {ref!r}", hint="orch windows lists them.")

    async def _must_be_alone(self, found: ForeignWindow) -> None:
        """No second agent is started in a worktree."""
        for other in await asyncio.gather(*map(self._look, await self._foreign())):
            here = other.view.folder == found.view.folder and other.view.state == "running"
            if here and other.pane.pane != found.pane.pane:
                raise refusal(
                    f"cannot restart the session in {found.view.window} here",
                    f"another one works in its worktree: {other.view.window} (process {other.view.pid})",
                    f"End that first: orch windows end {other.view.window}",
                )

    async def _end(self, found: ForeignWindow) -> None:
        assert self.tmux is not None
        if not found.pane.dead:
            await asyncio.to_thread(let_leave, found.pane.pid, _LEAVES_WITHIN)
        await asyncio.to_thread(self.tmux.close_pane, found.pane.pane)


def _adoptable(found: ForeignWindow) -> BranchStanding:
    tree, window = found.tree, found.view.window
    what, end = f"cannot adopt the session in {window}", f"To end it: orch windows end {window}"
    if tree is None:
        where = found.view.folder or "an unknown folder"
        raise refusal(what, f"it works in {where}, which is not a git worktree", end)
    if tree.main:
        raise refusal(what, f"it works in {tree.path}, the repository's main worktree", end)
    if not tree.branch:
        name = found.view.slug or "NAME"
        raise refusal(
            what,
            f"no branch is checked out in {tree.path}",
            f"Create one: git -C {tree.path} switch -c {name}",
        )
    return tree


def _adoption(found: ForeignWindow, tree: BranchStanding, name: str, settings: config.Config) -> AdoptSession:
    before = found.launched
    # Its branch may be older than the other journal: it stays when the worktree is removed.
    worktree = Worktree(
        tree.path, tree.branch, tree.began_at, made=before.cwd == tree.path, made_branch=False
    )
    mode = before.permission_mode
    return AdoptSession(
        window=found.view.window,
        name=name or found.view.slug,
        repo=tree.root,
        base=tree.base,
        worktree=worktree,
        conversation=found.view.conversation,
        model=before.model,
        permission_mode=mode if mode in settings.agent_named(found.agent).permission_modes else "",
        agent=found.agent,
    )
