"""The event stream: a board, then changes, to any number of clients."""

import asyncio
from collections.abc import AsyncIterator, Callable

from orchestrator import wire
from orchestrator.core.board.updates import (
    Board,
    CardChanged,
    CardGone,
    HubChanged,
    MailChanged,
    NeedsChanged,
    RunChanged,
    RunGone,
    Update,
)
from orchestrator.core.board.views import CardView, HubView, Need, Notice
from orchestrator.core.mail.views import MailView
from orchestrator.core.workflow.views import RunView
from orchestrator.hub.loop.engine import Engine

_KEEP_ALIVE = 10.0
"""Seconds between two comments on a quiet stream, so that each side notices the other's end."""


class Stream:
    """Feeds all clients. A slow client gets only the newest view of each card and run: nothing
    accumulates."""

    def __init__(
        self,
        engine: Engine,
        hub_view: Callable[[], HubView],
        needs: Callable[[], tuple[Need, ...]],
        mail: Callable[[], MailView],
    ) -> None:
        self._engine = engine
        self._hub_view = hub_view
        self._needs = needs
        self._mail = mail
        self._last_mail = mail()
        self._last_needs = needs()
        self._last_hub = hub_view()
        self._clients: set[Subscriber] = set()
        self.closed = False
        engine.listen(self._changed)

    def board(self) -> Board:
        """The present state."""
        return Board(self._hub_view(), self._engine.cards, self._needs(), self._engine.runs, self._mail())

    async def events(self, subscriber: "Subscriber | None" = None) -> AsyncIterator[bytes]:
        """Server-sent events, as `wire.updates` reads them; until `subscriber` is ended, if one is given."""
        client = subscriber or Subscriber()
        self._clients.add(client)
        try:
            yield wire.event(self.board())
            while not self._over(client):
                try:
                    async with asyncio.timeout(_KEEP_ALIVE):
                        await client.news.wait()
                except TimeoutError:
                    yield b": alive\n\n"
                    continue
                client.news.clear()
                if self._over(client):
                    return
                changed, client.changed = client.changed, {}
                for subject_id, view in changed.items():
                    yield wire.event(_change(subject_id, view))
                notices, client.notices = client.notices, []
                for notice in notices:
                    yield wire.event(notice)
                if client.needs:
                    client.needs = False
                    yield wire.event(NeedsChanged(self._last_needs))
                if client.mail:
                    client.mail = False
                    yield wire.event(MailChanged(self._last_mail))
                if client.hub:
                    client.hub = False
                    yield wire.event(HubChanged(self._last_hub))
        finally:
            self._clients.discard(client)

    def _over(self, client: "Subscriber") -> bool:
        return self.closed or client.ended

    def refresh(self) -> None:
        """Sends clients the needs, the mail and the header's figures, if they have changed."""
        needs = self._needs()
        if needs != self._last_needs:
            self._last_needs = needs
            for client in self._clients:
                client.needs = True
                client.news.set()
        mail = self._mail()
        if mail != self._last_mail:
            self._last_mail = mail
            for client in self._clients:
                client.mail = True
                client.news.set()
        view = self._hub_view()
        if view != self._last_hub:
            self._last_hub = view
            for client in self._clients:
                client.hub = True
                client.news.set()

    def notice(self, notice: Notice) -> int:
        """Notifies every connected client now; returns how many of them are no phones."""
        for client in self._clients:
            client.notices.append(notice)
            client.news.set()
        return sum(not each.phone for each in self._clients)

    def close(self) -> None:
        """Ends every client's stream."""
        self.closed = True
        for client in self._clients:
            client.news.set()

    def _changed(self, subject_id: str, view: CardView | RunView | None) -> None:
        for client in self._clients:
            client.changed[subject_id] = view
            client.news.set()


class Subscriber:
    """One client of the stream, with what it has not been sent yet. `phone` is whether a paired phone reads
    it, whose person may be anywhere."""

    def __init__(self, *, phone: bool = False) -> None:
        self.phone = phone
        self.ended = False
        self.changed: dict[str, CardView | RunView | None] = {}
        self.notices: list[Notice] = []
        self.hub = False
        self.needs = False
        self.mail = False
        self.news = asyncio.Event()

    def end(self) -> None:
        """Ends its stream; nothing more is sent."""
        self.ended = True
        self.news.set()


def _change(subject_id: str, view: CardView | RunView | None) -> Update:
    if view is None:
        return RunGone(subject_id) if subject_id.startswith("r") else CardGone(subject_id)
    return RunChanged(view) if isinstance(view, RunView) else CardChanged(view)
