"""The API on the owner's Unix socket: `POST /requests/{verb}` for each request, and `/events`, the stream."""

from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from orchestrator import wire
from orchestrator.core.requests.every import EVERY
from orchestrator.hub.doors.bodies import whole
from orchestrator.hub.doors.errors import HANDLERS
from orchestrator.hub.doors.owner import speaker_of
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.telling.stream import Stream

_JSON = "application/json"


def api(table: Table, stream: Stream) -> Starlette:
    """The application for the socket. Errors are `{"what", "why", "hint"}` with the status of their kind, see
    `core.errors`."""
    reads, acts = table

    async def events(_: Request) -> Response:
        return StreamingResponse(stream.events(), media_type="text/event-stream")

    async def asked(http: Request) -> Response:
        verb = http.path_params["verb"]
        kind: Any = EVERY.get(verb)
        if kind is None:
            why = "it is older than this orch"
            raise refusal(f"the hub does not know {verb[:60]!r}", why, "Restart it: orch hub restart")
        request = wire.request(await whole(http), kind)
        if kind in reads:
            answer = await reads[kind](request)
        else:
            answer = await acts[kind](request, speaker_of(http))
        if isinstance(answer, AsyncIterator):
            return StreamingResponse(_parts(answer), media_type=_JSON)
        return Response(wire.encode(answer), media_type=_JSON)

    return Starlette(
        routes=[Route("/events", events), Route("/requests/{verb}", asked, methods=["POST"])],
        exception_handlers=HANDLERS,
    )


async def _parts(answer: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    """A JSON list of the items as they arrive."""
    before = b"["
    async for each in answer:
        yield before + wire.encode(each) + b"\n"
        before = b","
    yield b"[]" if before == b"[" else b"]"
