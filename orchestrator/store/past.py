"""Old events in the journal: those of removed cards and runs.

The events of a card or run affect no other, so without the event that created it all its others change
nothing, and a replay yields the same state. What they contribute to the whole (the next numbers, the cost of
each day) is stored separately, as a `Base`.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from orchestrator.core.events import Event
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.core.retention import MAY_STAY, Removable, begins, expiring
from orchestrator.store import codec

_BASE = "base"


@dataclass(frozen=True, slots=True)
class Base:
    """The start of a replay of all events. Of the events up to the number `through`, `gone` are removed."""

    through: int = 0
    gone: int = 0
    next_card: int = 1
    next_run: int = 1
    next_gate: int = 1
    cost_by_day: dict[str, float] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The state before the first remaining event: next numbers and cost by day, no cards, no runs."""
        return State(0, self.next_card, self.next_run, self.next_gate, cost_by_day=dict(self.cost_by_day))


@dataclass(frozen=True, slots=True)
class Past:
    """Events of one card or run to remove, by their numbers, and its cost by day. `begun` means that the
    event that created it is the first of them."""

    numbers: tuple[int, ...]
    begun: bool
    cost_by_day: dict[str, float]


def load_base(db: sqlite3.Connection) -> Base:
    """An empty base if nothing has been removed yet."""
    found = db.execute("SELECT value FROM meta WHERE name = ?", (_BASE,)).fetchone()
    return Base(**json.loads(found[0])) if found else Base()


def whole(db: sqlite3.Connection, base: Base) -> bool:
    """Whether only removed events are missing."""
    (count,) = db.execute("SELECT count(*) FROM events WHERE seq <= ?", (base.through,)).fetchone()
    return bool(count + base.gone == base.through)


def gone_subjects(path: Path, known: Collection[str], before: float, through: int) -> dict[str, Removable]:
    """The cards and runs that are no longer `known`, that were over before that time and up to that event,
    and that have events to remove: about how much."""
    sql = (
        "SELECT card, sum(goes), sum(iif(goes, length(body), 0)) FROM (SELECT *, kind NOT IN "
        "(SELECT value FROM json_each(?)) AS goes FROM events) "
        "GROUP BY card HAVING max(at) < ? AND max(seq) <= ? AND sum(goes)"
    )
    with closing(_reader(path)) as db:
        rows = db.execute(sql, (json.dumps(MAY_STAY), before, through)).fetchall()
    return {name: Removable(count, size) for name, count, size in rows if name not in known}


def past(path: Path, subject: str) -> Past:
    """The removable events of a removed card or run. Raises `ValueError` for unreadable events: those
    stay."""
    state = State()
    begun = False

    def events(db: sqlite3.Connection) -> Iterator[tuple[int, Event]]:
        nonlocal state, begun
        rows = db.execute("SELECT seq, kind, body FROM events WHERE card = ? ORDER BY seq", (subject,))
        for seq, kind, body in rows:
            event = codec.load(kind, body)
            begun = begun or begins(event)
            state = evolve(state, event)
            yield seq, event

    with closing(_reader(path)) as db:
        numbers = tuple(expiring(events(db)))
    return Past(numbers, begun, state.cost_by_day)


def let_go(
    numbers: Collection[int], of: Past | None, on_disk: State, through: int, db: sqlite3.Connection
) -> None:
    """Removes these events in one transaction. `of` is given with the first ones of a card or run, and
    `on_disk` is the state after the last event in the file, a snapshot of which includes `through`."""
    db.execute("BEGIN IMMEDIATE")
    base = load_base(db)
    cost = dict(base.cost_by_day)
    for day, dollars in (of.cost_by_day if of else {}).items():
        cost[day] = cost.get(day, 0.0) + dollars
    removed = sum(db.execute("DELETE FROM events WHERE seq = ?", (number,)).rowcount for number in numbers)
    base = replace(
        base,
        through=max(base.through, through),
        gone=base.gone + removed,
        next_card=on_disk.next_card,
        next_run=on_disk.next_run,
        next_gate=on_disk.next_gate,
        cost_by_day=cost,
    )
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_BASE, json.dumps(asdict(base))))
    db.execute("COMMIT")


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
