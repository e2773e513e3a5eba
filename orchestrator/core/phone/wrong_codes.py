"""Limits on wrong pairing codes. The right code is never subject to them, so that nobody can lock the owner
out: it has 128 bits, and no number of attempts within its minutes finds it."""

from collections import deque
from dataclasses import dataclass, field

PER_ADDRESS, IN_ALL = 10, 40
"""Wrong codes within a minute that are answered as such; further ones only with how long to wait."""
WITHIN = 60.0
_REMEMBERED = 3_600.0
_MOST = 1_000


@dataclass(slots=True)
class WrongCodes:
    """The wrong codes of the last hour, as (time, address)."""

    _seen: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=_MOST))
    _told: tuple[float, int] = (-WITHIN, 0)
    """When the owner was told last, and of how many."""

    def add(self, address: str, now: float) -> float:
        """Records a wrong code. Returns the seconds to wait before another; 0 while there are few."""
        recent = [(at, whose) for at, whose in self._seen if now - at < WITHIN]
        own = [at for at, whose in recent if whose == address]
        self._seen.append((now, address))
        if len(own) >= PER_ADDRESS or len(recent) >= IN_ALL:
            return max(1.0, WITHIN - (now - min(own or [recent[0][0]])))
        return 0.0

    def within_an_hour(self, now: float) -> int:
        return sum(now - at < _REMEMBERED for at, _ in self._seen)

    def to_tell(self, now: float) -> int:
        """How many wrong codes of the last minute to tell the owner about now: once a minute, and again when
        they have become ten times as many. 0 for none."""
        many = sum(now - at < WITHIN for at, _ in self._seen)
        at, before = self._told
        if now - at < WITHIN and many < 10 * before:
            return 0
        self._told = (now, many)
        return many
