"""The connection to the hub: HTTP over its Unix socket."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from typing import Any, TypeVar
from urllib.parse import quote

from orchestrator import wire
from orchestrator.client import environment
from orchestrator.core.board.updates import Update
from orchestrator.core.errors import Failed, HubAway, OrchError, OtherVersion, Untrusted, kind_of
from orchestrator.core.requests.request import Act, Place, Request, answer_of
from orchestrator.paths import Home

_REQUESTS = "/requests/"
_JSON = {"Content-Type": "application/json"}
_ANSWER_WITHIN = 30.0
"""Seconds for reads. Adding a worktree to a large repository happens after the answer."""
_DONE_WITHIN = 120.0
"""Seconds for changes: a merge may run hooks, an approval checks all evidence again."""
_SILENCE_LIMIT = 30.0
"""Seconds without a line, keep-alives included, after which the event stream counts as broken."""

AnswerT = TypeVar("AnswerT")


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, limit: float) -> None:
        super().__init__("orch", timeout=limit)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """A client of one hub. Creating one does not connect. `by` is where the person's request comes from."""

    def __init__(self, home: Home, by: Place = "cli") -> None:
        self.home, self.by = home, by

    def submit(self, request: Request[AnswerT]) -> AnswerT:
        """The hub's answer. Raises `Refused`, `Missing`, `Failed` or `HubAway`, and nothing else."""
        if isinstance(request, Act) and request.by == "cli":
            request = replace(request, by=self.by)
        kind = type(request)
        status, body = self._ask(f"{_REQUESTS}{kind.verb}", wire.encode(request), reads=kind.reads)
        try:
            if status >= 400:
                raise _error(status, wire.decode(body, Any))
            answer: AnswerT = wire.decode(body, answer_of(kind))
        except wire.UnreadableError as error:
            raise _other_version(error) from error
        return answer

    def watch(self) -> Iterator[Update]:
        """A `Board`, then every change as it happens; blocks in between.

        Raises `HubAway` when the hub ends or stops responding; call again for a fresh `Board`.
        """
        with closing(self._connected(_SILENCE_LIMIT)) as connection:
            try:
                connection.request("GET", "/events")
                yield from wire.updates(connection.getresponse())
            except wire.UnreadableError as error:
                raise _other_version(error) from error
            except (OSError, HTTPException) as error:
                raise HubAway("the hub's event stream was cut", str(error)) from error
        raise HubAway("the hub has ended")

    def stop_older_hub(self) -> None:
        """Ends a hub of a version without one path per request."""
        self._ask("/hub/stop", b"{}", reads=False)

    def away(self) -> HubAway:
        """Why there is no connection: no hub is running, or it cannot be reached."""
        holder = self.home.holder()
        if not holder:
            return HubAway("the hub is not running", hint="Start it with: orch hub start")
        gone = "its socket is gone" if not self.home.socket.exists() else "it does not respond on its socket"
        return HubAway(
            "cannot reach the hub",
            f"process {holder} holds the lock, {gone}",
            "It reopens its socket within seconds. If not, end it and start it again: "
            f"kill {holder}; orch hub start",
        )

    def _connected(self, limit: float) -> _UnixConnection:
        connection = _UnixConnection(str(self.home.socket), limit)
        try:
            self.home.check()
            connection.connect()
        except PermissionError as error:
            connection.close()
            raise Failed("cannot use the state directory", str(error)) from error
        except OSError as error:
            connection.close()
            raise self.away() from error
        return connection

    def _ask(self, path: str, body: bytes, *, reads: bool) -> tuple[int, bytes]:
        """The answer's status and body."""
        with closing(self._connected(_ANSWER_WITHIN if reads else _DONE_WITHIN)) as connection:
            try:
                connection.request("POST", path, body, _headers(reads=reads) | _JSON)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except TimeoutError as error:
                why = "" if reads else "the request may still take effect; check before you retry"
                raise HubAway("the hub did not respond in time", why, "See: orch hub logs") from error
            except (OSError, HTTPException) as error:
                raise HubAway("the hub closed the connection during its answer", str(error)) from error


def _headers(*, reads: bool) -> dict[str, str]:
    """The session this runs in, if any; the hub also checks for itself. For a person's changes, also the
    environment for the sessions they start."""
    card = os.environ.get("ORCH_CARD") or ("?" if os.environ.get("ORCH_TOKEN") else "")
    if card:
        return {"Orch-Session": quote(card, safe="?")}
    told = "" if reads else environment.header()
    return {environment.HEADER: told} if told else {}


def _other_version(error: wire.UnreadableError) -> OtherVersion:
    return OtherVersion("the hub is a different version", str(error), "Run: orch hub restart")


def _error(status: int, said: Any) -> OrchError:
    words = said if isinstance(said, dict) else {}
    if status == Untrusted.status and words.get("trust"):
        error = Untrusted(words["what"], words.get("why", ""), words.get("hint", ""))
        error.path = words["trust"]
        return error
    if status == 404 and words.get("what") == wire.NO_PATH:
        return OtherVersion("the hub is older than this orch", hint="Restart it: orch hub restart")
    kind = kind_of(status)
    return kind(
        words.get("what") or f"the hub answered {status}", words.get("why", ""), words.get("hint", "")
    )
