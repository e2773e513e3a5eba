"""Web Push (RFC 8030, 8291, 8292): one encrypted message to the push service of a browser. Optional.

The private key of the hub is in a file for its owner alone. The address of a subscription is a secret: who
knows it can make the device show something, if the key leaks as well. Neither is in a text of this module.
"""

import base64
import binascii
import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orchestrator.core.notifications.views import SENT, Outcome
from orchestrator.world.notifications.public import PrivateAddressError, is_literal, public_address

MISSING = "pywebpush is not installed. Run: pip install 'orch-tui[phone]'"
_LIVES_S = 3600
"""How long a push service keeps a message for a device that is offline."""
_SIGNED_S = 3600
_GONE = (404, 410)
_AGAIN = (408, 429)
_UNFIT = (ValueError, TypeError, LookupError, AttributeError, binascii.Error)
"""What the encryption raises for keys that are none."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message. `gone`: the subscription has ended, and is to be forgotten."""

    outcome: Outcome
    gone: bool = False


def available() -> bool:
    """Whether the library is installed."""
    return find_spec("pywebpush") is not None and find_spec("py_vapid") is not None


def is_address(endpoint: str) -> bool:
    """Whether that can be the address of a push service."""
    try:
        parts = urlsplit(endpoint)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


class VapidKeys:
    """The hub's keys for push services, made when they are first needed. Methods block, and raise `OSError`
    if the file cannot be read or written."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def public(self) -> str:
        """The public key as `pushManager.subscribe` takes it: base64url without padding."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        raw = self._key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def headers(self, endpoint: str, contact: str) -> dict[str, str]:
        """What proves to the push service that a message is from this hub."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": contact,
            "exp": int(time.time()) + _SIGNED_S,
        }
        signed: dict[str, str] = self._key().sign(claims)
        return signed

    def _key(self) -> Any:
        from py_vapid import Vapid02  # optional, and slow to import

        if not self._file.exists():
            made = Vapid02()
            made.generate_keys()
            new = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}.new")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(made.private_pem())
            with contextlib.suppress(FileExistsError):  # another thread was first
                os.link(new, self._file)
            new.unlink(missing_ok=True)
        return Vapid02.from_pem(self._file.read_bytes())


def public_key(keys: VapidKeys) -> str:
    """The public key; empty if pushes cannot be sent from here."""
    if not available():
        return ""
    try:
        return keys.public()
    except (OSError, *_UNFIT):
        return ""


def send(
    keys: VapidKeys,
    subscription: Mapping[str, str],
    payload: Mapping[str, object],
    *,
    urgent: bool,
    contact: str,
    timeout: float,
    private: Collection[str] = (),
) -> Sent:
    """Sends one message. `subscription` has `endpoint`, `p256dh` and `auth`; `private` are the hosts that may
    be on a private address, and without https. Blocks for about `timeout` seconds at most."""
    if not available():
        return Sent(Outcome("failed", MISSING))
    import requests
    from py_vapid import VapidException
    from pywebpush import WebPusher, WebPushException

    endpoint = subscription["endpoint"]
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return Sent(Outcome("failed", "the subscription is invalid"), gone=True)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in private):
        return Sent(Outcome("failed", "the push service's address is not https"))
    try:
        session, there = _pinned(endpoint, private)
    except PrivateAddressError:
        why = f"{parts.hostname} is on a private address, and not listed in notify.push_private"
        return Sent(Outcome("failed", why))
    except socket.gaierror:
        return Sent(Outcome("failed", f"cannot resolve {parts.hostname}", again=True))
    except ValueError:
        return Sent(Outcome("failed", "the subscription is invalid"), gone=True)
    info = {"endpoint": endpoint, "keys": {name: subscription[name] for name in ("p256dh", "auth")}}
    try:
        body = WebPusher(info).encode(json.dumps(payload).encode())["body"]
        headers = {
            **keys.headers(endpoint, contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_LIVES_S),
            "Urgency": "high" if urgent else "normal",
            "Topic": "orch",  # of those that wait at the service, only the newest is delivered
        }
    except (WebPushException, VapidException):
        return Sent(Outcome("failed", "the subscription is invalid"), gone=True)
    except OSError as error:
        return Sent(Outcome("failed", f"cannot use the push key: {error.strerror or type(error).__name__}"))
    except _UNFIT:
        return Sent(Outcome("failed", "the subscription is invalid"), gone=True)
    try:
        with (
            session,
            session.post(
                there, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
            ) as answer,
        ):
            return _sent(answer.status_code, parts.hostname or "")
    except requests.ConnectionError:
        return Sent(Outcome("failed", f"cannot reach {parts.hostname}", again=True))
    except requests.Timeout:  # it may have arrived
        return Sent(Outcome("failed", f"{parts.hostname} did not respond within {timeout:g} s"))
    except (requests.RequestException, ValueError) as error:
        return Sent(Outcome("failed", f"{parts.hostname}: {type(error).__name__}"))


def _pinned(url: str, private: Collection[str]) -> tuple[Any, str]:
    """A session of `requests`, and the URL under which it reaches exactly the address that was checked.
    Behind a proxy, that one resolves the name. Raises as `public_address`, and `ValueError` for no URL."""
    import requests
    from requests.adapters import HTTPAdapter

    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    session = requests.Session()
    if host not in private and requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)):
        if is_literal(host):
            public_address(host, port, private)
        return session, url
    address = public_address(host, port, private)

    class Pinned(HTTPAdapter):
        def init_poolmanager(self, *given: Any, **named: Any) -> None:
            super().init_poolmanager(*given, server_hostname=host, assert_hostname=host, **named)

    session.trust_env = False  # no proxy: its exceptions are by name, and the URL has an address
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    session.headers["Host"] = parts.netloc.rpartition("@")[2]
    session.mount("https://", Pinned())
    there = f"[{address}]" if ":" in address else address
    return session, parts._replace(netloc=f"{there}:{port}").geturl()


def _sent(status: int, host: str) -> Sent:
    if status in (200, 201, 202, 204):
        return Sent(SENT)
    if status in _GONE:
        return Sent(Outcome("failed", f"{host}: the subscription has ended"), gone=True)
    return Sent(Outcome("failed", f"{host} answered {status}", again=status >= 500 or status in _AGAIN))
