"""Which cards change the same files."""

from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.overlaps import ListOverlaps
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.overlaps.radar import Radar
from orchestrator.hub.services.cards import CardService


def overlaps(radar: Radar, cards: CardService) -> Table:
    async def every(request: ListOverlaps) -> tuple[RepositoryOverlaps, ...]:
        return await radar.ask(cards.find(request.card) if request.card else None, request.look)

    return {ListOverlaps: every}, {}
