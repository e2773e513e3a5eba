"""How many requests orch may make of an account: at most its share, the rest is the person's."""

from dataclasses import dataclass, replace

SHARE = 0.6
"""Of the requests that the forge allows the account until the next reset."""
_WRONG = 2 * 3600.0
"""Seconds by which no reset moves: they are an hour apart."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The requests of one account for one resource of its forge (`core`, `graphql`) until the next reset, as
    the forge told last. Times are seconds since the epoch."""

    resource: str
    limit: int = 0
    """0 until the forge has told it."""
    remaining: int = 0
    reset_at: float = 0.0
    ours: int = 0
    """The points that orch has spent since the last reset."""
    paused_until: float = 0.0
    """The end of a secondary limit."""

    def told(self, limit: int, remaining: int, reset_at: float) -> "Budget":
        """As an answer's headers say. A later reset begins a new count, as does one that is hours earlier: a
        clock was wrong. What was spent before the first answer may all have been ours."""
        ours = self.ours if self.reset_at - _WRONG <= reset_at <= self.reset_at + 1 else 0
        if not self.limit:
            ours = limit - remaining
        return replace(self, limit=limit, remaining=remaining, reset_at=reset_at, ours=ours)

    def spent(self, points: int = 1) -> "Budget":
        """One more request of ours that the forge has counted."""
        return replace(self, ours=self.ours + points)

    def paused(self, until: float) -> "Budget":
        """No request before that time; never shorter than an earlier pause."""
        return replace(self, paused_until=max(self.paused_until, until))

    def used_up(self, until: float) -> "Budget":
        """The forge has refused: nothing remains before that time."""
        return replace(self, remaining=0, reset_at=max(self.reset_at, until))

    def waits_until(self, now: float, points: int = 1) -> float:
        """The time at which that many points may be spent; `now` or earlier if they may be now."""
        if self.paused_until > now:
            return self.paused_until
        if self.reset_at <= now:
            return now
        within = not self.limit or self.ours + points <= self.limit * SHARE
        return now if within and points <= self.remaining else self.reset_at
