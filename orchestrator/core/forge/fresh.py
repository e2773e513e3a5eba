"""How recent is what a card shows of its forge."""

from dataclasses import dataclass
from datetime import datetime

_DAY = 20 * 3600.0


@dataclass(frozen=True, slots=True)
class Fresh:
    """When a card's items were last found to be as they are known, in seconds since the epoch; 0 if that has
    not been asked since the hub started. It is not journaled: what is known may be older, never newer."""

    issue: float = 0.0
    change: float = 0.0
    stale_issue: str = ""
    """Why it could not be asked for when that was due, as text; empty if it could."""
    stale_change: str = ""
    host: str = ""
    """Where its repository's issues and change requests are; empty if that is not known."""


def as_of(at: float, now: float) -> str:
    """`as of 14:02`, in local time; with the date if that is long ago, `not asked yet` if it never was."""
    if not at:
        return "not asked yet"
    return datetime.fromtimestamp(at).strftime("as of %H:%M" if now - at < _DAY else "as of %d %b %H:%M")
