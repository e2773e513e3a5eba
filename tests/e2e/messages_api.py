"""A scripted Messages API on loopback: what the real `claude` talks to in a test instead of a model.

    with MessagesApi() as api:
        api.script("fix-it", ToolUse("Bash", {"command": "true"}), Text("All done."))

A script belongs to the conversations whose first user message holds its marker; each request of such
a conversation takes the script's next step. A conversation without a script, or past the end of its
own, is answered with a short text.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Text:
    """The model says this and its turn ends."""

    text: str
    delay: float = 0.0
    """Seconds between request and the first word."""
    hold: threading.Event | None = None
    """The answer begins, and its words come once this is set."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The model calls a tool, after saying `text` if there is any."""

    name: str
    input: Mapping[str, Any]
    text: str = ""
    delay: float = 0.0
    hold: threading.Event | None = None
    also: tuple["ToolUse", ...] = ()
    """Further calls in the same message, which run in parallel."""


@dataclass(frozen=True, slots=True)
class HttpError:
    """The API refuses: 429 `rate_limit_error`, 529 `overloaded_error`, or another status."""

    status: int
    message: str = "scripted error"
    retry_after: float | None = None
    """Seconds, sent as the header `retry-after`."""
    times: int = 1
    """How many requests in a row are refused like this."""


Step = Text | ToolUse | HttpError
Scripted = Step | Callable[["Request"], Step]
"""A step, or what makes one of request that it answers: an id may stand in there."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. `body` is the parsed JSON."""

    at: float
    path: str
    body: Mapping[str, Any]

    @property
    def is_side_call(self) -> bool:
        """A call for a title and the like, not the conversation itself."""
        return not self.body.get("tools")

    @property
    def first_message(self) -> str:
        """The text of the first user message, in which scripts look for their markers."""
        messages = self.body.get("messages") or [{}]
        return text_of(messages[0].get("content", ""))

    @property
    def last_message(self) -> str:
        messages = self.body.get("messages") or [{}]
        return text_of(messages[-1].get("content", ""))


def text_of(content: object) -> str:
    """The words of a message's `content`, whether it is a string or a list of blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text_of(each) for each in content)
    if isinstance(content, dict):
        return str(content.get("text") or "") or text_of(content.get("content", ""))
    return ""


class MessagesApi:
    """The server. Use it as a context manager; `url` is what `ANTHROPIC_BASE_URL` wants."""

    def __init__(self, respond: Callable[[Request], Step | None] | None = None) -> None:
        self._respond = respond
        self._scripts: dict[str, deque[Scripted]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._ids = count(1)
        self.requests: list[Request] = []
        """Requests of conversations, oldest first; side calls are not among them."""
        self.unknown: list[str] = []
        """Method and path of whatever was asked beside messages."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def script(self, marker: str, *steps: Scripted) -> None:
        """What conversations whose first message holds `marker` are answered; a second call adds to it."""
        many = [each for step in steps for each in _unrolled(step)]
        with self._lock:
            self._scripts.setdefault(marker, deque()).extend(many)

    def step(self, request: Request) -> Step:
        """Takes the next step for this request."""
        if self._respond and (step := self._respond(request)):
            return step
        with self._lock:
            for marker, steps in self._scripts.items():
                if marker in request.first_message and steps:
                    taken = steps.popleft()
                    return taken(request) if callable(taken) else taken
        return Text("Nothing more to do.")

    def record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def wait(self, seconds: float, hold: threading.Event | None) -> None:
        """Waits for both, or until the server closes."""
        self._closing.wait(seconds)
        while hold and not hold.is_set() and not self._closing.is_set():
            hold.wait(0.05)

    def new_id(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}_{next(self._ids):012d}"


def _unrolled(step: Scripted) -> Iterator[Scripted]:
    yield from [step] * (step.times if isinstance(step, HttpError) else 1)


@dataclass
class _Stream:
    """The events of one streamed message."""

    send: Callable[[str, dict[str, Any]], None]
    model: str
    index: int = field(default=0)

    def start(self, message_id: str) -> None:
        usage = {"input_tokens": 100, "output_tokens": 1}
        message: dict[str, Any] = {
            "id": message_id, "type": "message", "role": "assistant", "model": self.model, "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        self.send("message_start", {"message": message})

    def text(self, text: str) -> None:
        self._block({"type": "text", "text": ""}, {"type": "text_delta", "text": text})

    def tool(self, tool_id: str, tool: ToolUse) -> None:
        self._block(
            {"type": "tool_use", "id": tool_id, "name": tool.name, "input": {}},
            {"type": "input_json_delta", "partial_json": json.dumps(tool.input)},
        )

    def _block(self, block: dict[str, Any], delta: dict[str, Any]) -> None:
        self.send("content_block_start", {"index": self.index, "content_block": block})
        self.send("content_block_delta", {"index": self.index, "delta": delta})
        self.send("content_block_stop", {"index": self.index})
        self.index += 1

    def end(self, stop_reason: str) -> None:
        delta = {"stop_reason": stop_reason, "stop_sequence": None}
        self.send("message_delta", {"delta": delta, "usage": {"output_tokens": 20}})
        self.send("message_stop", {})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    api: MessagesApi

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away (Esc, kill -9) is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        match self.path.partition("?")[0]:
            case "/v1/messages/count_tokens":
                self._json(200, {"input_tokens": 100})
            case "/v1/messages":
                self._messages(Request(time.time(), self.path, body))
            case _:
                self._unknown()

    def do_GET(self) -> None:
        self._unknown()

    def do_HEAD(self) -> None:
        self._unknown()

    def log_message(self, *_: object) -> None:
        """Silent: a test reads `MessagesApi.requests`."""

    def _unknown(self) -> None:
        self.server.api.unknown.append(f"{self.command} {self.path}")
        self._json(404, _error("not_found_error", "not scripted"))

    def _messages(self, request: Request) -> None:
        api = self.server.api
        if request.is_side_call:
            self._answer(request, Text("A title"))
            return
        api.record(request)
        match step := api.step(request):
            case HttpError():
                kinds = {429: "rate_limit_error", 529: "overloaded_error", 401: "authentication_error"}
                extra = {} if step.retry_after is None else {"retry-after": f"{step.retry_after:g}"}
                self._json(step.status, _error(kinds.get(step.status, "api_error"), step.message), extra)
            case _:
                self._answer(request, step)

    def _answer(self, request: Request, step: Text | ToolUse) -> None:
        api = self.server.api
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("request-id", api.new_id("req"))
        self.send_header("connection", "close")
        self.end_headers()
        stream = _Stream(self._event, str(request.body.get("model", "")))
        stream.start(api.new_id("msg"))
        api.wait(step.delay, step.hold)
        if step.text:
            stream.text(step.text)
        if isinstance(step, ToolUse):
            for each in (step, *step.also):
                stream.tool(api.new_id("toolu"), each)
        stream.end("tool_use" if isinstance(step, ToolUse) else "end_turn")

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        self.wfile.write(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode())
        self.wfile.flush()

    def _json(self, status: int, body: Mapping[str, Any], extra: Mapping[str, str] | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(extra or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}
