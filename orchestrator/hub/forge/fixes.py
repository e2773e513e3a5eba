"""A person's requests about fixing a change request."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix import commands
from orchestrator.core.forge.autofix.decide import not_open
from orchestrator.core.forge.autofix.views import ProblemsView, problem_views
from orchestrator.core.forge.changes import ChangeRequest
from orchestrator.core.forge.events import ChangeSeen
from orchestrator.core.model import Card
from orchestrator.core.requests.fixes import Fix, ListProblems, SetAutofix
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.forge.fixing import problems_of
from orchestrator.hub.loop.engine import RefusedError, refusal
from orchestrator.hub.services.cards import CardService


@dataclass(frozen=True, slots=True)
class Fixes:
    """Every method raises `RefusedError`, `ForgeError`, or an error of git or the configuration."""

    cards: CardService
    accounts: Accounts

    async def problems(self, request: ListProblems) -> ProblemsView:
        """Everything that is to be fixed, as the forge tells now."""
        card, change = await self._fresh(request.card)
        found = await problems_of(self.accounts, card)
        shown = problem_views(found, card.forge.autofix.sent)
        return ProblemsView(card.id, change.number, change.url, shown, change.as_of)

    async def fix(self, request: Fix, speaker: Speaker) -> CardView:
        """Sends those problems to the card's session."""
        card, _ = await self._fresh(request.card)
        found = await problems_of(self.accounts, card)
        if unknown := set(request.keys) - set(found.keys):
            hint = f"List them: orch pr problems {card.id}"
            raise refusal(f"no problem {min(unknown)} in the pull request of {card.id}", "", hint)
        chosen = (
            found.among(request.keys) if request.keys else found.of_members().without(card.forge.autofix.sent)
        )
        command = commands.QueueFixes(card.id, uuid.uuid4().hex[:12], chosen, request.note)
        await self.cards.engine.submit(command, speaker)
        return self.cards.view(card.id)

    async def set_autofix(self, request: SetAutofix, speaker: Speaker) -> CardView:
        """Turns it on or off."""
        card = self.cards.find(request.card)
        await self.cards.engine.submit(commands.SetAutofix(card.id, request.on), speaker)
        return self.cards.view(card.id)

    async def _fresh(self, ref: str) -> tuple[Card, ChangeRequest]:
        """The card with its open change request, as the forge tells now."""
        card = self.cards.find(ref)
        if refused := not_open(card):
            raise RefusedError(refused)
        known = card.forge.request
        assert isinstance(known, ChangeRequest)
        place = await self.accounts.of(Path(card.repo))
        found = await place.account.ask(lambda forge: forge.changes([known.ref])[known.ref])
        if isinstance(found, ChangeRequest) and found != known:
            await self.cards.engine.record((ChangeSeen(time.time(), card.id, found),))
        card = self.cards.find(ref)
        if refused := not_open(card):
            raise RefusedError(refused)
        return card, found if isinstance(found, ChangeRequest) else known
