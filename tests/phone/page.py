"""A client of the page's port that speaks plain HTTP: every header is the test's."""

import http.client
import json
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.requests.phone import PairPhone
from tests.calls import Client
from tests.poll import PATIENCE


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Phone:
    """One browser, paired or not."""

    port: int
    cookie: str = ""
    token: str = ""
    host: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://{self.host or f'127.0.0.1:{self.port}'}"

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """The answer; a header of `None` is not sent."""
        given: dict[str, str | None] = {
            "Host": self.host or f"127.0.0.1:{self.port}",
            "Origin": self.origin if method == "POST" else None,
            "Cookie": self.cookie or None,
            "Orch-Token": self.token or None,
            **self.extra,
            **(headers or {}),
        }
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            if data is not None:
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def pair(self, code: str, name: str = "pixel") -> Answer:
        """Remembers the secrets, if the code is right."""
        answer = self.ask("POST", "/pair", {"code": code, "name": name})
        if answer.status == 200:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
            self.token = answer.said["token"]
        return answer

    def read(self, verb: str, /, **request: Any) -> tuple[Any, str]:
        """The answer and the version."""
        answer = self.ask("POST", f"/api/requests/{verb}", request)
        assert answer.status == 200, answer.body
        return answer.said, answer.headers.get("etag", "")

    def act(self, verb: str, seen: str, key: str = "", /, **request: Any) -> Answer:
        headers = {"If-Match": seen, "Idempotency-Key": key or uuid.uuid4().hex}
        return self.ask("POST", f"/api/requests/{verb}", request, headers)

    @contextmanager
    def stream(self) -> Iterator[socket.socket]:
        """An event stream that has begun."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as opened:
            opened.sendall(
                f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
                f"Orch-Token: {self.token}\r\n\r\n".encode()
            )
            until(opened, b"event: Board")
            yield opened


def code_of(client: Client, *scopes: str) -> str:
    """A new pairing code."""
    return client.submit(PairPhone(scopes)).url.partition("#pair=")[2]


def until(opened: socket.socket, wanted: bytes) -> bytes:
    """What is received, up to a piece with these bytes."""
    got = b""
    while wanted not in got:
        more = opened.recv(65_536)
        assert more, got[-500:]
        got += more
    return got


def ended(opened: socket.socket) -> bool:
    """Whether the other side closes the connection in time; what it sent before is passed over."""
    opened.settimeout(1.0)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if not opened.recv(65_536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False
