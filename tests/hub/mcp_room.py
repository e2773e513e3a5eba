"""The MCP server on a port of its own, and clients of the protocol's official SDK for it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from orchestrator.core.follow import Capacity as Places
from orchestrator.hub.doors.caller import Caller, Callers
from orchestrator.hub.doors.listen import Listener
from orchestrator.hub.doors.loopback import loopback
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.mcp.endpoint import Mcp
from orchestrator.hub.mcp.tool import Arguments, Call, Tool
from orchestrator.hub.mcp.tools.stages import stage_tools
from orchestrator.hub.tokens import Tokens
from orchestrator.hub.watching.pending_hooks import PendingHooks
from orchestrator.store.journal import Journal
from tests.agents.programs import CLAUDE
from tests.poll import PATIENCE

TOKENS = Tokens(b"k" * 32, "journal")


class Nothing(Arguments): ...


@dataclass
class Stages:
    """Stages of which a test says who works for which."""

    of: dict[str, str] = field(default_factory=lambda: {"c1": "r3/merge"})
    reports: list[tuple[str, str, str, str]] = field(default_factory=list)

    def works_for(self, card: str) -> str:
        return self.of.get(card, "")

    async def report(self, card: str, outcome: str, summary: str, handoff: str) -> str:
        if summary == "again":
            raise refusal("the stage is done already", "c1 has said so", "End the turn.")
        if summary == "bug":
            raise RuntimeError("a bug of this test")
        self.reports.append((card, outcome, summary, handoff))
        return "Noted. End the turn."


@dataclass
class Waiting:
    """The tool `wait`, for cards from c2 on: it blocks until the test lets it go. For c4 it is repeatable."""

    begun: int = 0
    ended: int = 0
    cancelled: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, call: Call, _: Nothing) -> str:
        self.begun += 1
        call.progress("1 of 2 are in")
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.ended += 1
        return "both are in"

    def tools(self, caller: Caller) -> Iterable[Tool[Any]]:
        if caller.card != "c1":
            yield Tool("wait", "Waits for both.", Nothing, self.wait, repeatable=caller.card == "c4")


@dataclass
class Capacity:
    """A hub's loopback port, with hooks and tools."""

    port: int
    mcp: Mcp
    door: Listener
    journal: Journal
    stages: Stages
    waiting: Waiting
    work: list[asyncio.Task[None]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    async def close(self) -> None:
        """As a hub ends."""
        self.mcp.close()
        self.door.should_exit = True
        await asyncio.gather(*self.work)
        self.journal.close()

    @asynccontextmanager
    async def client(self, card: str = "c1", mode: str = "auto") -> AsyncIterator[Client]:
        async with (
            httpx2.AsyncClient(headers=said_by(card), timeout=PATIENCE) as http,
            Client(streamable_http_client(self.url, http_client=http), mode=mode) as client,
        ):
            yield client

    @asynccontextmanager
    async def post(self, card: str, method: str, **more: Any) -> AsyncIterator[httpx2.Response]:
        """One message, and the answer as it comes."""
        headers = {
            **said_by(card),
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": "2025-11-25",
        }
        body = {"jsonrpc": "2.0", "method": method, **more}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
            http.stream("POST", self.url, json=body) as answer,
        ):
            yield answer


def said_by(card: str, run: int = 1) -> dict[str, str]:
    return {"authorization": f"Bearer {TOKENS.make(card, run)}"}


async def open_room(
    folder: Path, port: int = 0, beat_every: float = 0.05, *, serves: bool = True
) -> Capacity:
    """Sessions of run 1 are the present ones. With `serves=False` the SDK is not loaded yet."""
    listener = socket.create_server(("127.0.0.1", port))
    port = listener.getsockname()[1]

    async def has_session(_: str, run: int) -> bool:
        return run == 1

    callers, stages, waiting = Callers(TOKENS, port), Stages(), Waiting()
    mcp = Mcp(callers, (stage_tools(stages), waiting.tools), has_session, beat_every)
    engine = Engine(Journal(folder / "journal.db"), room=lambda: Places(30, 30, ""), stall=(300.0, 900.0))
    door = Listener(
        loopback(engine, PendingHooks(engine, (), CLAUDE), callers, lambda _: "", mcp, CLAUDE),
        trusts_requests=False,
    )
    work = [asyncio.create_task(door.serve([listener]))]
    if serves:
        work.append(asyncio.create_task(mcp.serve()))
    return Capacity(port, mcp, door, engine.journal, stages, waiting, work)


def with_room(test: Callable[[Capacity], Awaitable[None]]) -> Callable[[Path], None]:
    """Makes a test of a coroutine that is given an open room."""

    def run(tmp_path: Path) -> None:
        async def whole() -> None:
            room = await open_room(tmp_path)
            try:
                async with asyncio.timeout(PATIENCE):
                    await test(room)
            finally:
                await room.close()

        asyncio.run(whole())

    run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
    return run


async def until(seen: Callable[[], bool]) -> None:
    """Returns when it is so; fails after a while."""
    async with asyncio.timeout(PATIENCE):
        while not seen():
            await asyncio.sleep(0.005)
