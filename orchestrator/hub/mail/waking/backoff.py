"""When a mailbox's bell rings: at once, then less and less often, until its session asks for its mail."""

from dataclasses import dataclass

from orchestrator.core.mail.doorbell import RINGS_AFTER_S, next_ring

PAUSE_S = RINGS_AFTER_S[1]
"""Seconds that a session has to do something about a ring, whatever comes meanwhile."""


@dataclass(slots=True)
class NotifyBackoff:
    """What its session has been told of, and how often. Times are seconds since the epoch."""

    untold: bool = False
    """Something has come of which it was not told."""
    arrivals: int = 0
    """How often something has come. Counting what waits takes a moment, in which more may come: whoever tells
    says which arrivals were counted."""
    deaf: bool = False
    """It was told as often as it may be, and has not asked for its mail since."""
    _rung: int = 0
    """How often, since something came last."""
    _first: float | None = None
    _last: float = 0.0
    _told_at: float = 0.0
    _asked_at: float = 0.0

    def arrived(self) -> None:
        """Something has come: the series begins again."""
        self.untold, self._rung, self._first = True, 0, None
        self.arrivals += 1

    def told(self, now: float, arrivals: int) -> None:
        """It was told on the way of so many arrivals, which counts as the first ring."""
        if self._first is None:
            self._first, self._rung = now, 1
        self.untold, self._told_at = self.arrivals != arrivals, now

    def empty(self, arrivals: int) -> None:
        """Nothing waited when so many arrivals had been counted."""
        self.untold = self.arrivals != arrivals

    def asked(self, at: float) -> None:
        """Its session has asked for its mail."""
        if at > self._asked_at:
            self._asked_at, self.deaf = at, False
            if at > self._told_at:
                self._rung, self._first = 0, None

    def due(self) -> float | None:
        """When to ring next, provided that something is unread; `None` for not any more."""
        if self._first is not None:
            at = next_ring(self._first, self._rung)
            if at is None:
                return None
        else:
            at = 0.0 if self.untold else max(self._told_at, self._asked_at) + PAUSE_S
        return max(at, self._last + PAUSE_S) if self._last else at

    def rang(self, now: float, arrivals: int) -> None:
        """The bell has rung for so many arrivals. Where it came late, because the session was busy, the
        pauses stay as long as they are."""
        if self._first is None:
            self._first = now
        else:
            self._first += max(0.0, now - (next_ring(self._first, self._rung) or now))
        self._rung += 1
        self.untold, self._told_at, self._last = self.arrivals != arrivals, now, now

    def gives_up(self, now: float) -> bool:
        """Whether it was notified as often as allowed without fetching its mail."""
        if self.due() is None and now >= self._last + PAUSE_S:
            self.deaf = True
        return self.deaf
