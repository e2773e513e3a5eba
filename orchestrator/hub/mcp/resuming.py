"""Calls that a hub has left behind by its end: their sessions come back for them to the next one.

A client of the protocol's 2025-11-25 edition that has been given an event's id asks for the rest of a stream
that broke, by GET. Without that Claude Code gives a call up about two minutes after the hub has died (probed
on 2.1.197 and 2.1.330). The id holds all that the next hub has to know of the call.
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
"""The edition of the protocol whose clients come back."""

MARK = "orch.mark"
"""Where an ASGI scope has a word for this call alone; one that is made again has the same."""

_COMES_BACK_AFTER = 4000
"""Milliseconds. Claude Code comes back twice; by then a hub that was killed has been started again."""
_LONGEST = 16_384
"""Bytes of a call that is put into an id whole; it comes back as a header."""
_WHOLE = "call:"
_ID_ALONE = "id:"
_INTERNAL_ERROR = -32603


def event_id(request_id: str | int, body: bytes, mark: str, *, repeatable: bool) -> str:
    """What a client sends back when it resumes: of a repeatable call up to 16 KiB the call itself, else its
    id."""
    if repeatable and len(body) <= _LONGEST:
        return f"{_WHOLE}{mark}:{base64.b64encode(body).decode()}"
    return _ID_ALONE + json.dumps(request_id)


class Resumable:
    """The answer to a call as a stream that begins with the id of an event, from which its client comes back
    to the next hub."""

    def __init__(self, send: Send, request_id: str | int, event: str, is_cut: Callable[[], bool]) -> None:
        """From when on it `is_cut`, the stream ends without an answer: told at once, the client would call
        again at once, while there is no hub."""
        self._send = send
        self._request_id = request_id
        self._event = event
        self._is_cut = is_cut
        self._ended = False
        self._other: bytes | None = None
        """The body, up to now, of an answer that is no stream."""

    async def begin(self) -> None:
        """Sends the id. Until then a hub that is killed takes the call with it."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache, no-transform")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._put(f"id: {self._event}\nretry: {_COMES_BACK_AFTER}\ndata:\n\n".encode())

    async def __call__(self, message: Message) -> None:
        """To be given the answer's messages."""
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
    """An answer that came as a whole, mostly an error, as the stream's only message."""
    try:
        said = parsed(body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "jsonrpc" not in said:
        error = {"code": _INTERNAL_ERROR, "message": body.decode(errors="replace").strip()}
        said = {"jsonrpc": "2.0", "id": request_id, "error": error}
    return f"event: message\ndata: {json.dumps(said)}\n\n".encode()


def call_in(event: str) -> tuple[str, bytes] | None:
    """The mark and the body of the call that is to be made again; `None` where only its id is known."""
    if not event.startswith(_WHOLE):
        return None
    mark, _, body = event.removeprefix(_WHOLE).partition(":")
    try:
        return mark, base64.b64decode(body, validate=True)
    except ValueError:
        return None


def as_call(scope: Scope, mark: str) -> Scope:
    """The request of somebody who comes back, as if the call were made by it."""
    ours = {b"accept": b"application/json, text/event-stream", b"content-type": b"application/json"}
    others = [(name, value) for name, value in scope["headers"] if name.lower() not in ours]
    return {**scope, MARK: mark, "method": "POST", "headers": [*others, *ours.items()]}


def cut_off(event: str) -> Response:
    """What is told to somebody who comes back for a call that is not made again."""
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
