"""What a session is told of overlaps with other cards."""

from dataclasses import dataclass
from typing import Literal

Told = Literal["overlap", "conflict"]


@dataclass(frozen=True, slots=True)
class OverlapFound:
    """The card's session is to be told that another card changes the same files, or conflicts with it."""

    at: float
    card: str
    other: str
    kind: Told
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverlapTold:
    """The note about it is in the session's mailbox."""

    at: float
    card: str
    other: str
    kind: Told


OverlapEvent = OverlapFound | OverlapTold
