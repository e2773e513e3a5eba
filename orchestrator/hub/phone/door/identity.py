"""Who makes a request on the page's port: a paired device, or nobody."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

from orchestrator.core.errors import OrchError
from orchestrator.core.phone.addresses import Addresses
from orchestrator.core.phone.devices import Device
from orchestrator.hub.guard.connections import CONNECTION
from orchestrator.hub.phone.devices import Devices

TOKEN_HEADER = "orch-token"  # noqa: S105 (the name of a header)
_LIVES = 400 * 86_400
"""Seconds for which a browser keeps the cookie, which is the most that browsers allow."""


class NotPairedError(OrchError):
    """The request has no secrets of a paired device."""

    status = 401

    def __init__(self) -> None:
        super().__init__("this device is not paired", hint="Pair it: orch phone")


class ForeignOriginError(OrchError):
    """The request comes from another site's page."""

    status = 403

    def __init__(self) -> None:
        super().__init__("requests from other sites are refused")


class Identity:
    """Identifies devices by two secrets: a cookie that no script can read, and a token that only the page's
    own origin has. Browsers send cookies to every port of a host, so a cookie alone is worth nothing."""

    def __init__(self, devices: Devices, addresses: Addresses, hub: str) -> None:
        """`hub` tells hubs on one machine apart: their cookies are not to overwrite each other."""
        self._devices = devices
        self._addresses = addresses
        self._name = f"orch-{hashlib.sha256(hub.encode()).hexdigest()[:12]}"

    def of(self, request: Request) -> Device:
        """The device. Raises `NotPairedError`, and `ForeignOriginError` for a POST of another site's page."""
        if request.method == "POST":
            self.check_origin(request)
        token = request.headers.get(TOKEN_HEADER, "")
        for secure in (True, False):
            if cookie := self.cookie(request, secure=secure):
                device = self._devices.known(cookie, token, time.time(), secure=secure)
                if device is not None:
                    return device
        raise NotPairedError

    def check_origin(self, request: Request) -> str:
        """The origin of the page that sends a POST. Raises `ForeignOriginError` for any but our own."""
        origin = request.headers.get("origin", "")
        if not self._addresses.same_origin(origin, request.headers.get("host", "")):
            raise ForeignOriginError
        return origin

    def cookie(self, request: Request, *, secure: bool) -> str:
        """The cookie's present value; empty without it."""
        return request.cookies.get(self._cookie(secure=secure), "")

    def give(self, response: Response, cookie: str, *, secure: bool) -> None:
        """Sets the cookie in an answer; an empty one is taken back."""
        response.set_cookie(
            self._cookie(secure=secure),
            cookie,
            max_age=_LIVES if cookie else 0,
            path="/",
            httponly=True,
            samesite="strict",
            secure=secure,
        )

    def _cookie(self, *, secure: bool) -> str:
        """Browsers accept the prefix only over https, for exactly this host and without a domain."""
        return f"__Host-{self._name}" if secure else self._name


@contextmanager
def held(request: Request) -> Iterator[None]:
    """Within this, the connection has no time limit: its device is known."""
    connection = request.scope.get(CONNECTION)
    if connection is not None:
        connection.known()
    try:
        yield
    finally:
        if connection is not None:
            connection.unknown()
