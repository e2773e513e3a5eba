"""Tools of MCP servers, called over streamable HTTP as Claude Code 2.1.197 does, without sessions.

A server is initialised at the first use of its tools, so that a start costs nothing. After that each call is
an independent request, which a restarted server answers as well.
"""

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.demo.http import post
from orchestrator.demo.loop import Loop
from orchestrator.demo.refusal import Refusal

PATIENCE = 30.0
"""Seconds for which a server that refuses connections is retried: orch's own restarts within a few."""
_PROTOCOL = "2025-11-25"
_GREETED_WITHIN = 30.0
_TRIED_EVERY = 0.25
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Server:
    """A server reached over HTTP. `seconds` is the timeout of a call."""

    name: str
    url: str
    headers: dict[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class McpTool:
    server: Server
    name: str

    @property
    def full_name(self) -> str:
        """The name used by hooks, permissions and the model."""
        return f"mcp__{self.server.name}__{self.name}"

    def is_allowed_by(self, rules: set[str]) -> bool:
        """`rules` in the form of `--allowedTools`: the tool, its server, or `mcp__<server>__*`."""
        whole = f"mcp__{self.server.name}"
        return bool(rules & {self.full_name, whole, f"{whole}__*"})


@dataclass(frozen=True, slots=True)
class Result:
    """`response` is what PostToolUse reports, `text` the same for the model and the pane."""

    text: str
    response: Any
    failed: bool


class AnsweredWithError(Exception):
    """The server has refused a request, with its own message."""


def servers(config: str) -> tuple[Server, ...]:
    """Those of `--mcp-config` (a path, or JSON itself) that are reached over HTTP, with environment variables
    expanded. Raises `Refusal` if it cannot be read."""
    if not config:
        return ()
    try:
        said = json.loads(config if config.lstrip().startswith("{") else Path(config).read_text())
        found = said["mcpServers"].items()
        return tuple(_server(name, each) for name, each in found if each.get("type") == "http")
    except OSError as error:
        raise Refusal(f"MCP config file not found: {config}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Refusal(f"Invalid MCP configuration in {config}: {error}") from error


def _server(name: str, said: dict[str, Any]) -> Server:
    headers = {key: _filled_in(value) for key, value in said.get("headers", {}).items()}
    return Server(name, _filled_in(said["url"]), headers, float(said.get("timeout", 86_400_000)) / 1000)


def _filled_in(text: str) -> str:
    return _VARIABLE.sub(lambda found: os.environ.get(found[1], found[2] or found[0]), text)


class Mcp:
    """The tools of some servers, for one session. `complain` gets the error of each server without tools."""

    def __init__(self, loop: Loop, reached: tuple[Server, ...], complain: Callable[[str], None]) -> None:
        self._loop, self.servers, self._complain = loop, reached, complain
        self._tools: dict[str, tuple[McpTool, ...]] = {}
        self._protocols: dict[str, str] = {}
        self._count = 0

    async def tools(self, server: Server, patience: float = PATIENCE) -> tuple[McpTool, ...]:
        """The server's tools. Raises `OSError` if it cannot be reached, and `AnsweredWithError`."""
        if server.name not in self._protocols:
            client = {"name": "claude-code", "version": "demo"}
            given = {"protocolVersion": _PROTOCOL, "capabilities": {}, "clientInfo": client}
            said = await self._ask(server, "initialize", given, _GREETED_WITHIN, patience)
            self._protocols[server.name] = str(said.get("protocolVersion", _PROTOCOL))
            await self._post(server, {"method": "notifications/initialized"}, _GREETED_WITHIN, patience)
        if server.name not in self._tools:
            said = await self._ask(server, "tools/list", {}, _GREETED_WITHIN, patience)
            self._tools[server.name] = tuple(McpTool(server, each["name"]) for each in said["tools"])
        return self._tools[server.name]

    async def reach(self, server: Server) -> list[str] | None:
        """The full names of its tools; `None` if it cannot be reached at once."""
        try:
            return [tool.full_name for tool in await self.tools(server, patience=0)]
        except (OSError, AnsweredWithError):
            return None

    async def find(self, name: str) -> McpTool | None:
        """The tool with that name, with its server's or without; `None` if no reachable server has it."""
        for server in self.servers:
            try:
                offered = await self.tools(server)
            except (OSError, AnsweredWithError) as error:
                self._complain(f"MCP server {server.name}: {error}")
                continue
            for tool in offered:
                if name in (tool.name, tool.full_name):
                    return tool
        return None

    async def call(self, tool: McpTool, given: dict[str, Any], use_id: str) -> Result:
        """Raises `OSError` if the server cannot be reached or disconnects, whether the call was made or
        not."""
        meta = {"claudecode/toolUseId": use_id, "progressToken": use_id}
        arguments = {"name": tool.name, "arguments": given, "_meta": meta}
        try:
            said = await self._ask(tool.server, "tools/call", arguments, tool.server.seconds, PATIENCE)
        except AnsweredWithError as error:
            return Result(str(error), str(error), failed=True)
        blocks = said.get("content", [])
        text = "\n".join(str(each.get("text", f"[{each.get('type')}]")) for each in blocks)
        if (structured := said.get("structuredContent")) is None or said.get("isError"):
            return Result(text, blocks, bool(said.get("isError")))
        whole = json.dumps(structured, ensure_ascii=False, separators=(",", ":"))
        return Result(whole, whole, failed=False)

    async def _ask(
        self, server: Server, method: str, given: dict[str, Any], limit: float, patience: float
    ) -> dict[str, Any]:
        self._count += 1
        number = self._count
        message = {"id": number, "method": method, "params": given}
        status, body = await self._post(
            server, message, limit, patience, lambda body: _reply(body, number) is not None
        )
        reply = _reply(body, number)
        if status >= 400 and (reply is None or "error" not in reply):
            raise AnsweredWithError(f"HTTP {status}: {body.decode(errors='replace')[:200]}")
        if reply is None:
            raise ConnectionError("the server disconnected before it answered")
        if "error" in reply:
            raise AnsweredWithError(str(reply["error"].get("message", reply["error"])))
        result: dict[str, Any] = reply["result"]
        return result

    async def _post(
        self,
        server: Server,
        message: dict[str, Any],
        limit: float,
        patience: float,
        enough: Callable[[bytes], bool] = lambda _: False,
    ) -> tuple[int, bytes]:
        protocol = self._protocols.get(server.name)
        headers = {
            "Accept": "application/json, text/event-stream",
            **({"MCP-Protocol-Version": protocol} if protocol else {}),
            **server.headers,
        }
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        until = time.monotonic() + patience
        while True:
            try:
                return await post(self._loop, server.url, headers, body, limit, enough=enough)
            except ConnectionRefusedError:
                if time.monotonic() >= until:
                    raise
            await self._loop.sleep(_TRIED_EVERY)


def _reply(body: bytes, number: int) -> dict[str, Any] | None:
    """The response with that id, if it has arrived: the body itself, or one of the events in it.

    Events before it, such as progress notifications, are skipped, and so is an incomplete one.
    """
    text = body.decode(errors="replace").replace("\r\n", "\n")
    events = [text] if text.startswith("{") else text.split("\n\n")
    for event in events:
        data = [line[5:].removeprefix(" ") for line in event.split("\n") if line.startswith("data:")]
        try:
            said = json.loads("\n".join(data) if data else event)
        except ValueError:
            continue
        if isinstance(said, dict) and said.get("id") == number and said.keys() & {"result", "error"}:
            return said
    return None
