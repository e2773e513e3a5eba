"""How long a hub with a long past takes to start. Run with: pytest -n 0 -m perf tests/perf -s"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.core.events import CardCreated, Event, SessionChanged
from orchestrator.core.evolve import evolve
from orchestrator.core.model import State
from orchestrator.core.sessions.model import Evidence, Session, Source, Status
from orchestrator.store.journal import Journal
from tests.perf.measure import Spread, Table, seconds_of

pytestmark = [pytest.mark.perf, pytest.mark.timeout(900)]

EVENTS = 100_980
"""Nearly as many past the last snapshot as there can be: the slowest start."""
CARDS = 50
BATCH = 20


def _past() -> Iterator[Event]:
    """Cards whose sessions go from one state to the next."""
    ids = [f"c{number}" for number in range(1, CARDS + 1)]
    for card in ids:
        yield CardCreated(
            1.0, card, card, f"Card {card}", "Do it.", "/r", "main", f"orch/{card}", f"/w/{card}"
        )
    states = (Status.WORKING, Status.PERMISSION, Status.IDLE)
    for number in range(EVENTS - CARDS):
        at = 2.0 + number
        said = Evidence(Source.HOOK, "tool started", at)
        session = Session(1, "s" * 36, 1.0, states[number % 3], at, "Bash: npm test", said, "@1", "%1", 4711)
        yield SessionChanged(at, ids[number % CARDS], session)


async def _write(path: Path, table: Table) -> State:
    journal = Journal(path)
    state = journal.load()
    batch: list[Event] = []
    waits: list[float] = []
    began = time.perf_counter()
    for event in _past():
        state = evolve(state, event)
        batch.append(event)
        if len(batch) == BATCH:
            appended = time.perf_counter()
            await journal.append(batch, state)
            waits.append(time.perf_counter() - appended)
            batch = []
    took = time.perf_counter() - began
    journal.close()
    table.add(f"{EVENTS:,} events written, {BATCH} at a time", f"{took:.1f} s, {EVENTS / took:,.0f} a second")
    table.add("   one append until it is on the disk", Spread.of(waits).in_words())
    return state


def test_a_long_past_is_read_quickly(tmp_path: Path) -> None:
    table = Table(f"journal of {EVENTS:,} events")
    path = tmp_path / "journal.db"
    state = asyncio.run(_write(path, table))
    took = []
    for _ in range(3):
        journal = Journal(path)
        took.append(seconds_of(lambda journal=journal: _same(journal.load(), state)))  # type: ignore[misc]
        journal.close()
    table.add(f"journal start-up after {EVENTS:,} events", Spread.of(took).in_words())
    table.add("   its file", f"{path.stat().st_size / 1e6:.0f} MB")
    print(f"\n{table.text()}")


def _same(loaded: State, state: State) -> None:
    assert loaded == state
