"""What waits to be sent to forges, and what a person decides about it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from orchestrator.core.forge.outbox import ForgeOutbox, forge_outbox
from orchestrator.core.model import Card
from orchestrator.core.requests.forge import (
    DropChanges,
    OutboxCommand,
    RetryChanges,
    SettleConflict,
    ShowOutboxes,
)
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine


def forge(engine: Engine, find: Callable[[str], Card]) -> Table:
    async def every(request: ShowOutboxes) -> tuple[ForgeOutbox, ...]:
        state = engine.state
        cards: Iterable[Card] = (*state.cards.values(), *state.departed.values())
        found = (named(request.card),) if request.card else cards
        return tuple(each for card in found if (each := outbox(card)))

    def named(ref: str) -> Card:
        return engine.state.departed.get(ref) or find(ref)

    def outbox(card: Card) -> ForgeOutbox | None:
        return forge_outbox(card, removed=card.id in engine.state.departed)

    async def decide(request: OutboxCommand, speaker: Speaker) -> ForgeOutbox | None:
        card = named(request.card).id
        await engine.submit(replace(request, card=card), speaker)
        now = engine.state.departed.get(card) or engine.state.cards.get(card)
        return outbox(now) if now else None

    return {ShowOutboxes: every}, {RetryChanges: decide, DropChanges: decide, SettleConflict: decide}
