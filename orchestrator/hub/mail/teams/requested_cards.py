"""Cards requested by sessions: how many a session may open, and a person's approval of the others."""

import uuid
from dataclasses import dataclass, replace

from orchestrator.core.board.views import CardView
from orchestrator.core.commands import RemoveCard, StartCard
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.message import Kind
from orchestrator.core.model import Card
from orchestrator.core.requests.cards import New
from orchestrator.core.requests.needs import Verdict
from orchestrator.core.text.clean import one_line
from orchestrator.core.worktrees.repo import Loss
from orchestrator.hub.doors.caller import Caller
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.mail.sending.sender import ORCH_ITSELF
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.services.new_cards import mode_of


@dataclass(frozen=True, slots=True)
class RequestedCards:
    """`free` is how many cards a session may open by itself, `ruled` the labels that rules look at: a card
    with one that the session's own card lacks waits for a human. None gets another agent than the session's
    own, or a wider permission mode."""

    engine: Engine
    card_service: CardService
    mail_service: MailService
    free: int
    ruled: frozenset[str] = frozenset()

    async def open(self, caller: Caller, request: New) -> CardView:
        """Creates the card; it starts unless it needs approval. Raises as `CardService.new`."""
        card = self.engine.state.cards[caller.card]
        asks = self._opened(card) >= self.free or bool((self.ruled & set(request.labels)) - set(card.labels))
        request = replace(request, agent=card.agent)
        own = await mode_of(card.repo, card.permission_mode, card.agent)
        wider = self.card_service.agents.of(card).launch.allows_more
        if wider(await mode_of(request.repo, request.permission_mode, request.agent), own):
            request = replace(request, permission_mode=own)
        return await self.card_service.new(request, lead=card.slug, wanted=asks)

    def status(self, me: Card, ref: str) -> tuple[CardView, ...]:
        """The card with that name, else all that `me` leads."""
        if ref:
            return (self.card_service.view(self.card_service.find(ref).id),)
        led = [card.id for card in self.engine.state.cards.values() if card.lead == me.slug]
        return tuple(self.card_service.view(card) for card in led)

    async def answer(self, card_id: str, verdict: Verdict, message: str) -> CardView:
        """A person's decision about a requested card; returns its view. Raises `RefusedError`."""
        card = self.engine.state.cards[card_id]
        if not card.wanted:
            raise refusal(f"{card_id} is not waiting for approval")
        if verdict == "allow":
            await self.engine.submit(StartCard(card_id, str(uuid.uuid4())))
            return self.card_service.view(card_id)
        if verdict != "deny":
            raise refusal(f"{card_id} cannot be answered so", hint="Use allow or deny.")
        before = self.card_service.view(card_id)
        await self.engine.submit(RemoveCard(card_id, rescue=False, loss=Loss()))
        await self.engine.settle(card_id)
        await self._tell_lead(card, message)
        return before

    def _opened(self, card: Card) -> int:
        """How many cards the present session has opened without approval, or with it."""
        since = card.session.started_at if card.session else card.created_at
        return sum(
            1
            for each in self.engine.state.cards.values()
            if each.lead == card.slug and not each.wanted and each.created_at >= since
        )

    async def _tell_lead(self, card: Card, message: str) -> None:
        if self.mail_service.directory.card(card.lead) is None:
            return
        why = f" The human says: {message}" if message else ""
        title = one_line(card.title, 100)
        words = f"The human denied the card {card.slug} ({title}); it was removed.{why}"
        draft = Draft(Kind.STATUS, words, subject=f"{card.slug} was not allowed")
        await self.mail_service.sending.send(ORCH_ITSELF, [card.lead], draft)
