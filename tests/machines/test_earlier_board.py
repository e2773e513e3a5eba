"""The whole board of an earlier version, every kind of card, a run with a gate, a team and its mail, is
opened as that version showed it.

`tests/data/board-*.sql` are its databases, `board.json` is what it made of the journal.
"""

import asyncio
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from orchestrator.core.board.shown import views
from orchestrator.core.needs.ranking import needs
from orchestrator.core.workflow.shown import run_view
from orchestrator.store.journal import Journal
from orchestrator.store.mail.sqlite.store import SqliteMail

DATA = Path(__file__).parents[1] / "data"
SHOWN: dict[str, Any] = json.loads((DATA / "board.json").read_text())
_RENAMED = {"exit": "exited", "stall": "stalled", "rate_limit": "rate_limited"}
"""Kinds of needs that have another name today."""


def opened(name: str, folder: Path) -> Path:
    path = folder / f"{name}.db"
    database = sqlite3.connect(path)
    database.executescript((DATA / f"board-{name}.sql").read_text())
    database.close()
    return path


def renamed(need: dict[str, Any]) -> dict[str, Any]:
    kind = _RENAMED.get(need["kind"], need["kind"])
    return {**need, "kind": kind, "id": need["id"].replace(f".{need['kind']}", f".{kind}")}


@pytest.mark.parametrize("times", [1, 2], ids=["opened", "opened again"])
def test_the_board_of_an_earlier_version_is_shown_as_it_was(tmp_path: Path, times: int) -> None:
    path = opened("journal", tmp_path)
    for _ in range(times):
        journal = Journal(path)
        state = journal.load()
        journal.close()
    assert {card.agent for card in state.cards.values()} == {"claude"}
    cards = [json.loads(json.dumps(asdict(view))) for view in views(state).values()]
    assert [
        {name: card[name] for name in was} for card, was in zip(cards, SHOWN["cards"], strict=True)
    ] == SHOWN["cards"]
    found = [{name: getattr(need, name) for name in SHOWN["needs"][0]} for need in needs(state)]
    assert found == [renamed(need) for need in SHOWN["needs"]]
    for run, was in zip((run_view(state, each) for each in state.runs.values()), SHOWN["runs"], strict=True):
        assert (run.id, run.state) == (was["id"], was["state"])
        assert {stage.name: stage.state for stage in run.stages} == was["stages"]
        assert [stage.gate for stage in run.stages if stage.gate] == was["gates"]


def test_the_mail_of_an_earlier_team_is_all_there(tmp_path: Path) -> None:
    async def found() -> tuple[int, int]:
        mail = SqliteMail(opened("mail", tmp_path))
        await mail.open()
        try:
            return len(await mail.records()), len(await mail.gathers())
        finally:
            await mail.close()

    assert asyncio.run(found()) == (10, 1)
