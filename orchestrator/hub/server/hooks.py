"""Where sessions report: http hooks on loopback TCP, one token per card and run."""

import json
import logging
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestrator.agents.claude_code import hooks
from orchestrator.core.signals import Asked, PromptTaken, SignOfLife, TurnEnded
from orchestrator.hub.engine import Engine
from orchestrator.hub.holds import Holds
from orchestrator.hub.server.caller import Caller, Callers

_LARGEST = 32 * 1024 * 1024
"""Bytes of a report; a tool's whole response rides in it."""

_log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[Response]]


async def _hung_up(request: Request) -> None:
    """Returns when the agent does not wait for the answer any more."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def reports(
    engine: Engine,
    holds: Holds,
    callers: Callers,
    asks_to_finish: Callable[[str], str],
    arrival: Callable[[Caller], Awaitable[None]],
) -> Route:
    """The route of the hooks. `asks_to_finish` says what a card's session is told instead of letting its turn
    end; nothing where it may end. `arrival` holds the first prompt of a session that has just begun.

    Any answer but 2xx is shown to the session's user as an error, so a report that can't be understood is
    logged and still answered with 200, which means no opinion."""
    since = time.time()

    async def report(request: Request) -> Response:
        caller = callers.of(request)
        if isinstance(caller, Response):
            return caller
        at = time.time()
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                return PlainTextResponse("too large\n", 413)
        card_id = caller.card
        try:
            payload = json.loads(body)
            if not isinstance(payload, dict):
                raise ValueError("it is no JSON object")
            signals = hooks.parse(payload, at)
        except (ValueError, RecursionError) as error:
            _log.warning("a report of %s was not understood: %s", card_id, error)
            return Response()
        if not await engine.has_session(card_id, caller.run):
            return Response()
        for signal in signals:
            if isinstance(signal, Asked):
                card = engine.state.cards[card_id]
                return JSONResponse(await holds.ask(signal, card, payload, _hung_up(request)))
            if isinstance(signal, TurnEnded) and not signal.background and (words := asks_to_finish(card_id)):
                engine.signal(card_id, SignOfLife(at, "asked to finish its stage"))
                return JSONResponse({"decision": "block", "reason": words})
            engine.signal(card_id, signal)
            if isinstance(signal, PromptTaken):
                session = engine.state.cards[card_id].session
                if session and session.started_at >= since:
                    await arrival(caller)
        return Response()

    return Route("/hooks", report, methods=["POST"])
