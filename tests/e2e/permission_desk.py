"""A stand-in for the hub's MCP server with one tool, the one that is asked for permissions."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from orchestrator.agents.claude_code.permission_tool import result

_SCHEMA = {"type": "object", "properties": {"tool_name": {"type": "string"}, "input": {"type": "object"}}}


class PermissionDesk:
    """The server. Use it as a context manager."""

    tool = "mcp__orch__permission"

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.authorization: set[str] = set()
        self.answer: dict[str, Any] = {}
        """What a call is answered, as an answer to a `PermissionRequest` hook."""
        self.held = threading.Event()
        """Calls are answered once this is set."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.desk = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/mcp"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()

    def reply(self, method: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """The result of a JSON-RPC request; `None` for a method that it has not."""
        match method:
            case "initialize":
                return {
                    "protocolVersion": params.get("protocolVersion", ""),
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "desk", "version": "1"},
                }
            case "tools/list":
                tool = {"name": "permission", "description": "Asks a human.", "inputSchema": _SCHEMA}
                return {"tools": [tool]}
            case "tools/call":
                given = params["arguments"]
                self.calls.append(given)
                self.held.wait(40)
                return {"content": [{"type": "text", "text": result(given, self.answer)}]}
            case _:
                return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    desk: PermissionDesk

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.desk.authorization.add(self.headers.get("authorization", ""))
        if "id" not in said:
            self._send(202, b"")
            return
        found = self.server.desk.reply(said["method"], said.get("params", {}))
        missing = {"code": -32601, "message": "Method not found"}
        reply = {"error": missing} if found is None else {"result": found}
        self._send(200, json.dumps({"jsonrpc": "2.0", "id": said["id"], **reply}).encode())

    def do_GET(self) -> None:
        self._send(405, b"")

    def do_DELETE(self) -> None:
        self._send(200, b"")

    def log_message(self, *_: object) -> None:
        """Silent: a test reads `PermissionDesk.calls`."""

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
