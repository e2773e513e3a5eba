"""Reports of sessions: http hooks on loopback TCP, one token per card and run."""

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from orchestrator.agents.configured import Agents
from orchestrator.core.sessions.signals import Asked, PromptTaken, Signal, SignOfLife, TurnEnded
from orchestrator.core.text.clean import one_line
from orchestrator.hub.doors.bodies import TooLargeError, parsed, whole
from orchestrator.hub.doors.caller import Caller, Callers
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.watching.pending_hooks import PendingHooks

_log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[Response]]


class HookReplies(Protocol):
    """What has arrived for a session since its last report."""

    def heard(self, caller: Caller) -> None:
        """Called first with every report of a present session."""

    async def news(self, caller: Caller, signal: Signal, payload: Mapping[str, Any]) -> str:
        """The text for the session in the reply; empty for none."""

    async def settle(self, caller: Caller, signal: Signal, payload: Mapping[str, Any]) -> None:
        """The signal has been handled; the end of a turn in it is not delayed."""


class NoHookReplies:
    """For a hub without mail."""

    def heard(self, caller: Caller) -> None: ...

    async def news(self, *_: object) -> str:
        return ""

    async def settle(self, *_: object) -> None: ...


def _reply(said: Mapping[str, Any]) -> Response:
    """In ASCII: echoed text may contain lone surrogates, which no other encoding accepts."""
    return Response(json.dumps(said), media_type="application/json")


async def _hung_up(request: Request) -> None:
    """Returns when the agent no longer waits for the answer."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def reports(
    engine: Engine,
    holds: PendingHooks,
    callers: Callers,
    asks_to_finish: Callable[[str], str],
    arrival: Callable[[Caller], Awaitable[None]],
    agents: Agents,
    *,
    mail: HookReplies,
) -> Route:
    """The route of the hooks. `asks_to_finish` gives the text for a card's session instead of letting its
    turn end; none if it may end. `arrival` holds the first prompt of a session that has just started.
    Notifications of `mail` are added to the replies.

    Any answer but 2xx is shown to the session's user as an error, so a report that cannot be parsed is logged
    and still answered with 200, which means no opinion."""
    since = time.time()

    async def report(request: Request) -> Response:
        caller = callers.of(request)
        if isinstance(caller, Response):
            return caller
        at = time.time()
        card_id = caller.card
        hooks = agents.of(engine.state.cards.get(card_id)).hooks
        if hooks is None:
            return Response()
        try:
            payload = parsed(await whole(request))
            if not isinstance(payload, dict):
                raise ValueError("it is not a JSON object")
            signals = hooks.signals(payload, at)
        except TooLargeError:
            return PlainTextResponse("too large\n", 413)
        except ClientDisconnect:
            _log.warning("a report of %s was cut off", card_id)
            return Response(status_code=400)
        except ValueError as error:
            _log.warning("cannot parse a report of %s: %s", card_id, one_line(str(error)))
            return Response()
        if not await engine.has_session(card_id, caller.run):
            return Response()
        mail.heard(caller)
        news = ""
        for signal in signals:
            if isinstance(signal, Asked):
                card = engine.state.cards[card_id]
                return _reply(await holds.ask(signal, card, payload, _hung_up(request)))
            if isinstance(signal, TurnEnded):
                stage = "" if signal.background else asks_to_finish(card_id)
                if words := "\n".join(filter(None, (stage, await mail.news(caller, signal, payload)))):
                    engine.signal(card_id, SignOfLife(at, "its turn goes on"))
                    return _reply(hooks.continuation(words))
            engine.signal(card_id, signal)
            await mail.settle(caller, signal, payload)
            if isinstance(signal, PromptTaken):
                session = engine.state.cards[card_id].session
                if session and session.started_at >= since:
                    await arrival(caller)
            news = news or await mail.news(caller, signal, payload)
        return _reply(hooks.notification(payload, news)) if news else Response()

    return Route("/hooks", report, methods=["POST"])
