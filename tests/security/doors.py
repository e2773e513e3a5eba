"""A hub's two doors in this process: the real applications over a real engine, journal and mailbox."""

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from orchestrator import config
from orchestrator.core.events import CardCreated, Event, StartAdmitted, StartQueued, WindowOpened
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.assembly import Parts, assemble
from orchestrator.hub.doors.peer import Peer
from orchestrator.hub.doors.speaking import SpeakerLookup
from orchestrator.hub.tokens import Tokens
from orchestrator.paths import Home
from orchestrator.world import machine
from tests.poll import PATIENCE

PORT = 47_010
_ANSWERS_WITHIN = PATIENCE
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    broken_off: bool = False
    """The client hung up before there was an answer."""

    @property
    def words(self) -> dict[str, Any]:
        said = json.loads(self.body)
        assert isinstance(said, dict)
        return said


class Alarms(logging.Handler):
    """The log's warnings and errors, and of these the errors and tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = logging.Formatter().format(record)
        self.lines.append(text)
        if record.exc_info or record.levelno >= logging.ERROR:
            self.seen.append(text)


@dataclass
class Doors:
    """Cards c1 and c2 have sessions, as far as the hub knows."""

    home: Home
    repo: Path
    runner: asyncio.Runner
    parts: Parts
    token: str
    alarms: Alarms = field(default_factory=Alarms)

    @property
    def agents(self) -> ASGIApp:
        return self.parts.loopback.config.app  # type: ignore[return-value]

    @property
    def clients(self) -> ASGIApp:
        return self.parts.api.config.app  # type: ignore[return-value]

    def hook(self, body: bytes, headers: Headers = (), *, whole: bool = True) -> Answer:
        return self.ask(self.agents, "POST", b"/hooks", body, [*self._known(), *headers], whole=whole)

    def mcp(self, body: bytes, headers: Headers = (), method: str = "POST", *, whole: bool = True) -> Answer:
        given = {
            b"accept": b"application/json, text/event-stream",
            b"content-type": b"application/json",
            b"mcp-protocol-version": b"2025-11-25",
            **dict(headers),
        }
        return self.ask(self.agents, method, b"/mcp", body, [*self._known(), *given.items()], whole=whole)

    def call(self, tool: str, arguments: object) -> Answer:
        params = {"name": tool, "arguments": arguments}
        return self.mcp(
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
        )

    def api(
        self, method: str, path: bytes, body: bytes = b"", headers: Headers = (), *, whole: bool = True
    ) -> Answer:
        return self.ask(self.clients, method, path, body, [(b"host", b"orch"), *headers], whole=whole)

    def _known(self) -> list[tuple[bytes, bytes]]:
        host = f"127.0.0.1:{PORT}".encode()
        return [(b"host", host), (b"authorization", f"Bearer {self.token}".encode())]

    def ask(
        self, app: ASGIApp, method: str, path: bytes, body: bytes, headers: Headers, *, whole: bool = True
    ) -> Answer:
        """The application's answer. A request that is not `whole` breaks off in its body. Fails for a hang,
        and for whatever the application raises or logs as an error."""
        before = len(self.alarms.seen)
        with _heard(self.alarms):
            answer = self.runner.run(self._ask(app, method, path, body, headers, whole=whole))
        assert self.alarms.seen[before:] == []
        return answer

    async def _ask(
        self, app: ASGIApp, method: str, path: bytes, body: bytes, headers: Headers, *, whole: bool
    ) -> Answer:
        from urllib.parse import unquote

        raw, _, query = path.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw.decode("ascii", "replace")),
            "raw_path": raw,
            "query_string": query,
            "root_path": "",
            "headers": list(headers),
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", PORT),
            "state": {},
        }
        half = len(body) // 2
        coming: list[Message] = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]
        if not whole:
            coming[1] = {"type": "http.disconnect"}
        status, got = 0, bytearray()

        async def receive() -> Message:
            if coming:
                return coming.pop(0)
            await asyncio.sleep(0)  # it has hung up: nothing is held open for it
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                got.extend(message.get("body", b""))

        async with asyncio.timeout(_ANSWERS_WITHIN):
            await app(scope, receive, send)
        return Answer(status, bytes(got), not whole and not status)


@contextmanager
def _heard(alarms: Alarms) -> Iterator[None]:
    top = logging.getLogger()
    top.addHandler(alarms)
    try:
        yield
    finally:
        top.removeHandler(alarms)


@contextmanager
def open_doors(home: Home, repo: Path, patch: pytest.MonkeyPatch) -> Iterator[Doors]:
    """A client is a session's where it says so in the header `orch-session`, else a person's."""

    async def of(_: SpeakerLookup, __: Peer, claimed: str) -> Speaker:
        return Speaker("someone", "session c1", "c1", "it says so") if claimed else Speaker("someone")

    patch.setattr(machine, "mark", lambda *_: None)  # the tests' own process is no hub
    patch.setattr(SpeakerLookup, "of", of)
    home.make()
    with asyncio.Runner() as runner:
        parts, work = runner.run(_begin(home, repo))
        try:
            yield Doors(home, repo, runner, parts, Tokens.of(home.key, parts.engine.journal.id).make("c1", 1))
        finally:
            runner.run(_end(parts, work))


async def _begin(home: Home, repo: Path) -> tuple[Parts, "asyncio.Task[None]"]:
    parts = assemble(home, config.load(), PORT, asyncio.Event(), headless=True)
    now = time.time()
    for number in (1, 2):
        card = f"c{number}"
        made = CardCreated(
            now, card, f"card-{number}", "A card", "", str(repo), "main", f"orch/{card}", str(repo)
        )
        begun: list[Event] = [StartQueued(now, card, 1, f"s{number}", resume=False), StartAdmitted(now, card)]
        opened = WindowOpened(now - 100, card, 1, f"@{number}", f"%{number}", 0, 0)
        await parts.engine.record([made, *begun, opened])
    await parts.mail_service.open()
    work = asyncio.create_task(parts.mcp.serve())
    parts.mcp.expect()
    return parts, work


async def _end(parts: Parts, work: "asyncio.Task[None]") -> None:
    parts.stream.close()
    parts.holds.close()
    parts.mcp.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(work, PATIENCE)
    parts.effects.leaving.set()
    await parts.engine.drain()
    await parts.mail_service.close()
    parts.engine.journal.close()
