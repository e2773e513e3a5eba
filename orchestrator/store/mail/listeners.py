"""Publishes to listeners, within one event loop."""

import asyncio
from collections.abc import AsyncIterator

from orchestrator.store.mail.protocol import MailEvent


class Listeners:
    """Each listener gets everything from its subscription on."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[MailEvent]] = set()

    def tell(self, news: MailEvent) -> None:
        """Queues it for every listener and returns at once. Call it from the event loop only."""
        for queue in self._queues:
            queue.put_nowait(news)

    def listen(self) -> AsyncIterator[MailEvent]:
        """Subscribes before it returns, so that nothing published from then on is missed. Closing the
        iterator unsubscribes."""
        queue: asyncio.Queue[MailEvent] = asyncio.Queue()
        self._queues.add(queue)
        return self._take(queue)

    async def _take(self, queue: "asyncio.Queue[MailEvent]") -> AsyncIterator[MailEvent]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)
