"""How acts that were asked for once (`QueuedAct`) are carried out: one `Kind` for each type."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.core.events import Event
from orchestrator.core.forge.fetched import Unfetched
from orchestrator.core.forge.links import Outgoing
from orchestrator.core.forge.marks import Mark
from orchestrator.core.forge.repository import RepositoryRef
from orchestrator.core.model import Card
from orchestrator.world.forge.forge import Forge

Events = tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An act, for whom, and where."""

    card: Card
    act: Outgoing
    repository: RepositoryRef
    mark: Mark
    """That of the act."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Both are called on the account's thread, and raise `ForgeError`."""

    send: Callable[[Forge, Asked], Events]
    """Makes the request. What follows from its answer, besides that the act is done."""
    find: Callable[[Forge, Asked], Events | Unfetched | None]
    """What follows if the act was done and its answer lost; `None` if it was not done."""
