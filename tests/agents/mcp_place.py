"""A small MCP server of the official SDK, as the hub has one: streamable HTTP, without sessions."""

import json
import socket
import threading
from typing import Any

import anyio
import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.poll import PATIENCE


class Place:
    """Keeps what its tools were called with. It answers from `open` to `close`, and at `url` alone."""

    def __init__(self) -> None:
        self.reports: list[dict[str, str]] = []
        self.counted = 0
        self.tokens: set[str] = set()
        self.waiting = threading.Event()
        self.release = threading.Event()
        self.decisions: list[dict[str, Any]] = []
        """What `permission` answers, one after another."""
        self.asked: list[dict[str, Any]] = []
        self._socket = socket.socket()  # nobody else gets its port, and until it listens nobody gets in
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/mcp"
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        config = uvicorn.Config(self._app(), log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        run = self._server.run
        self._thread = threading.Thread(target=run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.release.set()
        if self._thread:
            self._server.should_exit = True
            self._thread.join(PATIENCE)
        self._socket.close()

    def _app(self) -> ASGIApp:
        server = MCPServer("orch", log_level="CRITICAL")
        server.add_tool(self._stage_done, name="stage_done")
        server.add_tool(self._count, name="count")
        server.add_tool(self._wait, name="wait")
        server.add_tool(self._permission, name="permission", structured_output=False)
        answers = server.streamable_http_app(stateless_http=True)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.tokens |= {
                    value.decode() for name, value in scope["headers"] if name == b"authorization"
                }
            await answers(scope, receive, send)

        return app

    def _stage_done(self, outcome: str, summary: str, handoff: str = "") -> str:
        if outcome not in ("done", "failed", "blocked"):
            raise ToolError(f"no outcome is called {outcome}")
        self.reports.append({"outcome": outcome, "summary": summary, "handoff": handoff})
        return f"heard of {summary}"

    def _permission(self, tool_name: str, input: dict[str, Any], tool_use_id: str) -> str:  # noqa: A002
        self.asked.append({"tool_name": tool_name, "input": input, "tool_use_id": tool_use_id})
        return json.dumps(self.decisions.pop(0))

    def _count(self) -> str:
        """How often it was called."""
        self.counted += 1
        return f"call {self.counted}"

    async def _wait(self, ctx: Context[Any, Any]) -> str:
        """Answers when it is released, and says until then that it goes on."""
        self.waiting.set()
        while not self.release.is_set():
            await ctx.report_progress(1, 2, "still waiting")
            await anyio.sleep(0.05)
        return "no longer waiting"
