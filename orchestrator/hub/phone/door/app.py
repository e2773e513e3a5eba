"""The routes on the page's port."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from orchestrator import wire
from orchestrator.core.errors import NotUnderstood, OrchError, Refused
from orchestrator.core.events import DeviceActed
from orchestrator.core.phone import permitted
from orchestrator.core.phone.addresses import Addresses
from orchestrator.core.phone.devices import Device, PushSubscription
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.review import ReadPatch
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.doors.bodies import whole
from orchestrator.hub.doors.errors import HANDLERS, told
from orchestrator.hub.guard.connections import CONNECTION
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine, RefusedError
from orchestrator.hub.phone.devices import Devices
from orchestrator.hub.phone.door.files import files
from orchestrator.hub.phone.door.guard import Guard
from orchestrator.hub.phone.door.identity import Identity, NotPairedError, held
from orchestrator.hub.phone.door.pairing import Pairings
from orchestrator.hub.phone.door.receipts import Receipts
from orchestrator.hub.phone.door.seen import Seen
from orchestrator.hub.phone.door.streams import Streams
from orchestrator.world.notifications.web_push import VapidKeys, is_address, public_key

_JSON = "application/json"
_BODY, _SMALL_BODY = 128 * 1024, 4 * 1024
_BODY_WITHIN = 10.0
_PATCH = 1_000_000
"""Maximum bytes of a diff in one answer."""
_ABOUT = ("need", "gate", "card", "run", "message")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page needs to know about its own device."""

    name: str
    scopes: tuple[str, ...]
    user: str


@dataclass(slots=True)
class Door:
    """What the page may request of the hub, with whom to ask for it."""

    engine: Engine
    table: Callable[[], Table]
    devices: Devices
    streams: Streams
    pairings: Pairings
    receipts: Receipts
    identity: Identity
    user: str
    """The account of the hub, in whose name people on paired phones act."""
    push_keys: VapidKeys

    async def pair(self, request: Request) -> Response:
        origin = self.identity.check_origin(request)
        said = wire.decode(await _body(request, _SMALL_BODY), dict[str, str])
        address = request.client.host if request.client else ""
        secure = origin.startswith("https://")
        paired = self.pairings.pair(said.get("code", ""), said.get("name", ""), address, secure=secure)
        device, cookie, token = paired
        await self._record(device, "phone.pair", "", device.name)
        response = _answer({"token": token, "device": self._shown(device)})
        self.identity.give(response, cookie, secure=secure)
        return response

    async def device(self, request: Request) -> Response:
        device = self.identity.of(request)
        response = _answer(self._shown(device))
        for secure in (True, False):  # lives on for as long as it is used
            if device.secure is secure and (cookie := self.identity.cookie(request, secure=secure)):
                self.identity.give(response, cookie, secure=secure)
        return response

    async def push_key(self, request: Request) -> Response:
        """The hub's public key, with which a browser subscribes; empty if the hub cannot push."""
        self.identity.of(request)
        return _answer({"key": await asyncio.to_thread(public_key, self.push_keys)})

    async def push(self, request: Request) -> Response:
        """Stores where the device receives notifications; `null` for nowhere."""
        device = self.identity.of(request)
        said = wire.decode(await _body(request, _SMALL_BODY), PushSubscription | None)
        if said is not None and not is_address(said.endpoint):
            raise NotUnderstood("the push service's address is not an https URL")
        self.devices.set_push(device, said)
        return _answer(None)

    async def leave(self, request: Request) -> Response:
        """The device ends its own access."""
        device = self.identity.of(request)
        await self.revoke(device)
        response = _answer(None)
        self.identity.give(response, "", secure=device.secure)
        return response

    async def revoke(self, device: Device) -> None:
        """Ends the device's access and its open streams."""
        try:
            self.devices.remove(device)
        finally:
            self.streams.end(device.id)
        await self._record(device, "phone.revoke", "", device.name)

    async def events(self, request: Request) -> Response:
        device = self.identity.of(request)
        self.streams.admit(device)
        connection = request.scope.get(CONNECTION)

        async def live() -> AsyncIterator[bytes]:
            with held(request):
                async for event in self.streams.events(device, connection):
                    yield event

        return StreamingResponse(
            live(),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def asked(self, http: Request) -> Response:
        device = self.identity.of(http)
        kind: Any = EVERY.get(http.path_params["verb"])
        if kind is None:
            raise HTTPException(404)
        request = wire.request(await _body(http, _BODY), kind)
        if not self.devices.still(device):
            raise NotPairedError
        if no := permitted.refused(request, device.scopes, device.name):
            raise RefusedError(no)
        with held(http):
            return await (self._read(request) if kind.reads else self._act(http, device, request))

    async def _read(self, request: Any) -> Response:
        if isinstance(request, ReadPatch):
            request = replace(request, max_bytes=min(request.max_bytes, _PATCH))
        answer = await self.table()[0][type(request)](request)
        version = Seen(lambda: self.table()[0]).version(answer)
        return _answer(answer, {"etag": f'"{version}"'} if version else {})

    async def _act(self, http: Request, device: Device, request: Any) -> Response:
        seen = http.headers.get("if-match", "")
        digest = hashlib.sha256(wire.encode((request.verb, request, seen))).hexdigest()
        done = await self.receipts.once(
            device.id,
            http.headers.get("idempotency-key", ""),
            digest,
            lambda: self._do(device, request, seen),
        )
        if done is None:
            raise NotUnderstood("the request has no key of its own", hint="Reload the page.")
        return Response(done[1], done[0], media_type=_JSON, headers={"cache-control": "no-store"})

    async def _do(self, device: Device, request: Any, seen: str) -> Response:
        """The act's answer, also one that says why it was not done."""
        try:
            await Seen(lambda: self.table()[0]).check(request, seen)
            request = replace(request, by="phone", **({"who": self.user} if hasattr(request, "who") else {}))
            answer = await self.table()[1][type(request)](request, Speaker(self.user, device=device.name))
        except OrchError as error:
            return told(error)
        about = next((str(said) for name in _ABOUT if (said := getattr(request, name, ""))), "")
        card = about.partition(".")[0]
        await self._record(device, request.verb, card if card in self.engine.state.cards else "", about)
        return _answer(answer)

    async def _record(self, device: Device, act: str, card: str, about: str) -> None:
        await self.engine.saved(
            self.engine.record((DeviceActed(time.time(), card, act, about, device.place),))
        )

    def _shown(self, device: Device) -> _Shown:
        return _Shown(device.name, device.scopes, self.user)


def phone_app(door: Door, addresses: Addresses) -> ASGIApp:
    """The application. Without the secrets of a paired device it gives out its own files alone."""
    routes = [
        *files(),
        Route("/pair", door.pair, methods=["POST"]),
        Route("/api/device", door.device, methods=["GET"]),
        Route("/api/leave", door.leave, methods=["POST"]),
        Route("/api/push", door.push_key, methods=["GET"]),
        Route("/api/push", door.push, methods=["POST"]),
        Route("/api/events", door.events, methods=["GET"]),
        Route("/api/requests/{verb}", door.asked, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes, exception_handlers=dict(HANDLERS)), addresses)


def _answer(value: object, headers: dict[str, str] | None = None) -> Response:
    return Response(
        wire.encode(value), media_type=_JSON, headers={"cache-control": "no-store", **(headers or {})}
    )


async def _body(request: Request, most: int) -> bytes:
    """Raises `Refused` for one that takes too long."""
    try:
        async with asyncio.timeout(_BODY_WITHIN):
            return await whole(request, most)
    except TimeoutError:
        raise Refused("the request took too long") from None
