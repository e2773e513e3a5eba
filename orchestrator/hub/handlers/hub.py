"""The hub itself, and its board."""

import asyncio
from collections.abc import Callable

from orchestrator.core.board.counts import Counts, counts
from orchestrator.core.board.updates import Board
from orchestrator.core.board.views import HubView, Settings
from orchestrator.core.kept import KeptView
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.hub import ListKept, ShowHub, ShowSettings, ShowStatus, StopHub
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.retention.cleanup import Cleanup
from orchestrator.hub.services.cards import CardService
from orchestrator.hub.telling.stream import Stream

_ANSWERED_WITHIN = 0.05


def hub(card_service: CardService, stream: Stream, retention: Cleanup, stop: Callable[[], None]) -> Table:
    async def show(_: ShowHub) -> HubView:
        return card_service.hub_view()

    async def board(_: ShowBoard) -> Board:
        return stream.board()

    async def status(_: ShowStatus) -> Counts:
        return counts(card_service.engine.cards, card_service.hub_view())

    async def settings(_: ShowSettings) -> Settings:
        return card_service.settings()

    async def kept(_: ListKept) -> tuple[KeptView, ...]:
        return await retention.kept()

    async def end(_: StopHub, __: Speaker) -> None:
        asyncio.get_running_loop().call_later(_ANSWERED_WITHIN, stop)

    return {ShowHub: show, ShowStatus: status, ShowBoard: board, ShowSettings: settings, ListKept: kept}, {
        StopHub: end
    }
