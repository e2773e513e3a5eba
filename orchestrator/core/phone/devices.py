"""Paired devices."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from orchestrator.core.text.clean import one_line

Scope = Literal["look", "answer", "gates", "prompts"]
"""What a device may do: see everything; answer requests and help stuck sessions; decide gates and stages of
runs; send prompts and mail, stop and hold sessions."""
SCOPES: tuple[Scope, ...] = get_args(Scope)

NAME_LIMIT = 40
"""Maximum characters of a device's name."""
FORGOTTEN_AFTER = 90 * 86_400.0
"""Seconds without a visit after which a device has to be paired again."""


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """Where a device receives notifications, as its browser gave it."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Device:
    """A paired device, as it is stored: of its two secrets only the hashes."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    paired_at: float
    seen_at: float
    cookie_hash: str
    """SHA-256 of the secret in its cookie."""
    token_hash: str
    """SHA-256 of the secret that its page sends with each request."""
    secure: bool
    """Paired over https; its cookie is accepted only from there."""
    push: PushSubscription | None = None

    @property
    def place(self) -> str:
        """Where its acts come from, in the journal."""
        return f"phone:{self.name}"

    def forgotten(self, now: float) -> bool:
        """Whether it has not been here for too long."""
        return now - self.seen_at > FORGOTTEN_AFTER


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A paired device, and an element of `orch phone devices --json`."""

    name: str
    scopes: tuple[str, ...]
    """Of `look`, `answer`, `gates` and `prompts`."""
    paired_at: float
    seen_at: float
    """Its last visit, to the hour."""
    connected: int
    """How many of its pages are open now."""
    secure: bool
    """Paired over https."""
    push: bool
    """Whether it receives notifications."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A code with which one device can be paired, once."""

    url: str
    """The page's address with the code in its fragment, which browsers do not send."""
    expires_at: float
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhoneView:
    """The page for phones."""

    on: bool
    listening: bool
    """Whether it can be reached; `trouble` says why not."""
    address: str
    """Its address as a phone sees it: `[phone] url`, else that of the listener."""
    host: str
    port: int
    """0 before it was first turned on."""
    reach: tuple[str, ...]
    """How to reach it, as lines of text; a line that begins with spaces is a command."""
    devices: tuple[DeviceView, ...]
    trouble: str = ""
    wrong_codes: int = 0
    """Wrong pairing codes within the last hour."""


def device_name(wanted: str, taken: Collection[str]) -> str:
    """A name in one line that no other device has."""
    name = one_line(wanted, NAME_LIMIT).replace(":", " ").strip() or "phone"
    number = 1
    while (found := name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return found


def known_scopes(said: Collection[str]) -> tuple[Scope, ...]:
    """The scopes in their order. A device that may anything may also look."""
    return tuple(each for each in SCOPES if each in said or each == "look")
