"""Turns the page for phones on and off, and manages its devices."""

import asyncio
import logging
import os
import pwd
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator import config
from orchestrator.config.phone import Phone
from orchestrator.core.board.views import Notice
from orchestrator.core.phone.addresses import Address, Addresses, address_of, listen_address
from orchestrator.core.phone.devices import SCOPES, Device, DeviceView, Pairing, PhoneView, known_scopes
from orchestrator.core.phone.reach import reach_lines
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.phone.codes import LIVES, Codes
from orchestrator.hub.phone.devices import Devices
from orchestrator.hub.phone.door.app import Door, phone_app
from orchestrator.hub.phone.door.identity import Identity
from orchestrator.hub.phone.door.pairing import Pairings
from orchestrator.hub.phone.door.receipts import Receipts
from orchestrator.hub.phone.door.streams import Streams
from orchestrator.hub.phone.listener import PageListener
from orchestrator.hub.services.lookup import MissingError
from orchestrator.hub.telling.stream import Stream
from orchestrator.paths import Home
from orchestrator.world.notifications.web_push import VapidKeys
from orchestrator.world.tailnet import tailnet_name

_RETRIES_EVERY = 5.0
_OFF = "the phone page is off"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class PhoneService:
    """Methods raise `RefusedError`, `MissingError`, `ConfigError`, or `OSError` of a full disk. `table` is
    what devices may request, once their scopes allow it."""

    engine: Engine
    home: Home
    stream: Stream
    settings: Phone
    table: Callable[[], Table]
    devices: Devices = field(init=False)
    _pairings: Pairings = field(init=False)
    _streams: Streams = field(init=False)
    _receipts: Receipts = field(default_factory=Receipts)
    _listener: PageListener | None = None
    _trouble: str = ""
    _turning: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.devices = Devices(self.home.phone)
        self._pairings = Pairings(Codes(), self.devices, self._tell)
        self._streams = Streams(self.stream)

    async def run(self) -> None:
        """Keeps the page on while it is turned on, forever."""
        while True:
            if self.devices.state.on and not self._listening:
                try:
                    await self._open(self.settings)
                except OSError as error:
                    if str(error) != self._trouble:
                        _log.warning("the phone page is not reachable: %s", error)
                    self._trouble = str(error)
            await asyncio.sleep(_RETRIES_EVERY)

    async def turn_on(self) -> PhoneView:
        """With the settings as they are in the file now."""
        settings = (await asyncio.to_thread(config.load)).phone
        if not (self._listening and settings == self.settings):
            try:
                await self._open(settings)
            except OSError as error:
                raise refusal(
                    "cannot turn the phone page on", str(error), "Choose another address: [phone] listen"
                ) from None
        return await self.show()

    async def turn_off(self) -> PhoneView:
        self.devices.turn(on=False, port=self.devices.state.port)
        await self.close()
        return await self.show()

    async def close(self) -> None:
        """Ends the listener, and every stream and code with it."""
        async with self._turning:
            listener, self._listener = self._listener, None
            self._pairings.codes.clear()
            self._streams.end()
            if listener is not None:
                await listener.close()

    async def show(self) -> PhoneView:
        state, addresses = self.devices.state, self._addresses(self.devices.state.port)
        reach = (
            reach_lines(addresses, state.port, await asyncio.to_thread(tailnet_name)) if state.port else ()
        )
        return PhoneView(
            state.on,
            self._listening,
            addresses.shown.origin if state.port else "",
            addresses.listen.host,
            state.port,
            reach,
            self.list(),
            self._trouble if state.on and not self._listening else "",
            self._pairings.wrong.within_an_hour(time.monotonic()),
        )

    def pair(self, scopes: tuple[str, ...]) -> Pairing:
        """A new code for a device with these scopes, or with the configured ones."""
        if unknown := next((each for each in scopes if each not in SCOPES), ""):
            raise refusal(f"no scope named {unknown!r}", hint=f"Choose of {', '.join(SCOPES)}.")
        if not self._listening:
            raise refusal(_OFF, self._trouble, "Turn it on: orch phone on")
        given = known_scopes(scopes or self.settings.scopes)
        code = self._pairings.codes.make(given)
        address = self._addresses(self.devices.state.port).shown.origin
        return Pairing(f"{address}/#pair={code}", time.time() + LIVES, given)

    def list(self) -> tuple[DeviceView, ...]:
        return tuple(map(self._view, self.devices.every))

    async def revoke(self, name: str) -> DeviceView:
        device = self.devices.named(name)
        if device is None:
            names = ", ".join(each.name for each in self.devices.every) or "none is paired"
            raise MissingError(f"no phone named {name!r}", names, "List them: orch phone devices")
        view = self._view(device)
        await self._door(self._addresses(self.devices.state.port)).revoke(device)
        return view

    # --- inside ----------------------------------------------------------------------------------

    @property
    def _listening(self) -> bool:
        return self._listener is not None and self._listener.runs

    async def _open(self, settings: Phone) -> None:
        """Listens with these settings instead of the present ones. Raises `OSError`."""
        await self.close()
        async with self._turning:
            self.settings = settings
            host, wanted = listen_address(settings.listen) or ("127.0.0.1", 0)
            tls = (settings.tls_cert, settings.tls_key) if settings.tls_cert else None
            port = wanted or self.devices.state.port
            addresses = self._addresses(port)
            page = phone_app(self._door(addresses), addresses)
            self._listener = PageListener.open(page, host, port, tls)
            self._trouble = ""
            self.devices.turn(on=True, port=self._listener.port)
            _log.info("the phone page is on %s port %s", host, self._listener.port)

    def _door(self, addresses: Addresses) -> Door:
        return Door(
            engine=self.engine,
            table=self.table,
            devices=self.devices,
            streams=self._streams,
            pairings=self._pairings,
            receipts=self._receipts,
            identity=Identity(self.devices, addresses, str(self.home.root)),
            user=pwd.getpwuid(os.getuid()).pw_name,
            push_keys=VapidKeys(self.home.push_key),
        )

    def _addresses(self, port: int) -> Addresses:
        host, _ = listen_address(self.settings.listen) or ("127.0.0.1", 0)
        scheme = "https" if self.settings.tls_cert else "http"
        listen = Address(scheme, f"[{host}]" if ":" in host else host, str(port))
        return Addresses(listen, address_of(self.settings.url) if self.settings.url else None)

    def _view(self, device: Device) -> DeviceView:
        return DeviceView(
            device.name,
            device.scopes,
            device.paired_at,
            device.seen_at,
            self._streams.count(device.id),
            device.secure,
            device.push is not None,
        )

    def _tell(self, words: str) -> None:
        _log.warning("%s", words)
        self.stream.notice(Notice(time.time(), "phone", words))
