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

from orchestrator.hub.mcp.calls import CUT_OFF
from orchestrator.hub.server.bodies import parsed

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


def event_id(request_id: str | int, body: bytes, mark: str, *, repeatable: bool) -> str:
    if repeatable and len(body) <= _LONGEST:
        return f"{_WHOLE}{mark}:{base64.b64encode(body).decode()}"
    return _ID_ALONE + json.dumps(request_id)


def resumable(send: Send, event: str, is_cut: Callable[[], bool]) -> Send:
    """Puts the id of an event into the stream as soon as that begins. From when on it `is_cut`, the stream
    ends without an answer, so that the client comes back for it to the next hub: told at once it would call
    again at once, while there is none."""
    ended = False

    async def with_id(message: Message) -> None:
        nonlocal ended
        if ended:
            return
        if message["type"] == "http.response.body" and is_cut():
            ended = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)
        if message["type"] == "http.response.start" and _is_stream(message):
            first = f"id: {event}\nretry: {_COMES_BACK_AFTER}\ndata:\n\n"
            await send({"type": "http.response.body", "body": first.encode(), "more_body": True})

    return with_id


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
