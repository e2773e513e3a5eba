"""A forge that cannot be used now, and what waits for it."""

from dataclasses import dataclass

from orchestrator.core.forge.outbox.waiting import clock


@dataclass(frozen=True, slots=True)
class ForgeAway:
    """Told once for all cards. `why` is in words that follow the host's name: `unreachable`, `refuses the
    token`."""

    host: str
    why: str
    since: float
    waiting: int = 0
    """Changes of cards that are sent once it can be used."""


def away_words(away: ForgeAway, now: float, *, short: bool = False) -> str:
    """`forge.example unreachable since 18:53, 5 waiting`; the host and the number alone if short."""
    waits = f", {away.waiting} waiting" if away.waiting else ""
    if short:
        return f"{away.host} {away.why}{f', {away.waiting}' if away.waiting else ''}"
    return f"{away.host} {away.why} since {clock(away.since, now)}{waits}"
