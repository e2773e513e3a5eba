"""How long a card's requests wait after a failure."""

import time
from dataclasses import dataclass, field

_FIRST = 5.0


@dataclass(slots=True)
class Pauses:
    """One for each card: longer after each failure, and at least as long as the forge demands."""

    longest: float = 300.0
    """Seconds."""
    _until: dict[str, float] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def waits(self, card: str) -> bool:
        """Whether nothing is asked for it yet."""
        return time.monotonic() < self._until.get(card, 0.0)

    def failed(self, card: str, retry_at: float = 0.0) -> None:
        """Its request failed; `retry_at` is when the forge permits the next one."""
        pause = min(2 * self._last.get(card, _FIRST / 2), self.longest)
        self._last[card] = pause
        self._until[card] = time.monotonic() + max(pause, retry_at - time.time())

    def done(self, card: str) -> None:
        """Its request succeeded."""
        self._last.pop(card, None)
        self._until.pop(card, None)
