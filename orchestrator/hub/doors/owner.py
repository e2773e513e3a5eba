"""Access control on the owner's socket: a session's request is never treated as a person's."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator import wire
from orchestrator.core.events import SessionActed
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.hub import WhoAmI
from orchestrator.core.requests.request import act_of
from orchestrator.core.text.clean import one_line
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.trust.speaker import refused
from orchestrator.hub.doors.bodies import parsed
from orchestrator.hub.doors.peer import PEER, Peer
from orchestrator.hub.environments import HEADER, Environments
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.services.programs import LOOKED_FOR_IN

SESSION_HEADER = "orch-session"
"""The header in which a client names the card whose session it runs in."""
_SPEAKER = "orch.speaker"
_REQUESTS = "/requests/"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOKED_AT = 64 * 1024
"""Maximum bytes of a body in which the subject of the request is looked up."""
_ABOUT = ("need", "gate", "card", "run", "message", "box", "title", "file", "to")
_SAME_AGAIN = 60.0
"""Seconds within which the same refusal of the same session is not recorded again."""

_log = logging.getLogger(__name__)


def speaker_of(request: Request) -> Speaker:
    """The caller of a request that is an act."""
    speaker: Speaker = request.scope[_SPEAKER]
    return speaker


class OwnerAccess:
    """Passes an act to `app` if a person requests it, or if sessions `may` do it. Acts of a session are
    recorded in either case."""

    def __init__(
        self,
        app: ASGIApp,
        engine: Engine,
        speaker: Callable[[Peer, str], Awaitable[Speaker]],
        may: Collection[str],
        environments: Environments,
    ) -> None:
        """`speaker` determines who a peer is that claims to be that card's session, or claims nothing. Only a
        person's environment is stored in `environments`."""
        self._app = app
        self._engine = engine
        self._speaker = speaker
        self._may = may
        self._environments = environments
        self._refused: dict[tuple[str, str], float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers `WhoAmI` directly."""
        act = _act(scope["method"], scope["path"]) if scope["type"] == "http" else ""
        asks = scope["type"] == "http" and scope["path"] == f"{_REQUESTS}{WhoAmI.verb}"
        if not act and not asks:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        peer: Peer = scope.get("state", {}).get(PEER, Peer())
        speaker = await self._speaker(peer, request.headers.get(SESSION_HEADER, ""))
        scope[_SPEAKER] = speaker
        if asks:
            await Response(wire.encode(speaker), media_type="application/json")(scope, receive, send)
            return
        if speaker.is_person:
            if told := request.headers.get(HEADER):
                await asyncio.to_thread(self._environments.take, told)
                LOOKED_FOR_IN.set(self._environments.path)
            await self._app(scope, receive, send)
            return
        begun, whole = await _beginning(receive)
        about = _about(whole)
        if no := refused(speaker, act, self._may):
            await self._record(speaker, act, about, refused=True)
            words = {"what": no.what, "why": no.why, "hint": no.hint}
            await JSONResponse(words, 409)(scope, receive, send)
            return
        await self._record(speaker, act, about, refused=False)
        await self._app(scope, _replayed(begun, receive), send)

    async def _record(self, speaker: Speaker, act: str, about: str, *, refused: bool) -> None:
        now = time.time()
        said = "refused" if refused else "allowed"
        _log.info("%s %s: orch %s %s (%s)", speaker.origin, said, act, about, speaker.sign)
        if refused and now - self._refused.get((speaker.origin, act), 0.0) < _SAME_AGAIN:
            return
        if refused:
            self._refused = {key: at for key, at in self._refused.items() if now - at < _SAME_AGAIN}
            self._refused[speaker.origin, act] = now
        event = SessionActed(now, speaker.card, act, about, speaker.origin, speaker.sign, refused)
        await self._engine.record((event,))


def _act(method: str, path: str) -> str:
    """The act of a request; empty for what any process of this account may read. An unknown request is also
    an act."""
    verb = path.removeprefix(_REQUESTS)
    if verb != path and method == "POST":
        kind = EVERY.get(verb)
        return verb if kind is None else act_of(kind)
    return "" if method.upper() in _READS else ".".join(filter(None, path.split("/")))


async def _beginning(receive: Receive) -> tuple[list[Message], bytes]:
    """The messages of a body up to its end, or up to the limit; and their content."""
    messages: list[Message] = []
    body = b""
    while len(body) < _LOOKED_AT:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    return messages, body


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


def _about(body: bytes) -> str:
    """The subject of the request, in a few words."""
    try:
        said: Any = parsed(body)
    except ValueError:
        said = None
    if isinstance(said, dict):
        found = next((said[name] for name in _ABOUT if said.get(name)), "")
        if found:
            return one_line(" ".join(map(str, found)) if isinstance(found, list) else str(found), 100)
    return ""
