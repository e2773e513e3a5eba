"""The state in memory and the journal never part."""

import asyncio
import threading
from pathlib import Path

import pytest

from orchestrator.core.events import CardCreated, CardHeld
from orchestrator.core.follow import Capacity
from orchestrator.core.workflow.events import RunStarted, StageDone
from orchestrator.core.workflow.plan import HumanGate, Stage, Workflow
from orchestrator.hub.effects.stage import StageEffects
from orchestrator.hub.loop.engine import Engine
from orchestrator.paths import Home
from orchestrator.store.journal import Journal


def test_an_event_that_can_not_be_written_has_not_happened(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def run() -> None:
        engine = Engine(Journal(path), room=lambda: Capacity(30, 30, ""), stall=(300.0, 900.0))
        await engine.record([CardCreated(1.0, "c1", "a", "A", "", "/r", "main", "orch/a", "/w/a")])
        with pytest.raises(ValueError, match="surrogate"):
            engine.record([CardHeld(2.0, "c1", "half \ud83d")])
        assert engine.state.cards["c1"].held is None
        assert engine.cards[0].held is None
        await engine.record([CardHeld(3.0, "c1", "whole")])
        engine.journal.close()
        assert Journal(path).load() == engine.state

    asyncio.run(run())


def test_events_that_break_off_in_the_middle_have_not_happened(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    async def run() -> None:
        engine = _with_a_gate(path)
        before = engine.state
        with pytest.raises(KeyError):
            engine.record([CardCreated(1.0, "c1", "a", "A", "", "/r", "main", "orch/a", "/w/a"), _NONSENSE])
        assert engine.state == before
        await engine.record([CardCreated(2.0, "c1", "a", "A", "", "/r", "main", "orch/a", "/w/a")])
        engine.journal.close()
        assert Journal(path).load() == engine.state

    asyncio.run(run())


def test_evidence_that_two_look_at_at_once_has_one_version(tmp_path: Path) -> None:
    async def run() -> None:
        engine = _with_a_gate(tmp_path / "journal.db")
        staging = StageEffects(engine, Home(tmp_path, "none"), threading.Event())

        async def look() -> None:
            await engine.record(await staging.gather("r1", "g1"))

        await asyncio.gather(look(), look())
        assert engine.state.runs["r1"].gates[0].version == 1
        engine.journal.close()

    asyncio.run(run())


_NONSENSE = StageDone(1.0, "r1", "none")


def _with_a_gate(journal: Path) -> Engine:
    engine = Engine(Journal(journal), room=lambda: Capacity(30, 30, ""), stall=(300.0, 900.0))
    gate = Stage("gate", HumanGate("Good?", evidence=()))
    engine.record([RunStarted(1.0, "r1", Workflow("flow", (gate,)), "", "flow.yml", "/r", "main", ())])
    return engine
