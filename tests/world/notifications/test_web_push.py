"""Web Push, against a push service of the tests' own that decrypts what arrives."""

import base64
import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from orchestrator.world.notifications.web_push import Sent, VapidKeys, _pinned, send
from tests.world.notifications.endpoint import Browser, Endpoint, endpoint

TOLD = {"title": "orch", "body": "2 wait for you"}


@pytest.fixture
def service() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


@pytest.fixture
def keys(tmp_path: Path) -> VapidKeys:
    return VapidKeys(tmp_path / "push.pem")


def sent(keys: VapidKeys, subscription: dict[str, str], *, urgent: bool = True) -> Sent:
    return send(
        keys,
        subscription,
        TOLD,
        urgent=urgent,
        contact="mailto:ada@example.org",
        timeout=5.0,
        private=("127.0.0.1",),
    )


def test_only_the_browser_can_read_a_push_and_its_sender_is_proved(
    service: Endpoint, keys: VapidKeys, tmp_path: Path
) -> None:
    browser = Browser()
    assert sent(keys, browser.subscription(f"{service.url}/s/1")).outcome.state == "sent"
    [(path, headers, body)] = service.got
    assert path == "/s/1"
    assert b"wait" not in body
    assert browser.read(body) == TOLD
    assert {name: headers[name] for name in ("TTL", "Urgency", "Topic", "Content-Encoding")} == {
        "TTL": "3600", "Urgency": "high", "Topic": "orch", "Content-Encoding": "aes128gcm",
    }  # fmt: skip
    claims = verified(headers["Authorization"], keys.public())
    assert (claims["aud"], claims["sub"]) == (service.url, "mailto:ada@example.org")
    assert stat.S_IMODE((tmp_path / "push.pem").stat().st_mode) == 0o600
    assert VapidKeys(tmp_path / "push.pem").public() == keys.public()
    assert [each.name for each in tmp_path.iterdir()] == ["push.pem"]


@pytest.mark.parametrize(
    ("status", "gone", "again"),
    [(404, True, False), (410, True, False), (429, False, True), (503, False, True),
     (400, False, False), (302, False, False)],
)  # fmt: skip
def test_a_subscription_that_has_ended_is_told_apart_from_a_failure(
    service: Endpoint, keys: VapidKeys, status: int, gone: bool, again: bool
) -> None:
    service.status = status
    made = sent(keys, Browser().subscription(f"{service.url}/secret-address"), urgent=False)
    assert (made.outcome.state, made.gone, made.outcome.again) == ("failed", gone, again)
    assert "secret-address" not in made.outcome.why
    assert len(service.got) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("endpoint", "http://push.example.org/1"), ("endpoint", "file:///etc/passwd"),
     ("endpoint", "https://[2606:4700::1111]/1"), ("endpoint", "https://192.0.0.9:port/1"),
     ("endpoint", "https://[/"), ("endpoint", "https://"), ("endpoint", "https://a..b/"),
     ("p256dh", "AAAA"), ("p256dh", "é"), ("auth", ""), ("auth", "!")],
)  # fmt: skip
def test_what_is_no_subscription_is_sent_nothing(
    service: Endpoint, keys: VapidKeys, name: str, value: str
) -> None:
    made = sent(keys, Browser().subscription(service.url) | {name: value})
    assert made.outcome.state == "failed"
    assert service.got == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",  # noqa: S104
     "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255"],
)  # fmt: skip
def test_a_push_never_reaches_a_private_address_that_is_not_listed(
    service: Endpoint, keys: VapidKeys, host: str
) -> None:
    port = service.url.rpartition(":")[2]
    made = send(
        keys,
        Browser().subscription(f"https://{host}:{port}/s/1"),
        TOLD,
        urgent=True,
        contact="mailto:ada@example.org",
        timeout=5.0,
    )
    assert "is on a private address" in made.outcome.why
    assert (made.gone, made.outcome.again, service.got) == (False, False, [])


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, service: Endpoint, keys: VapidKeys
) -> None:
    """A name that resolves to a public address when it is checked, and to this machine afterwards."""
    port = int(service.url.rpartition(":")[2])
    answers = iter(["192.0.0.9"])  # public by the registry, and reached by nobody
    there = "rebinds.example"
    real = socket.getaddrinfo

    def resolve(host: str, *given: Any, **named: Any) -> Any:
        return real(next(answers, "127.0.0.1") if host == there else host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    _, url = _pinned(f"https://{there}:{port}/s/1", ())
    assert url == f"https://192.0.0.9:{port}/s/1"


def test_a_service_that_cannot_be_reached_is_tried_again(keys: VapidKeys) -> None:
    with endpoint() as gone:
        subscription = Browser().subscription(gone.url)
    made = sent(keys, subscription)
    assert (made.outcome.state, made.gone, made.outcome.again) == ("failed", False, True)


def verified(header: str, public: str) -> dict[str, str]:
    """The claims of a VAPID header whose signature fits that key."""
    parts = dict(each.strip().split("=", 1) for each in header.removeprefix("vapid ").split(","))
    assert parts["k"].rstrip("=") == public
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data(public))
    signed, _, signature = parts["t"].rpartition(".")
    raw = data(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.verify(utils.encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    claims: dict[str, str] = json.loads(data(signed.partition(".")[2]))
    return claims


def data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
