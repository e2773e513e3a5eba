"""What retention keeps regardless of age, and what it may remove."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.core.events import (
    CardCreated,
    DeviceActed,
    Event,
    RequestAnswered,
    RightGranted,
    SessionActed,
    SessionChanged,
    WorktreeRemoved,
)
from orchestrator.core.needs.stats import WAITING
from orchestrator.core.workflow.events import GateApproved, GateDenied, RunStarted

DAY_S = 86_400.0

_RECORDS = (
    RightGranted,
    RequestAnswered,
    SessionActed,
    DeviceActed,
    WorktreeRemoved,
    GateApproved,
    GateDenied,
)
"""Who allowed what, what sessions and phones did, and where rescued work is."""
MAY_STAY = tuple(each.__name__ for each in (*_RECORDS, SessionChanged))
"""The kinds of events of which some are kept after their card or run is gone."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What ended before these times may be removed; 0.0 keeps it forever."""

    mail: float
    dead_letters: float
    journal: float
    folders: float


@dataclass(frozen=True, slots=True)
class Removable:
    """What may be removed now: how many messages or events, and about how many bytes."""

    count: int = 0
    bytes: int = 0


def total(parts: Iterable[Removable]) -> Removable:
    """The sum of both; zero for no parts."""
    found = tuple(parts)
    return Removable(sum(each.count for each in found), sum(each.bytes for each in found))


def until(now: float, mail: int, dead_letters: int, journal: int, folders: int) -> Cutoffs:
    """The times for limits in days; 0 days keep forever."""
    return Cutoffs(*(now - days * DAY_S if days else 0.0 for days in (mail, dead_letters, journal, folders)))


def begins(event: Event) -> bool:
    """Whether the event creates a card or a run: without it all other events of that subject change
    nothing."""
    return isinstance(event, CardCreated | RunStarted)


def expiring(events: Iterable[tuple[int, Event]]) -> Iterator[int]:
    """The numbers of those events of one removed card or run that nothing needs any more; the events come in
    their order. The counts of `orch stats` do not change by their removal."""
    waited = False
    for seq, event in events:
        if isinstance(event, SessionChanged):
            waits = event.session.status in WAITING
            if not waits and not waited:
                yield seq
            waited = waits
        elif not isinstance(event, _RECORDS):
            yield seq
