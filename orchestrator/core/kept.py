"""How much the hub stores, as clients see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptView:
    """How much one store keeps, and how much of it retention would remove now; sizes are in bytes."""

    name: str
    bytes: int
    old: int
    old_bytes: int
