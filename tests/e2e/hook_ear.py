"""A stand-in for the hub's hook endpoint: it hears what `claude` posts.

It has no opinion unless it is given one.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeVar

from orchestrator.agents.claude_code import hooks
from orchestrator.core.sessions.signals import Signal

S = TypeVar("S", bound=Signal)


class HookEar:
    """The server. Use it as a context manager."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.authorization: set[str] = set()
        self.answers: dict[str, list[dict[str, Any]]] = {}
        """By event: what it is answered, each once, in this order."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.ear = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """From now on a connection is refused."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self) -> list[str]:
        """The names of the events heard, in their order."""
        return [str(each["hook_event_name"]) for each in self.payloads]

    def heard(self, kind: type[S]) -> list[S]:
        """The signals of one kind, in their order."""
        signals = [signal for each in self.payloads for signal in hooks.parse(each, each["heard_at"])]
        return [signal for signal in signals if isinstance(signal, kind)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    ear: HookEar


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        ear = self.server.ear
        ear.authorization.add(self.headers.get("authorization", ""))
        ear.payloads.append({**said, "heard_at": time.time()})
        event = said["hook_event_name"]
        answer = json.dumps(ear.answers[event].pop(0)).encode() if ear.answers.get(event) else b""
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Silent: a test reads `HookEar.payloads`."""
