"""How long requests wait after a failure: those of a whole account, or those of one card."""

import time
from dataclasses import dataclass, field

from orchestrator.world.forge.errors import ForgeError, Trouble

OF_ACCOUNT = frozenset(
    {Trouble.AWAY, Trouble.CERTIFICATE, Trouble.NOT_A_FORGE, Trouble.NO_TOKEN, Trouble.AUTH}
)
"""Failures that every request of the account would meet. A limit is not among them: the connection keeps it
for each resource, and refuses without asking."""
_FIRST = 5.0


@dataclass(slots=True)
class Pause:
    """Longer after each failure, and at least as long as the forge demands."""

    longest: float = 300.0
    """Seconds."""
    error: ForgeError | None = None
    """The last failure."""
    since: float = 0.0
    """When the first request in succession failed, in seconds since the epoch."""
    _until: float = 0.0
    _last: float = 0.0

    def waits(self) -> bool:
        """Whether nothing is asked yet."""
        return time.monotonic() < self._until

    @property
    def until(self) -> float:
        """When the next one is made, in seconds since the epoch; 0 if nothing waits."""
        left = self._until - time.monotonic()
        return time.time() + left if left > 0 else 0.0

    def failed(self, retry_at: float = 0.0, error: ForgeError | None = None) -> None:
        """A request failed; `retry_at` is when the forge permits the next one."""
        self._last = min(2 * self._last, self.longest) if self._last else _FIRST
        self._until = time.monotonic() + max(self._last, retry_at - time.time())
        self.error, self.since = error, self.since or time.time()

    def end(self) -> None:
        """The next request is made at once; that the last one failed is still known."""
        self._until, self._last = 0.0, 0.0

    def done(self) -> None:
        """A request succeeded."""
        self.end()
        self.error, self.since = None, 0.0


@dataclass(slots=True)
class Pauses:
    """One for each card."""

    longest: float = 300.0
    """Seconds."""
    _of: dict[str, Pause] = field(default_factory=dict)

    def waits(self, card: str) -> bool:
        """Whether nothing is asked for it yet."""
        return card in self._of and self._of[card].waits()

    def until(self, card: str) -> float:
        """When the next request for it is made, in seconds since the epoch; 0 if nothing waits."""
        return self._of[card].until if card in self._of else 0.0

    def failed(self, card: str, retry_at: float = 0.0) -> None:
        """Its request failed; `retry_at` is when the forge permits the next one."""
        self._of.setdefault(card, Pause(self.longest)).failed(retry_at)

    def refused(self, card: str, error: ForgeError) -> None:
        """Its request failed for a reason that is its own, unless it is that of the whole account."""
        if error.trouble not in OF_ACCOUNT:
            self.failed(card, error.retry_at)

    def done(self, card: str) -> None:
        """Its request succeeded."""
        self._of.pop(card, None)
