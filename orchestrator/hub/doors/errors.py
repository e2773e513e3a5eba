"""Errors of requests as answers: `{"what", "why", "hint"}` with the status of their kind (`core.errors`)."""

import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from orchestrator import wire
from orchestrator.config import ConfigError
from orchestrator.core.errors import NotUnderstood, OrchError, Refused, Unsaved
from orchestrator.hub.trust.check import UntrustedError
from orchestrator.store.schema import JournalError

_log = logging.getLogger(__name__)


def told(error: OrchError) -> Response:
    """The answer to a request that failed in a known way."""
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


HANDLERS: Mapping[Any, Any] = {
    OrchError: lambda _, error: told(error),
    ClientDisconnect: _gone,
    ConfigError: lambda _, error: told(Refused("the configuration has an error", str(error))),
    wire.UnreadableError: lambda _, error: told(NotUnderstood("malformed request", str(error))),
    HTTPException: lambda _, error: _words(error.status_code, wire.NO_PATH),
    JournalError: lambda _, error: told(Unsaved("cannot use the journal", str(error))),
    OSError: lambda _, error: told(
        Unsaved("the hub could not complete the request", str(error), "See: orch doctor")
    ),
    Exception: _bug,
}
"""The answers of an application to what its routes raise."""
