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
from orchestrator.core.commands import Rejected
from orchestrator.core.requests.every import EVERY
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.lookup import MissingError
from orchestrator.hub.loop.engine import RefusedError, UnsavedError, refusal
from orchestrator.hub.server.bodies import TooLargeError, whole
from orchestrator.hub.server.owner import speaker_of
from orchestrator.hub.telling.stream import Stream
from orchestrator.hub.trust.check import UntrustedError
from orchestrator.store.schema import JournalError
from orchestrator.world.tmux import TmuxError
from orchestrator.world.worktrees import GitRefused, WorktreeError

_JSON = "application/json"
_log = logging.getLogger(__name__)


def api(table: Table, stream: Stream) -> Starlette:
    """The application for the socket. Errors are `{"what", "why", "hint"}` with 404 for a card that is
    not there, 409 for a refusal, 422 for a request that is not understood, 502 for a failure
    outside, 507 for one of the disk."""
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
            UntrustedError: lambda _, error: _refused(error.rejected, {"trust": error.path}),
            RefusedError: lambda _, error: _refused(error.rejected),
            MissingError: lambda _, error: _words(404, error.what, error.why, error.hint),
            TooLargeError: lambda _, error: _words(413, "the request is too large", str(error)),
            ClientDisconnect: _gone,
            GitRefused: lambda _, error: _words(409, error.what, error.why, error.hint),
            WorktreeError: lambda _, error: _words(502, error.what, error.why, error.hint),
            TmuxError: lambda _, error: _words(502, error.what, error.why, error.hint),
            ConfigError: lambda _, error: _words(409, "the configuration has an error", str(error)),
            wire.UnreadableError: lambda _, error: _words(422, "malformed request", str(error)),
            HTTPException: lambda _, error: _words(error.status_code, wire.NO_PATH),
            UnsavedError: lambda _, error: _words(507, "not saved yet", str(error), error.hint),
            JournalError: lambda _, error: _words(507, "cannot use the journal", str(error)),
            OSError: lambda _, error: _words(
                507, "the hub could not complete the request", str(error), "See: orch doctor"
            ),
            Exception: _bug,
        },
    )


async def _parts(answer: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    """A JSON list of what comes."""
    before = b"["
    async for each in answer:
        yield before + wire.encode(each) + b"\n"
        before = b","
    yield b"[]" if before == b"[" else b"]"


def _refused(rejected: Rejected, more: dict[str, str] | None = None) -> Response:
    return _words(409, rejected.what, rejected.why, rejected.hint, more)


def _words(
    status: int, what: str, why: str = "", hint: str = "", more: dict[str, str] | None = None
) -> Response:
    return JSONResponse({"what": what, "why": why, "hint": hint, **(more or {})}, status)


def _gone(request: Request, _: Exception) -> Response:
    _log.warning("a client hung up in the middle of a request: %s", request.url.path[:200])
    return _words(400, "the request was aborted")


def _bug(_: Request, error: Exception) -> Response:
    _log.error("a request failed", exc_info=error)
    return _words(500, "the hub has a bug", f"{type(error).__name__}: {error}", "See: orch hub logs")
