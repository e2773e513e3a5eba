"""A server that behaves as GitHub does for the calls that orch makes, over a real socket.

Each request, and each answer that is no fault on purpose, is checked against GitHub's own description; what
does not fit is in `wrong`, which the fixture finds empty at the end.
"""

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.forge import graphql, graphql_schema, rest
from tests.forge.description import NotDescribed, check_answer, check_request
from tests.forge.git_http import GitRepositories
from tests.forge.shapes import Shapes
from tests.forge.state import Account, World

_PREFIX = "/api/v3"


@dataclass(frozen=True)
class Fault:
    """An answer in place of the proper one. `after` does first what was asked; without a status the
    connection is cut."""

    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    slow: float = 0.0


@dataclass(frozen=True)
class Seen:
    """A request that came, and the status of its answer."""

    method: str
    path: str
    query: str
    status: int


class Server:
    """Listens on a free port of this machine."""

    def __init__(self) -> None:
        self.world = World()
        self.git = GitRepositories(self.world)
        self.requests: list[Seen] = []
        self.wrong: list[str] = []
        self.checks = True
        """Off only where time is measured."""
        self.away = False
        """Nobody gets an answer, as without a network."""
        self.tokens: set[str] = set()
        """Those that requests came with."""
        self.limit, self._used = 5000, {"core": 0, "graphql": 0}
        self.reset = int(time.time()) + 3600
        self._faults: list[tuple[str, str, Fault]] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.api = f"http://127.0.0.1:{self.port}{_PREFIX}"
        self.shapes = Shapes(self.api)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def fail(self, fault: Fault, method: str = "", path: str = "", times: int = 1) -> None:
        """The next requests of that method whose path contains that get the fault."""
        self._faults += [(method, path, fault)] * times

    @property
    def used(self) -> int:
        """The points of both resources together; each has the whole limit."""
        return sum(self._used.values())

    def used_of(self, resource: str) -> int:
        return self._used[resource]

    def new_window(self, reset: int) -> None:
        """The limits begin anew."""
        self._used, self.reset = {"core": 0, "graphql": 0}, reset

    def clear(self) -> None:
        """No more faults."""
        self._faults.clear()

    def counted(self) -> list[Seen]:
        """The requests that GitHub would have counted."""
        return [each for each in self.requests if each.status != 304]

    def handle(
        self, method: str, target: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """The whole answer; `None` to cut the connection."""
        if self.away:
            return None
        split = urlsplit(target)
        if (found := self.git.answer(method, split.path, split.query, headers, body)) is not None:
            return found
        with self._lock:
            fault = self._fault(method, split.path)
            if fault and not fault.after:
                return self._faulty(fault, method, split)
            try:
                answer = self._answer(method, split.path, split.query, headers, body)
            except NotDescribed as error:
                self.wrong.append(str(error))
                answer = 500, {}, str(error).encode()
            if fault:
                return self._faulty(fault, method, split)
            self.requests.append(Seen(method, split.path, split.query, answer[0]))
            return answer

    def _faulty(self, fault: Fault, method: str, split: Any) -> tuple[int, dict[str, str], bytes] | None:
        self.requests.append(Seen(method, split.path, split.query, fault.status))
        if fault.slow:
            time.sleep(fault.slow)
        if not fault.status:
            return None
        kind = "text/html" if fault.body.startswith("<") else "application/json"
        return fault.status, {"Content-Type": kind, **fault.headers}, fault.body.encode()

    def _fault(self, method: str, path: str) -> Fault | None:
        for at, (verb, part, fault) in enumerate(self._faults):
            if verb in ("", method) and part in path:
                del self._faults[at]
                return fault
        return None

    def _answer(
        self, method: str, path: str, query: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if path.startswith("/logs/"):
            return self._log(path, headers)
        by = self._account(headers.get("Authorization", ""))
        self.tokens.add(headers.get("Authorization", "").rpartition(" ")[2])
        resource = "graphql" if path.endswith("/graphql") else "core"
        if by is None:
            said = {"message": "Bad credentials", "documentation_url": "", "status": "401"}
            return 401, {"Content-Type": "application/json"}, json.dumps(said).encode()
        if self._used[resource] >= self.limit:
            text = f"API rate limit exceeded for user ID {by.login}."
            return (
                403,
                self._limits(by, resource),
                json.dumps({"message": text, "documentation_url": ""}).encode(),
            )
        if resource == "graphql":
            given = json.loads(body)
            self._used["graphql"] += graphql.cost(given["query"])
            found = graphql.answer(self.world, given["query"], given["variables"])
            graphql_schema.check(given["query"], found["data"])
            return (
                200,
                {"Content-Type": "application/json", **self._limits(by, resource)},
                json.dumps(found).encode(),
            )
        return self._rest(method, path.removeprefix(_PREFIX), query, headers, body, by)

    def _log(self, path: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
        """A job's log, where no token belongs."""
        if headers.get("Authorization"):
            self.wrong.append("a token was sent to the server of logs")
        _, _, owner, name, number, at = path.split("/")
        repo = self.world.found(f"{owner}/{name}")
        assert repo is not None
        pull = repo.items[int(number)].pull
        assert pull is not None
        text = pull.logs[pull.checks[int(at)][0]]
        return 200, {"Content-Type": "text/plain"}, text.encode()

    def _rest(
        self, method: str, path: str, query: str, headers: Any, body: bytes, by: Account
    ) -> tuple[int, dict[str, str], bytes]:
        asked = dict(parse_qsl(query))
        described = self.checks and not path.startswith("/repositories/")
        if described:
            check_request(method, path, query, body)
        more: dict[str, str] = {"Content-Type": "application/json; charset=utf-8"}
        try:
            status, data = rest.answer(self.world, self.shapes, method, path, asked, body, by=by)
        except rest.Refusal as error:
            status, more = error.status, {**more, **error.headers}
            data = {
                "message": error.message,
                "documentation_url": "https://docs.forge.example",
                "status": str(status),
            }
            if error.errors is not None:
                data["errors"] = error.errors
        if status == 200 and isinstance(data, list) and "labels" not in body.decode()[:20]:
            data, link = self._page(path, asked, data)
            more |= {"Link": link} if link else {}
        text = b"" if data is None else json.dumps(data).encode()
        if described and status < 300:
            check_answer(method, path, status, text)
        tag = f'W/"{hashlib.sha256(text + by.login.encode()).hexdigest()}"'
        if method == "GET" and status == 200:
            more["ETag"] = tag
            if headers.get("If-None-Match") == tag:
                return 304, {**more, **self._limits(by, "core")}, b""
        self._used["core"] += 1
        return status, {**more, **self._limits(by, "core")}, text

    def _page(self, path: str, asked: dict[str, str], data: list[Any]) -> tuple[list[Any], str]:
        size, at = min(int(asked.get("per_page", 30)), 100), int(asked.get("page", 1))
        last = max(1, -(-len(data) // size))
        pages = {"next": at + 1, "last": last} if at < last else {}
        pages |= {"prev": at - 1, "first": 1} if at > 1 else {}
        to = f"{self.api}{path}"
        link = ", ".join(
            f'<{to}?{urlencode({**asked, "page": str(page)})}>; rel="{name}"' for name, page in pages.items()
        )
        return data[(at - 1) * size : at * size], link

    def _limits(self, by: Account, resource: str) -> dict[str, str]:
        scopes = (
            {"X-OAuth-Scopes": by.scopes, "X-Accepted-OAuth-Scopes": "repo"} if by.scopes is not None else {}
        )
        return {
            **scopes,
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self._used[resource])),
            "X-RateLimit-Used": str(self._used[resource]),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Resource": resource,
        }

    def _account(self, header: str) -> Account | None:
        token = header.rpartition(" ")[2]
        return next((each for each in self.world.accounts if each.token == token), None)


def _body(asked: BaseHTTPRequestHandler) -> bytes:
    if asked.headers.get("Transfer-Encoding") != "chunked":
        return asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
    parts = []
    while size := int(asked.rfile.readline().split(b";")[0], 16):
        parts.append(asked.rfile.read(size))
        asked.rfile.readline()
    asked.rfile.readline()
    return b"".join(parts)


def _handler(server: Server) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version: ClassVar[str] = "HTTP/1.1"  # type: ignore[misc]  # the base has it on instances

        def _any(self) -> None:
            body = _body(self)
            answer = server.handle(self.command, self.path, self.headers, body)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, text = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status not in (204, 304):
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # noqa: N815  # the base's names

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return Handler
