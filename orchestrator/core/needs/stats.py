"""How long sessions waited for a person, from the journal's events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from orchestrator.core.board.views import Waited
from orchestrator.core.events import Event, RequestAnswered, SessionChanged
from orchestrator.core.sessions.states import STATES

WAITING = frozenset(status for status, row in STATES.items() if row.answers)
"""The states in which a session waits for a person."""


@dataclass(slots=True)
class _Wait:
    began: float
    asks: tuple[str, ...]
    by: str = "pane"


@dataclass(slots=True)
class _Sum:
    seconds: float = 0.0
    times: int = 0
    by: dict[str, int] = field(default_factory=dict)


def waited(
    events: Iterable[Event], day_of: Callable[[float], str], titles: Mapping[str, str]
) -> tuple[Waited, ...]:
    """The waits that ended, by the local day on which they began and by card, latest day first.

    `day_of` gives the local day of a time. A wait that was not answered from outside was answered in the
    session's own pane.
    """
    waits: dict[str, _Wait] = {}
    sums: dict[tuple[str, str], _Sum] = {}
    for event in events:
        if not isinstance(event, RequestAnswered | SessionChanged):
            continue
        wait = waits.get(event.card)
        if isinstance(event, RequestAnswered):
            if wait:
                wait.by = event.by.partition(":")[0]  # `phone` of `phone:NAME`
            continue
        session = event.session
        asks = tuple(ask.id for ask in session.facts.asks[:1])
        waiting = session.status in WAITING
        if wait and (not waiting or (asks and wait.asks and asks != wait.asks)):
            total = sums.setdefault((day_of(wait.began), event.card), _Sum())
            total.seconds += max(0.0, event.at - wait.began)
            total.times += 1
            total.by[wait.by] = total.by.get(wait.by, 0) + 1
            del waits[event.card]
            wait = None
        if waiting and wait is None:
            waits[event.card] = _Wait(session.since, asks)
        elif wait and asks:
            wait.asks = asks
    rows = sorted(sums.items(), key=lambda item: (item[0][0], item[1].seconds), reverse=True)
    return tuple(
        Waited(day, card, titles.get(card, ""), round(total.seconds, 1), total.times, total.by)
        for (day, card), total in rows
    )
