"""A session's MCP client as Claude Code's behaves when the hub goes away (probed on 2.1.197 and 2.1.332).

The official SDK's Python client ends as a whole when one of its requests breaks off.
"""

import asyncio
import itertools
import json
from typing import Any

import httpx2

from tests.hub.mail_room import Said, Session

_COMES_BACK = 2
"""How often it asks for the rest of a stream that broke off."""


class NotTakenError(Exception):
    """The call broke off before its answer began; the model is told that it may have been done."""


class AgentClient:
    """Calls tools with a session's token. To be closed."""

    def __init__(self, session: Session) -> None:
        headers = {
            "authorization": f"Bearer {session.stage.token(session.card.id, session.run)}",
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": "2025-11-25",
        }
        self._url = f"http://127.0.0.1:{session.stage.home.port.read_text().strip()}/mcp"
        self._http = httpx2.AsyncClient(headers=headers, timeout=300.0)
        self._ids = itertools.count(1)

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, tool: str, **given: Any) -> Said:
        """What the model sees. Raises `NotTakenError`."""
        asked = next(self._ids)
        params = {"name": tool, "arguments": given, "_meta": {"progressToken": asked}}
        body = {"jsonrpc": "2.0", "id": asked, "method": "tools/call", "params": params}
        answer, event, retry = await self._read("POST", json=body)
        for _ in range(_COMES_BACK):
            if answer or not event:
                break
            await asyncio.sleep(retry)
            answer, event, retry = await self._read("GET", headers={"last-event-id": event})
        if not answer:
            raise NotTakenError(f"{tool}: the connection was closed before the call was answered")
        assert answer["id"] == asked
        result = answer["result"]
        return Said(result["content"][0]["text"], bool(result.get("isError")))

    async def _read(self, method: str, **more: Any) -> tuple[dict[str, Any], str, float]:
        """The answer, as far as it came, the id from which to come back, and after how many seconds."""
        event, retry = "", 1.0
        try:
            async with self._http.stream(method, self._url, **more) as stream:
                async for line in stream.aiter_lines():
                    name, _, value = line.partition(": ")
                    if name == "id":
                        event = value
                    elif name == "retry":
                        retry = int(value) / 1000
                    elif name == "data" and "id" in (said := json.loads(value)):
                        return said, event, retry
        except httpx2.TransportError:
            pass
        return {}, event, retry
