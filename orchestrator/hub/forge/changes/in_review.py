"""Opens and updates the change requests of cards in Review, where the configuration says so."""

import asyncio
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.config import GitHubSettings
from orchestrator.core.errors import OrchError
from orchestrator.core.forge.changes.in_review import publishes
from orchestrator.core.model import Card
from orchestrator.core.workflow.progress import stage_of
from orchestrator.hub.forge.changes.service import ChangeRequests
from orchestrator.hub.loop.forever import endless
from orchestrator.world.forge.errors import ForgeError, passes
from orchestrator.world.worktrees.publishing import branch

_EVERY = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InReview:
    """`forges` are the tables of the configuration: while none says so, nothing is looked for."""

    requests: ChangeRequests
    forges: Collection[GitHubSettings]
    _refused: dict[str, str] = field(default_factory=dict)
    """The tip of a card's branch that was refused: it is tried again once that changes."""

    async def run(self) -> None:
        """Looks until it is cancelled."""
        faults = self.requests.cards.engine.faults
        await endless("review rules", self.look, faults, lambda: asyncio.sleep(_EVERY))

    async def look(self) -> None:
        """Publishes what is due now."""
        after = [each.review_after for each in self.forges if each.open_in_review]
        if not after:
            return
        state = self.requests.cards.engine.state
        for card in tuple(state.cards.values()):
            if publishes(card, stage_of(state, card), time.time(), min(after)):
                await self._publish(card)

    async def _publish(self, card: Card) -> None:
        tip = await asyncio.to_thread(branch.tip, Path(card.repo), card.branch)
        if self._refused.get(card.id) == tip:
            return
        try:
            settings = (await self.requests.accounts.of(Path(card.repo))).settings
            state = self.requests.cards.engine.state
            now = state.cards.get(card.id)
            due = now and publishes(now, stage_of(state, now), time.time(), settings.review_after)
            if now and due and settings.open_in_review:
                await self.requests.push_new(now)
        except OrchError as error:
            _log.info("the pull request of %s is not opened: %s", card.id, error)
            if not (isinstance(error, ForgeError) and passes(error)):
                self._refused[card.id] = tip
