"""The state in memory and the journal never part."""

import asyncio
from pathlib import Path

import pytest

from orchestrator.core.events import CardCreated, CardHeld
from orchestrator.core.follow import Room
from orchestrator.hub.engine import Engine
from orchestrator.store.journal import Journal


def test_an_event_that_can_not_be_written_has_not_happened(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def run() -> None:
        engine = Engine(Journal(path), room=lambda: Room(30, 30, ""), stall=(300.0, 900.0))
        await engine.record([CardCreated(1.0, "c1", "a", "A", "", "/r", "main", "orch/a", "/w/a")])
        with pytest.raises(ValueError, match="surrogate"):
            engine.record([CardHeld(2.0, "c1", "half \ud83d")])
        assert engine.state.cards["c1"].held is None
        assert engine.cards[0].held is None
        await engine.record([CardHeld(3.0, "c1", "whole")])
        engine.journal.close()
        assert Journal(path).load() == engine.state

    asyncio.run(run())
