"""A card's change request: opened, merged, linked."""

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.board.views import CardView
from orchestrator.core.requests.request import Act

MergeMethod = Literal["", "merge", "squash", "rebase"]


@dataclass(frozen=True, slots=True)
class Publish(Act[CardView]):
    """Pushes the card's branch, and opens its change request, or updates the open one. The card stays on the
    board, and its session runs on. The answer comes once that is done, refused, or waits for the network;
    without `wait` at once. `draft` is `None` for what the configuration says."""

    verb = "finish.pr"
    card: str
    draft: bool | None = None
    wait: bool = True


@dataclass(frozen=True, slots=True)
class MergeChangeOf(Act[CardView]):
    """Merges the card's change request, or adds it to the merge queue where the repository demands that. An
    empty `method` is that of the configuration, or the only one that the repository allows. With `force`
    whatever else than the forge stands against it does not count."""

    verb = "pr.merge"
    card: str
    method: MergeMethod = ""
    force: bool = False
    wait: bool = True


@dataclass(frozen=True, slots=True)
class LinkChangeTo(Act[CardView]):
    """Links a card with a change request of its repository."""

    verb = "pr.link"
    card: str
    number: int


@dataclass(frozen=True, slots=True)
class UnlinkChangeFrom(Act[CardView]):
    """Unlinks a card from its change request, on which nothing is changed."""

    verb = "pr.unlink"
    card: str
