"""What waits to be sent to forges, and what a person decides about it."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from orchestrator.core.forge.links import unsent
from orchestrator.core.forge.outbox.waiting import ForgeOutbox, forge_outbox
from orchestrator.core.model import Card
from orchestrator.core.requests.forge import (
    DropChanges,
    OutboxCommand,
    RetryChanges,
    SettleConflict,
    ShowOutboxes,
)
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.forge.sending import ForgeEffects
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine

_TRIED_WITHIN = 10.0
"""Seconds that a requester waits for what is tried now."""
_LOOKS = 0.05


def forge(engine: Engine, find: Callable[[str], Card], sending: ForgeEffects) -> Table:
    async def every(request: ShowOutboxes) -> tuple[ForgeOutbox, ...]:
        state = engine.state
        cards: Iterable[Card] = (*state.cards.values(), *state.departed.values())
        found = (named(request.card),) if request.card else cards
        return tuple(each for card in found if (each := outbox(card)))

    def named(ref: str) -> Card:
        return engine.state.departed.get(ref) or find(ref)

    def outbox(card: Card) -> ForgeOutbox | None:
        found = forge_outbox(card, removed=card.id in engine.state.departed)
        if found is None:
            return None
        account = sending.accounts.known_of(card.repo)
        host = found.host or (account.forge.host if account else "")
        return replace(found, host=host, retry_at=sending.retry_at(card) if found.waiting else 0.0)

    async def decide(request: OutboxCommand, speaker: Speaker) -> ForgeOutbox | None:
        card = named(request.card).id
        await engine.submit(replace(request, card=card), speaker)
        if isinstance(request, RetryChanges):
            await tried(card)
        now = engine.state.departed.get(card) or engine.state.cards.get(card)
        return outbox(now) if now else None

    async def tried(card: str) -> None:
        """Tries what waits now, and returns when that is done or has failed."""
        known = named(card)
        sending.no_pause(known)
        engine.retry(card)
        deadline = time.monotonic() + _TRIED_WITHIN
        while time.monotonic() < deadline:
            now = engine.state.departed.get(card) or engine.state.cards.get(card)
            if now is None or not unsent(now.forge) or sending.retry_at(now):
                return
            await asyncio.sleep(_LOOKS)

    return {ShowOutboxes: every}, {RetryChanges: decide, DropChanges: decide, SettleConflict: decide}
