"""The event stream: a board, then what changes, to any number of clients."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from pydantic_core import to_json

from orchestrator.core.mail.views import MailView
from orchestrator.core.views import CardView, HubView, Need, Notice
from orchestrator.core.workflow.views import RunView
from orchestrator.hub.loop.engine import Engine

_KEEP_ALIVE = 10.0
"""Seconds between two comments on a quiet stream, so that each side knows of the other's end."""


class Stream:
    """Feeds all clients. A slow client gets only the newest view of each card and run: nothing piles up."""

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
        self._clients: set[_Client] = set()
        self.closed = False
        engine.listen(self._changed)

    def board(self) -> dict[str, Any]:
        """Everything as it is now: views, for `to_json`, which takes a fifth of `asdict`'s time."""
        return {
            "hub": self._hub_view(),
            "cards": self._engine.cards,
            "needs": self._needs(),
            "runs": self._engine.runs,
            "mail": self._mail(),
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
                changed, client.changed = client.changed, {}
                for subject_id, view in changed.items():
                    yield _sent(_change(subject_id, view))
                notices, client.notices = client.notices, []
                for notice in notices:
                    yield _sent({"kind": "notice", "notice": notice})
                if client.needs:
                    client.needs = False
                    yield _sent({"kind": "needs", "needs": self._last_needs})
                if client.mail:
                    client.mail = False
                    yield _sent({"kind": "mail", "mail": self._last_mail})
                if client.hub:
                    client.hub = False
                    yield _sent({"kind": "hub", "hub": self._last_hub})
        finally:
            self._clients.discard(client)

    def refresh(self) -> None:
        """Tells clients of what waits, of the mail and of the header's figures, where they have changed."""
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

    def notice(self, notice: Notice) -> None:
        """Tells every client that listens now."""
        for client in self._clients:
            client.notices.append(notice)
            client.news.set()

    def close(self) -> None:
        """Ends every client's stream."""
        self.closed = True
        for client in self._clients:
            client.news.set()

    def _changed(self, subject_id: str, view: CardView | RunView | None) -> None:
        for client in self._clients:
            client.changed[subject_id] = view
            client.news.set()


class _Client:
    def __init__(self) -> None:
        self.changed: dict[str, CardView | RunView | None] = {}
        self.notices: list[Notice] = []
        self.hub = False
        self.needs = False
        self.mail = False
        self.news = asyncio.Event()


def _change(subject_id: str, view: CardView | RunView | None) -> dict[str, Any]:
    if view is None:
        return {"kind": "run_gone" if subject_id.startswith("r") else "gone", "id": subject_id}
    if isinstance(view, RunView):
        return {"kind": "run", "run": view}
    return {"kind": "card", "card": view}


def _sent(said: dict[str, Any]) -> bytes:
    return b"data: " + to_json(said) + b"\n\n"
