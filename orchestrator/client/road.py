"""The road to the hub: HTTP over its Unix socket."""

import json
import os
import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote

from orchestrator.client import environment
from orchestrator.client.errors import Failed, HubAway, Missing, OrchError, Refused, Untrusted
from orchestrator.paths import Home

_JSON = {"Content-Type": "application/json"}
_ANSWER_WITHIN = 30.0
"""Seconds for what only reads. Adding a worktree to a large repository happens after the answer."""
_DONE_WITHIN = 120.0
"""Seconds for what is to be done: a merge may run hooks, an approval looks at all evidence once more."""


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, limit: float) -> None:
        super().__init__("orch", timeout=limit)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Road:
    """A way to one hub. Making one does not connect."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def connect(self, limit: float) -> _UnixConnection:
        connection = _UnixConnection(str(self.home.socket), limit)
        try:
            self.home.check()
            connection.connect()
        except PermissionError as error:
            connection.close()
            raise Failed("the state directory can't be used", str(error)) from error
        except OSError as error:
            connection.close()
            raise self.away() from error
        return connection

    def away(self) -> HubAway:
        """Why there is no connection: no hub runs, or one does and can't be reached."""
        holder = self.home.holder()
        if not holder:
            return HubAway("the hub is not running", hint="Start it with: orch hub start")
        gone = "its socket is gone" if not self.home.socket.exists() else "it does not answer on its socket"
        return HubAway(
            "the hub can't be reached",
            f"process {holder} holds the lock, {gone}",
            "It opens its socket again within seconds. If it does not, end it and start it again: "
            f"kill {holder}; orch hub start",
        )

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        reads = method == "GET"
        with closing(self.connect(_ANSWER_WITHIN if reads else _DONE_WITHIN)) as connection:
            try:
                connection.request(
                    method,
                    path,
                    body=None if body is None else json.dumps(body),
                    headers=_headers(reads=reads) | ({} if body is None else _JSON),
                )
                answer = connection.getresponse()
                said = json.loads(answer.read() or b"null")
            except TimeoutError as error:
                why = "" if reads else "it may still do what was asked; look before you ask again"
                raise HubAway("the hub did not answer in time", why, "See: orch hub logs") from error
            except (OSError, HTTPException, ValueError) as error:
                raise HubAway("the hub broke off in the middle of an answer", str(error)) from error
        if answer.status >= 400:
            raise _error(answer, said)
        return said


def _headers(*, reads: bool = True) -> dict[str, str]:
    """Which session this runs in, where it runs in one; the hub looks for itself as well. Of a person who
    wants something done, the environment for what they start."""
    card = os.environ.get("ORCH_CARD") or ("?" if os.environ.get("ORCH_TOKEN") else "")
    if card:
        return {"Orch-Session": quote(card, safe="?")}
    told = "" if reads else environment.header()
    return {environment.HEADER: told} if told else {}


def _error(answer: HTTPResponse, said: Any) -> OrchError:
    words = said if isinstance(said, dict) else {}
    if answer.status == 409 and words.get("trust"):
        error = Untrusted(words["what"], words.get("why", ""), words.get("hint", ""))
        error.path = words["trust"]
        return error
    kind = {404: Missing, 409: Refused, 422: Refused}.get(answer.status, Failed)
    return kind(
        words.get("what") or f"the hub answered {answer.status}", words.get("why", ""), words.get("hint", "")
    )
