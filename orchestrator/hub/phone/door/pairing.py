"""Trades pairing codes for devices, and tells the owner of wrong ones."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.core.errors import OrchError
from orchestrator.core.phone.devices import Device
from orchestrator.core.phone.wrong_codes import WrongCodes
from orchestrator.hub.loop.engine import refusal
from orchestrator.hub.phone.codes import Codes, Wrong
from orchestrator.hub.phone.devices import Devices, TooManyDevicesError

_WORDS: dict[Wrong, str] = {
    "unknown": "the code is wrong",
    "used": "the code was already used",
    "expired": "the code has expired",
}
_NEW = "Get a new one: orch phone"


class WrongCodeError(OrchError):
    """The code pairs nothing."""

    status = 403


class TooManyCodesError(OrchError):
    """There were too many wrong codes."""

    status = 429


@dataclass(slots=True)
class Pairings:
    """`tell` reaches the owner on every board."""

    codes: Codes
    devices: Devices
    tell: Callable[[str], None]
    wrong: WrongCodes = field(default_factory=WrongCodes)

    def pair(self, code: str, name: str, address: str, *, secure: bool) -> tuple[Device, str, str]:
        """The new device with its two secrets. Raises `WrongCodeError` and `TooManyCodesError`; the right
        code is accepted whatever happened before."""
        found = self.codes.take(code)
        if isinstance(found, tuple):
            try:
                paired = self.devices.add(name, found, time.time(), secure=secure)
            except TooManyDevicesError:
                raise refusal(
                    "too many devices are paired", hint="Revoke one: orch phone revoke NAME"
                ) from None
            self.tell(f"Paired the phone {paired[0].name}.")
            return paired
        now = time.monotonic()
        wait = self.wrong.add(address, now)
        if many := self.wrong.to_tell(now):
            codes = "a wrong pairing code" if many == 1 else f"{many} wrong pairing codes"
            again = ", one that was already used" if found == "used" else ""
            self.tell(f"The phone page received {codes} from {address or 'somewhere'}{again}.")
        if wait:
            raise TooManyCodesError("too many wrong codes", f"wait {wait:.0f} s", _NEW)
        raise WrongCodeError(_WORDS[found], hint=_NEW)
