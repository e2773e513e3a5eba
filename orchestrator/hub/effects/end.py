"""Endings: a session's process and window, a worktree removed."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.events import Event, SessionClosed, WorktreeRemoved
from orchestrator.core.forge.changes.linking import merged_change
from orchestrator.core.landing.methods import METHODS
from orchestrator.core.model import Card
from orchestrator.hub.effects.alone import descendants, must_be_alone
from orchestrator.hub.effects.whereabouts import found_again, spare_in
from orchestrator.hub.places.places import Places
from orchestrator.paths import Home
from orchestrator.world import hosts, worktrees

_LEAVES_WITHIN = 8.0
"""Seconds that an agent has to exit after SIGTERM, before its window is closed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndEffects:
    """Carries out endings."""

    home: Home
    places: Places
    told: Callable[[str, str], None] = lambda _card, _words: None
    """Called from any thread with the progress of a card's ending."""

    async def end_session(self, card: Card) -> Iterable[Event]:
        """Ends it where it runs. If a host does not respond, nothing has happened: it is asked again."""
        session = card.session
        assert session is not None
        if _removes(card):
            await asyncio.to_thread(must_be_alone, self.home, card, descendants(session.pid))
        place = self.places.windows if session.window else self.places.of(card)
        try:
            await self.places.asked(lambda: place.end(card, _LEAVES_WITHIN))
        except hosts.HostAway as away:
            _log.warning("ending %s: %s", card.id, away)
            return ()
        return (SessionClosed(time.time(), card.id, session.run),)

    def remove_worktree(self, card: Card, rescue: bool) -> Iterable[Event]:
        """Raises `WouldLose` if work would be lost and `rescue` is not set."""
        if moved := found_again(card):
            return (moved,)
        tree = card.worktree
        assert tree is not None
        must_be_alone(self.home, card, (), _LEAVES_WITHIN)
        self.places.leave(card)
        into = card.ending.into if card.ending else ""
        removal = worktrees.remove(
            Path(card.repo),
            Path(tree.path),
            tree.branch,
            made_branch=tree.made_branch,
            base=into or card.base,
            rescue_as=card.id if rescue else None,
            at=time.time(),
            spare=spare_in(card),
            since=tree.base_commit,
            landed=card.landed,
            merged=_merged_head(card),
            told=lambda words: self.told(card.id, words),
        )
        notes = "; ".join(removal.notes)
        return (WorktreeRemoved(time.time(), card.id, removal.rescue_ref or "", notes, removal.tip),)


def _removes(card: Card) -> bool:
    """Whether the card's worktree is removed with its session."""
    ending = card.ending
    goes = ending is not None and (ending.how or ending.then) in (*METHODS, "pr", "discard", "remove")
    return goes and card.worktree is not None and card.worktree.made


def _merged_head(card: Card) -> str:
    """The commit that its change request has brought into the base, if that is why the card is finished."""
    change = merged_change(card.forge)
    return change.head_commit if change and card.ending and card.ending.how == "pr" else ""
