"""The caller on the loopback port: a session, identified by the token that it was launched with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from orchestrator.hub.guard.connections import CONNECTION
from orchestrator.hub.tokens import Tokens

CALLER = "orch.caller"
"""The key of an ASGI scope for the request's `Caller`."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The card that a session works for, and which of the card's runs it is."""

    card: str
    run: int


class Callers:
    """Identifies callers by their tokens. A page in a browser that reaches this port under another host name
    is rejected by the Host header."""

    def __init__(
        self, tokens: Tokens, port: int, forwarded: Callable[[], Iterable[int]] = lambda: ()
    ) -> None:
        """`forwarded` are ports of other machines that lead to this one."""
        self._tokens = tokens
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._forwarded = forwarded

    def of(self, request: Request) -> Caller | Response:
        """The caller, or the answer to anyone else: 421 for the host, 401 for the token."""
        host = request.headers.get("host", "")
        if host not in self._hosts and host not in {f"127.0.0.1:{port}" for port in self._forwarded()}:
            return PlainTextResponse("unknown host name\n", 421)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = self._tokens.read(token.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            return PlainTextResponse("no valid token\n", 401)
        if connection := request.scope.get(CONNECTION):
            connection.known()
        return Caller(*known)
