"""Pairing codes: each pairs one device, within three minutes. They are in memory alone: a hub that ends takes
them with it."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.phone.devices import Scope
from orchestrator.hub.phone.devices import digest

LIVES = 180.0
"""Seconds in which a code can be used."""
_BYTES = 16
_MOST = 8
_REMEMBERED = 64

Wrong = Literal["unknown", "used", "expired"]


@dataclass(frozen=True, slots=True)
class _Code:
    hash: str
    until: float
    scopes: tuple[Scope, ...]
    state: Literal["open", "used"] = "open"


class Codes:
    """The codes of one hub. Only hashes are kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: list[_Code] = []

    def make(self, scopes: tuple[Scope, ...]) -> str:
        """A new code of 128 bits. Of too many open ones the oldest end."""
        code = secrets.token_urlsafe(_BYTES)
        self._codes.append(_Code(digest(code), self._clock() + LIVES, scopes))
        open_ = [each for each in self._codes if each.state == "open"]
        ended = {each.hash for each in open_[:-_MOST]}
        self._codes = [each for each in self._codes if each.hash not in ended][-_REMEMBERED:]
        return code

    def take(self, said: str) -> tuple[Scope, ...] | Wrong:
        """The scopes of the device that used this code, which is used from now on; or what is wrong with
        it."""
        wanted = digest(said)
        found: _Code | None = None
        for each in self._codes:  # all of them: the time taken says nothing about any
            if hmac.compare_digest(each.hash, wanted):
                found = each
        if found is None:
            return "unknown"
        if found.state == "used":
            return "used"
        if self._clock() > found.until:
            return "expired"
        at = self._codes.index(found)
        self._codes[at] = _Code(found.hash, found.until, found.scopes, "used")
        return found.scopes

    def clear(self) -> None:
        """Ends all codes."""
        self._codes.clear()
