"""When to notify a session of its mail: at once, then at growing intervals, until it fetches its mail."""

from dataclasses import dataclass

from orchestrator.core.mail.notification import NOTIFY_AFTER_S, next_notification

PAUSE_S = NOTIFY_AFTER_S[1]
"""Seconds that a session has to react to a notification, whatever arrives meanwhile."""


@dataclass(slots=True)
class NotifyBackoff:
    """What its session has been notified of, and how often. Times are seconds since the epoch."""

    untold: bool = False
    """Something has arrived of which it was not notified."""
    arrivals: int = 0
    """How often something has arrived. Counting unread mail takes a moment, in which more may arrive: each
    notification says which arrivals it covers."""
    unresponsive: bool = False
    """It was notified as often as allowed, and has not fetched its mail since."""
    _sent: int = 0
    """How often, since the last arrival."""
    _first: float | None = None
    _last: float = 0.0
    _told_at: float = 0.0
    _asked_at: float = 0.0

    def arrived(self) -> None:
        """Something has arrived: the series starts again."""
        self.untold, self._sent, self._first = True, 0, None
        self.arrivals += 1

    def told(self, now: float, arrivals: int) -> None:
        """It was notified in a reply of that many arrivals, which counts as the first notification."""
        if self._first is None:
            self._first, self._sent = now, 1
        self.untold, self._told_at = self.arrivals != arrivals, now

    def empty(self, arrivals: int) -> None:
        """Nothing was unread when that many arrivals had been counted."""
        self.untold = self.arrivals != arrivals

    def asked(self, at: float) -> None:
        """Its session has fetched its mail."""
        if at > self._asked_at:
            self._asked_at, self.unresponsive = at, False
            if at > self._told_at:
                self._sent, self._first = 0, None

    def due(self) -> float | None:
        """When to notify next, if anything is unread; `None` for never."""
        if self._first is not None:
            at = next_notification(self._first, self._sent)
            if at is None:
                return None
        else:
            at = 0.0 if self.untold else max(self._told_at, self._asked_at) + PAUSE_S
        return max(at, self._last + PAUSE_S) if self._last else at

    def notified(self, now: float, arrivals: int) -> None:
        """It was notified of that many arrivals. If that was late, because the session was busy, the
        intervals stay the same."""
        if self._first is None:
            self._first = now
        else:
            self._first += max(0.0, now - (next_notification(self._first, self._sent) or now))
        self._sent += 1
        self.untold, self._told_at, self._last = self.arrivals != arrivals, now, now

    def gives_up(self, now: float) -> bool:
        """Whether it was notified as often as allowed without fetching its mail."""
        if self.due() is None and now >= self._last + PAUSE_S:
            self.unresponsive = True
        return self.unresponsive
