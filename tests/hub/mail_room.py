"""Sessions that use their mailbox: what the official SDK's client calls with their real tokens."""

import asyncio
import json
import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from orchestrator.core.board.views import CardView
from orchestrator.core.mail.views import BoxView
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll

BUSY = "demo: think 900"
"""An idle session would be rung at, and read its mail before the test does."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a tool answered."""

    text: str
    failed: bool

    @property
    def data(self) -> dict[str, Any]:
        assert not self.failed, self.text
        found = json.loads(self.text)
        assert isinstance(found, dict)
        return found

    @property
    def ids(self) -> list[str]:
        """The messages that were handed out."""
        return re.findall(r"^id: (m\w+)$", self.text, re.MULTILINE)


@dataclass
class Session:
    """A card's session, as the hub's tools know it."""

    stage: Stage
    card: CardView
    run: int = 1
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4))

    @property
    def box(self) -> str:
        return self.card.slug

    def call(self, tool: str, **given: Any) -> Said:
        return asyncio.run(self._call(tool, given))

    def begin(self, tool: str, **given: Any) -> "Future[Said]":
        """A call that blocks."""
        return self.threads.submit(self.call, tool, **given)

    def send(self, to: str | list[str], body: str, kind: str = "note", **more: Any) -> Said:
        return self.call("mail_send", to=to, body=body, kind=kind, **more)

    def sent(self, to: str | list[str], body: str, kind: str = "note", **more: Any) -> dict[str, Any]:
        return self.send(to, body, kind, **more).data

    def receive(self, **more: Any) -> Said:
        return self.call("mail_receive", **more)

    def tools(self) -> Any:
        return asyncio.run(self._list())

    async def _call(self, tool: str, given: dict[str, Any]) -> Said:
        async with self._client() as client:
            return _said(await client.call_tool(tool, given))

    async def _list(self) -> Any:
        async with self._client() as client:
            return await client.list_tools()

    def _client(self) -> Any:
        from contextlib import asynccontextmanager

        @asynccontextmanager
        async def opened() -> Any:
            token = self.stage.token(self.card.id, self.run)
            headers = {"authorization": f"Bearer {token}"}
            url = f"http://127.0.0.1:{self.stage.home.port.read_text().strip()}/mcp"
            async with (
                httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                yield client

        return opened()


def _said(result: CallToolResult) -> Said:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return Said(content.text, bool(result.is_error))


def sessions(stage: Stage, *names: str, prompt: str = BUSY, **more: Any) -> list[Session]:
    """Cards of these names, each with a session that does nothing by itself: it is busy."""
    cards = [stage.new(name, prompt, **more) for name in names]
    return [Session(stage, stage.until(card.id, "working")) for card in cards]


def box(stage: Stage, name: str) -> BoxView:
    return next(each for each in stage.client.mail().boxes if each.name == name)


def until_box(stage: Stage, name: str, **wanted: Any) -> BoxView:
    """The mailbox as soon as it is so."""

    def look() -> BoxView | None:
        seen = box(stage, name)
        return seen if all(getattr(seen, key) == value for key, value in wanted.items()) else None

    return poll(look, f"{name} to be {wanted}")
