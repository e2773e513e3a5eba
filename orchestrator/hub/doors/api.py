"""The API on the owner's Unix socket: `POST /requests/{verb}` for each request, and `/events`, the stream."""

import logging
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator import wire
from orchestrator.config import ConfigError
from orchestrator.core.errors import NotUnderstood, OrchError, Refused, Unsaved
from orchestrator.core.requests.every import EVERY
from orchestrator.hub.doors.bodies import whole
from orchestrator.hub.doors.owner import speaker_of
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.telling.stream import Stream
from orchestrator.hub.trust.check import UntrustedError
from orchestrator.store.schema import JournalError

_JSON = "application/json"
_log = logging.getLogger(__name__)


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
        exception_handlers={
            OrchError: lambda _, error: _told(error),
            ClientDisconnect: _gone,
            ConfigError: lambda _, error: _told(Refused("the configuration has an error", str(error))),
            wire.UnreadableError: lambda _, error: _told(NotUnderstood("malformed request", str(error))),
            HTTPException: lambda _, error: _words(error.status_code, wire.NO_PATH),
            JournalError: lambda _, error: _told(Unsaved("cannot use the journal", str(error))),
            OSError: lambda _, error: _told(
                Unsaved("the hub could not complete the request", str(error), "See: orch doctor")
            ),
            Exception: _bug,
        },
    )


async def _parts(answer: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    """A JSON list of the items as they arrive."""
    before = b"["
    async for each in answer:
        yield before + wire.encode(each) + b"\n"
        before = b","
    yield b"[]" if before == b"[" else b"]"


def _told(error: OrchError) -> Response:
    trust = {"trust": error.path} if isinstance(error, UntrustedError) else {}
    return _words(error.status, error.what, error.why, error.hint, **trust)


def _words(status: int, what: str, why: str = "", hint: str = "", **more: str) -> Response:
    return JSONResponse({"what": what, "why": why, "hint": hint, **more}, status)


def _gone(request: Request, _: Exception) -> Response:
    _log.warning("a client disconnected during a request: %s", request.url.path[:200])
    return _words(400, "the request was aborted")


def _bug(_: Request, error: Exception) -> Response:
    _log.error("a request failed", exc_info=error)
    return _words(500, "the hub has a bug", f"{type(error).__name__}: {error}", "See: orch hub logs")
