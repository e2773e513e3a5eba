"""What of the past is kept however old it is, and what may go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.core.events import (
    CardCreated,
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

_RECORDS = (RightGranted, RequestAnswered, SessionActed, WorktreeRemoved, GateApproved, GateDenied)
"""Who allowed what, what sessions did by themselves, and where rescued work is."""
MAY_STAY = tuple(each.__name__ for each in (*_RECORDS, SessionChanged))
"""The kinds of events of which some stay when their card or run is gone."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What was over before these times may go; 0.0 keeps it for ever."""

    mail: float
    dead_letters: float
    journal: float
    folders: float


@dataclass(frozen=True, slots=True)
class Removable:
    """What may go now: how many messages or events, and about how many bytes they take up."""

    count: int = 0
    bytes: int = 0


def total(parts: Iterable[Removable]) -> Removable:
    """Both sums; zero for no parts."""
    found = tuple(parts)
    return Removable(sum(each.count for each in found), sum(each.bytes for each in found))


@dataclass(frozen=True, slots=True)
class KeptView:
    """What one store keeps, and how much of it retention would remove now; sizes are in bytes."""

    name: str
    bytes: int
    old: int
    old_bytes: int


def until(now: float, mail: int, dead_letters: int, journal: int, folders: int) -> Cutoffs:
    """The times, for limits in days; 0 days keep for ever."""
    return Cutoffs(*(now - days * DAY_S if days else 0.0 for days in (mail, dead_letters, journal, folders)))


def begins(event: Event) -> bool:
    """Whether the event begins a card or a run: without it all others of that subject change nothing."""
    return isinstance(event, CardCreated | RunStarted)


def passing_away(events: Iterable[tuple[int, Event]]) -> Iterator[int]:
    """The numbers of those events of one card or run that is gone which nothing needs any more; the events
    come in their order. `orch stats` counts the same after they have gone as before."""
    waited = False
    for seq, event in events:
        if isinstance(event, SessionChanged):
            waits = event.session.status in WAITING
            if not waits and not waited:
                yield seq
            waited = waits
        elif not isinstance(event, _RECORDS):
            yield seq
