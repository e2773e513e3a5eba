"""Pushes a card's branch, in the environment of the person; each push was noted before."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator import config
from orchestrator.core.forge.events import ActDone, ActRefused, ActSettled
from orchestrator.core.forge.links import Outgoing
from orchestrator.core.forge.outbox.acts import Push
from orchestrator.core.forge.outbox.receipts import Fate
from orchestrator.core.model import Card
from orchestrator.hub.forge.kinds import Events
from orchestrator.world.worktrees import WorktreeError
from orchestrator.world.worktrees.publishing import remote

_AT_ONCE = 16
"""Pushes at the same time: one whose hook hangs takes minutes."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushEffects:
    """`env` is the environment of a card's session; `leaving` is set when the hub ends."""

    env: Callable[[str], Mapping[str, str]]
    leaving: threading.Event
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "push"))
    """Of their own: whatever else the hub does never waits for a push."""

    async def carry_out(self, card: Card, act: Outgoing, *, fresh: bool) -> Events:
        """Pushes, or finds out whether that was done. Nothing if that cannot be told yet."""
        what = act.act
        assert isinstance(what, Push)
        work = self._push if fresh else self._find_out
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, work, card, act.id, what)
        except (WorktreeError, config.ConfigError) as error:
            _log.warning("%s: %s", card.id, error)
            unknown = isinstance(error, remote.NotPushed) and error.maybe_done
            if not fresh or unknown or self.leaving.is_set():
                return ()
            later = isinstance(error, remote.NotPushed) and error.later
            return (ActRefused(time.time(), card.id, act.id, str(error), again=later),)

    def _push(self, card: Card, act: str, what: Push) -> Events:
        root = Path(card.repo)
        try:
            remote.push(
                root,
                Path(card.worktree.path) if card.worktree else root,
                remote=what.remote,
                branch=what.branch,
                commit=what.commit,
                replaces=what.replaces,
                env=self.env(card.id),
                limit=config.load(root).landing.hooks_timeout,
            )
        except remote.NotPushed as error:
            if not error.maybe_done or self.leaving.is_set():
                raise
            if remote.tip_there(root, what.remote, what.branch, self.env(card.id)) != what.commit:
                return (ActRefused(time.time(), card.id, act, str(error), again=True),)
        return (ActDone(time.time(), card.id, act),)

    def _find_out(self, card: Card, act: str, what: Push) -> Events:
        there = remote.tip_there(Path(card.repo), what.remote, what.branch, self.env(card.id))
        now = time.time()
        return (
            ActDone(now, card.id, act)
            if there == what.commit
            else ActSettled(now, card.id, act, Fate.NOT_SENT),
        )
