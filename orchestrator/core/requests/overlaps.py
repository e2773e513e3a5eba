"""Which cards change the same files."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.overlaps.views import RepositoryOverlaps
from orchestrator.core.requests.request import Read

Look = Literal["known", "now", "all"]
"""What is known; after reading what seems to have changed since; after reading every worktree again."""


@dataclass(frozen=True, slots=True)
class ListOverlaps(Read[tuple[RepositoryOverlaps, ...]]):
    """Those of each repository with more than one card at work; with `card` only that card's, with the order
    of landing for its whole repository."""

    verb = "overlaps"
    card: str = ""
    look: Look = "now"
