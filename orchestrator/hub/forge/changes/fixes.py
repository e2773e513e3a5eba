"""A person's requests about fixing a change request."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.board.views import CardView
from orchestrator.core.forge.autofix import commands
from orchestrator.core.forge.autofix.decide import not_open
from orchestrator.core.forge.autofix.problems import Problems, problems_words
from orchestrator.core.forge.autofix.views import ProblemsView, problem_views
from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.events import ChangeSeen
from orchestrator.core.model import Card
from orchestrator.core.requests.fixes import Fix, FixesSent, ListProblems, SetAutofix
from orchestrator.core.text.clean import one_line
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.accounts import Accounts
from orchestrator.hub.forge.changes.fixing import problems_of
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

    async def fix(self, request: Fix, speaker: Speaker) -> FixesSent:
        """Sends those problems to the card's session."""
        card, _ = await self._fresh(request.card)
        found = await problems_of(self.accounts, card)
        chosen = _named(card, found, request.keys) if request.keys else _new(card, found)
        command = commands.QueueFixes(card.id, uuid.uuid4().hex[:12], chosen, request.note)
        await self.cards.engine.submit(command, speaker)
        return FixesSent(self.cards.view(card.id), problems_words(chosen))

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


def _named(card: Card, found: Problems, names: Sequence[str]) -> Problems:
    """Those that are named."""
    keys = {name: found.named(name) for name in names}
    if unknown := [name for name, known in keys.items() if not known]:
        hint = f"List them: orch pr problems {card.id}"
        raise refusal(f"no problem {one_line(unknown[0], 100)!r} in the pull request of {card.id}", "", hint)
    return found.among({key for known in keys.values() for key in known})


def _new(card: Card, found: Problems) -> Problems:
    """Those that the session was not sent yet, of which outsiders wrote none."""
    members = found.of_members()
    new = members.without(card.forge.autofix.sent)
    if members.keys and not new.keys:
        many = len(members.keys)
        why = "the only one was sent already" if many == 1 else f"all {many} were sent already"
        raise refusal(why, "", f"Name one to send it again: orch pr fix {card.id} KEY")
    if found.keys and not new.keys:
        why = "comments of outsiders are sent only if they are named"
        hint = f"List them: orch pr problems {card.id}. Send one: orch pr fix {card.id} KEY"
        raise refusal(f"nothing to fix in the pull request of {card.id}", why, hint)
    return new
