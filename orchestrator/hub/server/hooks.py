"""Where sessions report: http hooks on loopback TCP, one token per card and run."""

import json
import logging
import time
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestrator.agents.claude_code import hooks
from orchestrator.core.signals import Asked
from orchestrator.hub.engine import Engine
from orchestrator.hub.holds import Holds
from orchestrator.hub.tokens import Tokens

_LARGEST = 32 * 1024 * 1024
"""Bytes of a report; a tool's whole response rides in it."""

_log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[Response]]


async def _hung_up(request: Request) -> None:
    """Returns when the agent does not wait for the answer any more."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def reports(engine: Engine, holds: Holds, tokens: Tokens, port: int) -> Starlette:
    """The application for the TCP port. Any answer but 2xx is shown to the session's user as an error,
    so a report that can't be understood is logged and still answered with 200, which means no opinion."""
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def report(request: Request) -> Response:
        if request.headers.get("host", "") not in hosts:
            return PlainTextResponse("this host name is not served\n", 421)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = tokens.read(token.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            return PlainTextResponse("no valid token\n", 401)
        at = time.time()
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                return PlainTextResponse("too large\n", 413)
        card_id, run = known
        try:
            payload = json.loads(body)
            if not isinstance(payload, dict):
                raise ValueError("it is no JSON object")
            signals = hooks.parse(payload, at)
        except (ValueError, RecursionError) as error:
            _log.warning("a report of %s was not understood: %s", card_id, error)
            return Response()
        if not await engine.has_session(card_id, run):
            return Response()
        for signal in signals:
            if isinstance(signal, Asked):
                card = engine.state.cards[card_id]
                return JSONResponse(await holds.ask(signal, card, payload, _hung_up(request)))
            engine.signal(card_id, signal)
        return Response()

    return Starlette(routes=[Route("/hooks", report, methods=["POST"])])
