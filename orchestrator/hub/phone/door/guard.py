"""What holds for every answer on the page's port: known host names, security headers, no slow clients."""

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.core.phone.addresses import Addresses
from orchestrator.hub.guard.connections import CONNECTION

_TAKES_WITHIN = 15.0
"""Seconds in which a client has to take each piece of an answer."""
_FETCHED_BY = frozenset({"", "same-origin", "none"})
"""Values of `Sec-Fetch-Site` of a browser's request that no other site has made."""
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types orch-worker",
    ]
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex, nofollow"),
]

_log = logging.getLogger(__name__)


class Guard:
    """In front of the application. A request under another host name reaches nothing of it: a name that an
    attacker lets resolve to this machine is such."""

    def __init__(self, app: ASGIApp, addresses: Addresses) -> None:
        self._app = app
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # there is neither a websocket nor a life cycle here
        connection = scope.get(CONNECTION)
        dropped = False

        async def sent(message: Message) -> None:
            nonlocal dropped
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            if dropped:
                return
            try:
                async with asyncio.timeout(_TAKES_WITHIN):
                    await send(message)
            except TimeoutError:
                dropped = True
                _log.warning("dropped a slow client of the page")
                if connection is not None:
                    connection.transport.abort()

        request = Request(scope)
        if not self._addresses.known_host(request.headers.get("host", "")):
            await _refused(421, "unknown host name")(scope, receive, sent)
        elif request.headers.get("sec-fetch-site", "") not in _FETCHED_BY and not _opens(request):
            await _refused(403, "requests from other sites are refused")(scope, receive, sent)
        elif request.method not in ("GET", "HEAD", "POST"):
            await _refused(405, "no such method")(scope, receive, sent)
        else:
            await self._app(scope, receive, sent)


def _opens(request: Request) -> bool:
    """Whether a link on another site leads to the page itself, which shows nothing without its secrets."""
    return (
        request.method == "GET"
        and request.url.path == "/"
        and request.headers.get("sec-fetch-mode") == "navigate"
    )


def _refused(status: int, words: str) -> PlainTextResponse:
    return PlainTextResponse(f"{words}\n", status, {"connection": "close"})
