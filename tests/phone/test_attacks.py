"""Attacks on the page's port: other sites, other hosts, other programs, guesses, floods."""

import asyncio
import http.client
import json
import os
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.types import Message, Receive, Scope, Send

from orchestrator.core.phone.addresses import Address, Addresses
from orchestrator.core.phone.devices import PhoneView
from orchestrator.core.requests.phone import ListDevices, PairPhone, TurnPhoneOn
from orchestrator.core.trust.caller import Speaker
from orchestrator.core.trust.speaker import GRANTABLE, refused
from orchestrator.hub.guard.connections import CONNECTION
from orchestrator.hub.phone.door import guard
from tests.hub.stage import Stage
from tests.phone.page import Phone, code_of, ended, until
from tests.poll import PATIENCE, poll

_PATHS = ("/", "/sw.js", "/pair", "/api/device", "/api/events", "/api/requests/board", "/nothing")


@pytest.mark.parametrize(
    "host",
    ["evil.example.org", "127.0.0.1.evil.example.org:80", "localhost.evil.example.org", "", "a b", "[::"],
)
def test_a_rebound_name_reaches_nothing(phone: Phone, host: str) -> None:
    for path in _PATHS:
        for method in ("GET", "POST"):
            answer = phone.ask(method, path, b"{}" if method == "POST" else None, {"Host": host})
            assert answer.status in (400, 421), path
            assert b"orch" not in answer.body


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": "http://127.0.0.1:1"},  # another program on this machine
        {"Origin": "http://localhost:{port}"},  # the same machine under another name
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Orch-Token": None},
        {"Orch-Token": "wrong"},
        {"Cookie": None},
    ],
    ids=str,
)
def test_another_site_s_request_with_the_cookie_is_refused(
    stage: Stage, phone: Phone, headers: dict[str, str | None]
) -> None:
    given = {name: said and said.format(port=phone.port) for name, said in headers.items()}
    for path, body in (
        ("/api/requests/board", {}),
        ("/api/requests/hold", {"card": "c1", "note": "x"}),
        ("/api/leave", None),
        ("/api/push", {"endpoint": "https://evil.example.org/", "p256dh": "a", "auth": "b"}),
    ):
        answer = phone.ask("POST", path, body, given)
        assert answer.status in (401, 403), path
        assert not any(name.startswith("access-control") for name in answer.headers)
    if "Origin" in given or "Sec-Fetch-Site" in given:
        assert phone.ask("POST", "/pair", {"code": code_of(stage.client), "name": "x"}, given).status == 403
    assert [each.name for each in stage.client.submit(ListDevices())] == ["pixel"]


def test_a_stolen_cookie_alone_is_worth_nothing(phone: Phone) -> None:
    """Browsers send it to every port of the host, so other programs there receive it."""
    thief = Phone(phone.port, cookie=phone.cookie)
    for path in ("/api/device", "/api/events"):
        assert thief.ask("GET", path).status == 401
    assert thief.ask("POST", "/api/requests/board", {}).status == 401
    name, _, value = phone.cookie.partition("=")
    prefixed = Phone(phone.port, cookie=f"__Host-{name}={value}", token="x" * 43)
    assert prefixed.ask("GET", "/api/device").status == 401
    assert Phone(phone.port, token=phone.token).ask("GET", "/api/device").status == 401


def test_headers_of_proxies_are_not_believed(stage: Stage, stranger: Phone) -> None:
    stranger.extra = {
        "X-Forwarded-Host": "evil.example.org",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=10.0.0.1;proto=https;host=evil.example.org",
        "Tailscale-User-Login": "owner@example.org",
        "X-Real-IP": "10.0.0.1",
    }
    assert stranger.ask("GET", "/api/device").status == 401
    paired = stranger.pair(code_of(stage.client))
    assert paired.status == 200
    assert "secure" not in paired.headers["set-cookie"].lower()
    said = []
    for number in range(15):
        stranger.extra = {"X-Forwarded-For": f"10.0.0.{number}"}
        said.append(stranger.pair("0" * 22).status)
    assert 429 in said, "an address that the client makes up has no limit of its own"


def test_every_answer_has_the_headers_that_confine_a_page(phone: Phone) -> None:
    for path in (*_PATHS, "/index.html", "/..%2f"):
        for answer in (
            phone.ask("GET", path, headers={"Cookie": None}),
            phone.ask("GET", path, headers={"Host": "x"}),
        ):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "require-trusted-types-for 'script'" in policy
            assert "unsafe" not in policy
            assert "*" not in policy
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["x-content-type-options"] == "nosniff"
    answer = phone.ask("POST", "/api/requests/board", {})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT"])
def test_other_methods_are_refused(phone: Phone, method: str) -> None:
    assert phone.ask(method, "/api/requests/board").status in (400, 405)


def test_bodies_are_limited_and_malformed_ones_refused(phone: Phone, stranger: Phone) -> None:
    assert phone.ask("POST", "/api/requests/send", b"x" * 1_000_000).status == 413
    assert Phone(phone.port).ask("POST", "/pair", b"x" * 10_000).status == 413
    for body in (b"", b"{", b"[]", b"null", b"\xff", b'{"code": 1}', b"[" * 3000, b'{"card": "c1", "by": 5}'):
        paths = ["/pair", "/api/requests/send", "/api/requests/queue.show"]
        for path in paths if body == b"null" else [*paths, "/api/push"]:
            assert phone.ask("POST", path, body).status in (403, 409, 422, 429), (path, body)


