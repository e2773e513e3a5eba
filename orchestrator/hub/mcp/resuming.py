"""Calls cut off by the end of a hub: their sessions resume them with the next one.

A client of the protocol's 2025-11-25 edition that has got an event's id asks for the rest of a broken stream,
by GET. Without that Claude Code gives a call up about two minutes after the hub has died (probed on 2.1.197
and 2.1.330). The id contains everything that the next hub has to know about the call.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Scope, Send

from orchestrator.hub.doors.bodies import parsed
from orchestrator.hub.mcp.calls import CUT_OFF

EDITION = "2025-11-25"
"""The edition of the protocol whose clients resume."""

MARK = "orch.mark"
"""The key of an ASGI scope for an id of this call; a repeated call has the same."""

_COMES_BACK_AFTER = 4000
"""Milliseconds. Claude Code resumes twice; by then a killed hub has been restarted."""
_LONGEST = 16_384
"""Maximum bytes of a call that is put into an id in full; it is returned as a header."""
_WHOLE = "call:"
_ID_ALONE = "id:"
_INTERNAL_ERROR = -32603


def event_id(request_id: str | int, body: bytes, mark: str, *, repeatable: bool) -> str:
    """What a client sends to resume: the call itself if it can be repeated and has up to 16 KiB, else its
    id."""
    if repeatable and len(body) <= _LONGEST:
        return f"{_WHOLE}{mark}:{base64.b64encode(body).decode()}"
    return _ID_ALONE + json.dumps(request_id)


class Resumable:
    """The answer to a call as a stream that begins with the id of an event, with which its client resumes at
    the next hub."""

    def __init__(self, send: Send, request_id: str | int, event: str, is_cut: Callable[[], bool]) -> None:
        """Once it `is_cut`, the stream ends without an answer: with one, the client would call again at once,
        while there is no hub."""
        self._send = send
        self._request_id = request_id
        self._event = event
        self._is_cut = is_cut
        self._ended = False
        self._other: bytes | None = None
        """The body so far of an answer that is not a stream."""

    async def begin(self) -> None:
        """Sends the id. A hub that is killed before that loses the call."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache, no-transform")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._put(f"id: {self._event}\nretry: {_COMES_BACK_AFTER}\ndata:\n\n".encode())

    async def __call__(self, message: Message) -> None:
        """Gets the answer's messages."""
        if self._ended:
            return
        if message["type"] == "http.response.start":
            self._other = None if _is_stream(message) else b""
            return
        if message["type"] != "http.response.body":
            return
        more = bool(message.get("more_body")) and not self._is_cut()
        body = b"" if self._is_cut() else message.get("body", b"")
        if self._other is not None:
            self._other += body
            body = b"" if more or self._is_cut() else _as_event(self._other, self._request_id)
        self._ended = not more
        await self._put(body, more=more)

    async def _put(self, body: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})


def _as_event(body: bytes, request_id: str | int) -> bytes:
    """An answer that is not a stream, mostly an error, as the stream's only message."""
    try:
        said = parsed(body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "jsonrpc" not in said:
        error = {"code": _INTERNAL_ERROR, "message": body.decode(errors="replace").strip()}
        said = {"jsonrpc": "2.0", "id": request_id, "error": error}
    return f"event: message\ndata: {json.dumps(said)}\n\n".encode()


def call_in(event: str) -> tuple[str, bytes] | None:
    """The mark and the body of the call to repeat; `None` if only its id is known."""
    if not event.startswith(_WHOLE):
        return None
    mark, _, body = event.removeprefix(_WHOLE).partition(":")
    try:
        return mark, base64.b64decode(body, validate=True)
    except ValueError:
        return None


def as_call(scope: Scope, mark: str) -> Scope:
    """The request of a resuming client, as if it made the call."""
    ours = {b"accept": b"application/json, text/event-stream", b"content-type": b"application/json"}
    others = [(name, value) for name, value in scope["headers"] if name.lower() not in ours]
    return {**scope, MARK: mark, "method": "POST", "headers": [*others, *ours.items()]}


def cut_off(event: str) -> Response:
    """The answer to a client that resumes a call that is not repeated."""
    try:
        request_id = parsed(event.removeprefix(_ID_ALONE).encode())
    except ValueError:
        request_id = None
    if not isinstance(request_id, str | int):
        return PlainTextResponse("this Last-Event-ID is none of orch's\n", 400)
    content = [{"type": "text", "text": CUT_OFF.text}]
    said: dict[str, Any] = {
        "jsonrpc": "2.0",
        "id": request_id,
        "result": {"content": content, "isError": CUT_OFF.failed},
    }
    return Response(f"event: message\ndata: {json.dumps(said)}\n\n", media_type="text/event-stream")


def _is_stream(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in start["headers"]
    )
