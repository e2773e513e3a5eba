"""The event stream: a board, then what changes, to any number of clients."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Any

from orchestrator.core.views import CardView, HubView, Need
from orchestrator.hub.engine import Engine

_KEEP_ALIVE = 10.0
"""Seconds between two comments on a quiet stream, so that each side knows of the other's end."""


class Stream:
    """Feeds all clients. A slow client gets each card's newest view only, so nothing piles up."""

    def __init__(
        self, engine: Engine, hub_view: Callable[[], HubView], needs: Callable[[], tuple[Need, ...]]
    ) -> None:
        self._engine = engine
        self._hub_view = hub_view
        self._needs = needs
        self._last_needs = needs()
        self._last_hub = hub_view()
        self._clients: set[_Client] = set()
        self.closed = False
        engine.listen(self._changed)

    def board(self) -> dict[str, Any]:
        return {
            "hub": asdict(self._hub_view()),
            "cards": [asdict(card) for card in self._engine.cards],
            "needs": [asdict(need) for need in self._needs()],
        }

    async def events(self) -> AsyncIterator[bytes]:
        """Server-sent events, as `client.Update` reads them."""
        client = _Client()
        self._clients.add(client)
        try:
            yield _sent({"kind": "board", **self.board()})
            while not self.closed:
                try:
                    async with asyncio.timeout(_KEEP_ALIVE):
                        await client.news.wait()
                except TimeoutError:
                    yield b": alive\n\n"
                    continue
                client.news.clear()
                cards, client.cards = client.cards, {}
                for card_id, view in cards.items():
                    yield _sent(
                        {"kind": "card", "card": asdict(view)} if view else {"kind": "gone", "id": card_id}
                    )
                if client.needs:
                    client.needs = False
                    yield _sent({"kind": "needs", "needs": [asdict(need) for need in self._last_needs]})
                if client.hub:
                    client.hub = False
                    yield _sent({"kind": "hub", "hub": asdict(self._last_hub)})
        finally:
            self._clients.discard(client)

    def refresh(self) -> None:
        """Tells clients of what waits and of the header's figures, where they have changed."""
        needs = self._needs()
        if needs != self._last_needs:
            self._last_needs = needs
            for client in self._clients:
                client.needs = True
                client.news.set()
        view = self._hub_view()
        if view != self._last_hub:
            self._last_hub = view
            for client in self._clients:
                client.hub = True
                client.news.set()

    def close(self) -> None:
        """Ends every client's stream."""
        self.closed = True
        for client in self._clients:
            client.news.set()

    def _changed(self, card_id: str, view: CardView | None) -> None:
        for client in self._clients:
            client.cards[card_id] = view
            client.news.set()


class _Client:
    def __init__(self) -> None:
        self.cards: dict[str, CardView | None] = {}
        self.hub = False
        self.needs = False
        self.news = asyncio.Event()


def _sent(said: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(said, separators=(",", ":")).encode() + b"\n\n"
