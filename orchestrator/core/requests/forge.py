"""What waits to be sent to a forge, and what a person decides about it. A card that was removed is named by
its id."""

from dataclasses import dataclass

from orchestrator.core.forge.outbox.waiting import ForgeOutbox
from orchestrator.core.literals import ConflictField, Side
from orchestrator.core.requests.request import Act, Read


@dataclass(frozen=True, slots=True)
class ShowOutboxes(Read[tuple[ForgeOutbox, ...]]):
    """Of all cards of which the forge has not been told everything, or of one."""

    verb = "forge.list"
    card: str = ""


@dataclass(frozen=True, slots=True)
class RetryChanges(Act[ForgeOutbox | None]):
    """Sends a refused or unclear change again; all of the card if `change` is empty. What waits after a
    failure is tried now."""

    verb = "forge.retry"
    card: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class DropChanges(Act[ForgeOutbox | None]):
    """Gives up a refused or unclear change; all of the card if `change` is empty. With `waiting` also what
    waits to be sent, and what may have been sent and cannot be found out about."""

    verb = "forge.drop"
    card: str
    change: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class SettleConflict(Act[ForgeOutbox | None]):
    """Settles a conflict: `ours` replaces what is on the forge, `theirs` keeps it. All conflicts of the card
    if `field` is empty."""

    verb = "forge.settle"
    card: str
    side: Side
    field: ConflictField | None = None


OutboxCommand = RetryChanges | DropChanges | SettleConflict
"""Requests that need only the card: the request itself is the command."""
