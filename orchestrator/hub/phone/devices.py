"""The paired devices and the state of the page, in the state directory: one file, for its owner alone."""

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator import regular_file, wire
from orchestrator.core.phone.devices import Device, PushSubscription, Scope, device_name

_LARGEST = 1_000_000
_MOST = 50
_SEEN_EVERY = 3_600.0
"""Seconds between two records of a device's visits: not every request writes to the disk."""
_NOBODY = "0" * 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PhoneState:
    """What the file holds."""

    on: bool = False
    port: int = 0
    """The port that was chosen when the page was first turned on."""
    devices: tuple[Device, ...] = ()


class TooManyDevicesError(Exception):
    """There are as many as there may be."""


def digest(secret: str) -> str:
    """The hash under which a secret is stored. Secrets are random and long, so it needs no salt."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


class Devices:
    """Every change is on disk when a method returns. An unreadable file pairs nobody."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.state = _read(file)

    @property
    def every(self) -> tuple[Device, ...]:
        """In the order in which they were paired."""
        return self.state.devices

    def named(self, name: str) -> Device | None:
        return next((each for each in self.every if each.name == name), None)

    def add(
        self, wanted: str, scopes: tuple[Scope, ...], now: float, *, secure: bool
    ) -> tuple[Device, str, str]:
        """A new device, with the value of its cookie and the token of its page: both are only here. Raises
        `TooManyDevicesError`, and `OSError` if it cannot be stored."""
        if len(self.every) >= _MOST:
            raise TooManyDevicesError
        cookie, token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        device = Device(
            secrets.token_hex(4),
            device_name(wanted, [each.name for each in self.every]),
            scopes,
            now,
            now,
            digest(cookie),
            digest(token),
            secure,
        )
        self._write(replace(self.state, devices=(*self.every, device)))
        return device, f"{device.id}.{cookie}", token

    def known(self, cookie: str, token: str, now: float, *, secure: bool) -> Device | None:
        """The device with this cookie and this token. One is worth nothing without the other, nor the cookie
        of a page over https anywhere else."""
        id_, _, secret = cookie.partition(".")
        device = next((each for each in self.every if each.id == id_), None)
        hashes = (device.cookie_hash, device.token_hash) if device else (_NOBODY, _NOBODY)
        fits = hmac.compare_digest(hashes[0], digest(secret)) & hmac.compare_digest(hashes[1], digest(token))
        if device is None or not fits or device.secure > secure or device.forgotten(now):
            return None
        if now - device.seen_at > _SEEN_EVERY:
            device = self._changed(replace(device, seen_at=now))
        return device

    def still(self, device: Device) -> bool:
        """Whether it has not been revoked meanwhile."""
        return any(each.id == device.id for each in self.every)

    def remove(self, device: Device) -> None:
        """Raises `OSError` if it cannot be stored; then it is still removed until the hub ends."""
        left = tuple(each for each in self.every if each.id != device.id)
        self.state = replace(self.state, devices=left)
        self._write(self.state)

    def set_push(self, device: Device, push: PushSubscription | None) -> None:
        """Stores where it receives notifications; `None` for nowhere."""
        self._changed(replace(device, push=push))

    def turn(self, *, on: bool, port: int) -> None:
        """Records whether the page is on, for the next hub, and its port."""
        if (on, port) != (self.state.on, self.state.port):
            self._write(replace(self.state, on=on, port=port))

    def _changed(self, device: Device) -> Device:
        new = tuple(device if each.id == device.id else each for each in self.every)
        try:
            self._write(replace(self.state, devices=new))
        except OSError as error:
            _log.warning("cannot write %s: %s", self._file, error)
        return device

    def _write(self, state: PhoneState) -> None:
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(wire.encode(state))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)
        self.state = state


def with_push(devices: Iterable[Device]) -> tuple[tuple[Device, PushSubscription], ...]:
    """The devices that receive notifications, with where."""
    return tuple((each, each.push) for each in devices if each.push is not None)


def _read(file: Path) -> PhoneState:
    try:
        state: PhoneState = wire.decode(regular_file.read(file, _LARGEST), PhoneState)
    except FileNotFoundError:
        return PhoneState()
    except (OSError, ValueError) as error:
        _log.warning("cannot read %s, so no phone is paired: %s", file, error)
        return PhoneState()
    return state
