"""The page for phones, and the devices that are paired with it."""

from dataclasses import dataclass

from orchestrator.core.phone.devices import DeviceView, Pairing, PhoneView
from orchestrator.core.requests.request import Act, Read


@dataclass(frozen=True, slots=True)
class ShowPhone(Read[PhoneView]):
    verb = "phone"
    act = "phone"


@dataclass(frozen=True, slots=True)
class TurnPhoneOn(Act[PhoneView]):
    """Starts the page's listener, with `[phone]` as it is in the configuration now, and keeps it on across
    restarts. Refused if its address is taken."""

    verb = "phone.on"


@dataclass(frozen=True, slots=True)
class TurnPhoneOff(Act[PhoneView]):
    """Ends the listener and every open page. Devices stay paired."""

    verb = "phone.off"


@dataclass(frozen=True, slots=True)
class PairPhone(Act[Pairing]):
    """A new code. `scopes` are those of the device that uses it; empty for the configured ones. Refused while
    the page is off."""

    verb = "phone.pair"
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListDevices(Read[tuple[DeviceView, ...]]):
    """In the order in which they were paired."""

    verb = "phone.devices"
    act = "phone.devices"


@dataclass(frozen=True, slots=True)
class RevokeDevice(Act[DeviceView]):
    """Ends the device's access and its open pages at once. `device` is its name."""

    verb = "phone.revoke"
    device: str