def test_no_secret_is_in_a_log_the_journal_or_an_address(stage: Stage, phone: Phone) -> None:
    code = code_of(stage.client)
    phone.ask("GET", f"/?pair={code}")
    secrets = [code, phone.token, phone.cookie.partition(".")[2]]
    for path in stage.home.root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            assert not [each for each in secrets if each.encode() in data], path


@pytest.mark.parametrize(
    "act", ["phone", "phone.on", "phone.off", "phone.pair", "phone.devices", "phone.revoke"]
)
def test_a_session_pairs_no_phone(act: str) -> None:
    session = Speaker("ada", "session c1", "c1", "a sign")
    assert refused(session, act, (act, *GRANTABLE)) is not None


def test_over_https_the_cookie_is_confined_to_the_host(stage: Stage, view: PhoneView, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=localhost", "-days", "1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    config = Path(os.environ["ORCH_CONFIG"])
    config.write_text(f'[phone]\ntls_cert = "{cert}"\ntls_key = "{key}"\n')
    try:
        secure = stage.client.submit(TurnPhoneOn())
        assert secure.address.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(cert))
        trusting.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", secure.port, timeout=PATIENCE, context=trusting)
        body = json.dumps({"code": code_of(stage.client), "name": "safe"})
        connection.request("POST", "/pair", body, {"Origin": secure.address})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, said
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-orch-")
        parts = {each.strip().lower() for each in cookie.split(";")}
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= parts
        assert not any(each.startswith("domain") for each in parts)
    finally:
        config.unlink()
    assert stage.client.submit(TurnPhoneOn()).address.startswith("http://")
    plain = cookie.partition(";")[0].removeprefix("__Host-")
    assert Phone(secure.port, cookie=plain, token=said["token"]).ask("GET", "/api/device").status == 401


def test_behind_a_proxy_only_its_https_address_is_the_page_s(stage: Stage, view: PhoneView) -> None:
    config = Path(os.environ["ORCH_CONFIG"])
    config.write_text('[phone]\nurl = "https://box.example.org"\n')
    try:
        served = stage.client.submit(TurnPhoneOn())
        assert served.address == "https://box.example.org"
        assert stage.client.submit(PairPhone()).url.startswith("https://box.example.org/#pair=")
        origin = {"Origin": "https://box.example.org"}
        for host in ("box.example.org", f"127.0.0.1:{view.port}"):  # some proxies send their own
            phone = Phone(view.port, host=host, extra=origin)
            paired = phone.pair(code_of(stage.client))
            assert paired.status == 200, paired.body
            assert paired.headers["set-cookie"].startswith("__Host-orch-")
            assert phone.read("board")
        plain = Phone(view.port, host="box.example.org")  # http, so without the proxy
        assert plain.pair(code_of(stage.client)).status == 403
        other = Phone(view.port, host="other.example.org", extra=origin)
        assert other.pair(code_of(stage.client)).status == 421
    finally:
        config.unlink()
    stage.client.submit(TurnPhoneOn())
    assert Phone(view.port, host="box.example.org").ask("GET", "/").status == 421


def test_streams_without_a_session_are_refused_and_closed(view: PhoneView) -> None:
    with socket.create_connection(("127.0.0.1", view.port), timeout=PATIENCE) as opened:
        opened.sendall(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{view.port}\r\n\r\n".encode())
        assert b"401" in until(opened, b"}")


def test_a_thousand_streams_of_a_phone_leave_six_and_the_page_answers(stage: Stage, phone: Phone) -> None:
    request = (
        f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{phone.port}\r\nCookie: {phone.cookie}\r\n"
        f"Orch-Token: {phone.token}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        for _ in range(1000):
            opened = stack.enter_context(
                socket.create_connection(("127.0.0.1", phone.port), timeout=PATIENCE)
            )
            opened.sendall(request)
        poll(lambda: 0 < stage.client.submit(ListDevices())[0].connected <= 6, "the oldest to be ended")
        assert phone.read("board")


def test_half_sent_requests_hold_up_nobody_and_are_closed(view: PhoneView, phone: Phone) -> None:
    with ExitStack() as stack:
        slow = []
        for _ in range(300):
            opened = stack.enter_context(socket.create_connection(("127.0.0.1", view.port), timeout=PATIENCE))
            opened.sendall(b"POST /pair HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")
            slow.append(opened)
        began = time.monotonic()
        assert phone.read("board")
        assert ended(slow[0])
        assert time.monotonic() - began < PATIENCE


def test_a_client_that_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_TAKES_WITHIN", 0.05)
    aborted: list[bool] = []

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _each in range(3):
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    connection = SimpleNamespace(transport=SimpleNamespace(abort=lambda: aborted.append(True)))
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"host", b"localhost")],
        CONNECTION: connection,
    }
    addresses = Addresses(Address("http", "127.0.0.1", "1"))
    asyncio.run(guard.Guard(app, addresses)(scope, receive, send))
    assert aborted == [True], "dropped at once, and nothing is sent to it any more"
