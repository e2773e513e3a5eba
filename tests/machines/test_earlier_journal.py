"""A journal and a mailbox that the version before wrote are opened with everything that they hold."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from orchestrator.core.effects import owed
from orchestrator.core.model import State
from orchestrator.core.needs.ranking import needs
from orchestrator.core.sessions.model import Status
from orchestrator.core.sessions.prompts import offered
from orchestrator.store.journal import Journal
from orchestrator.store.mail.sqlite.store import SqliteMail
from tests.hub.stage import Stage

_DATA = Path(__file__).parents[1] / "data"


def _written(name: str, path: Path, repo: Path, home: Path) -> Path:
    """The database of that name as the version before left it, for this repository and state directory."""
    text = (_DATA / f"{name}.sql").read_text()
    for mark, value in {"@REPO@": repo, "@HOME@": home, "@TMP@": repo.parent}.items():
        text = text.replace(mark, str(value))
    database = sqlite3.connect(path)
    database.executescript(text)
    database.close()
    return path


@pytest.fixture
def state(tmp_path: Path) -> State:
    path = _written("earlier-journal", tmp_path / "journal.db", tmp_path, tmp_path)
    journal = Journal(path)
    state = journal.load()
    journal.close()
    return state


def test_the_cards_of_an_earlier_journal_are_all_there_with_their_sessions_and_prompts(state: State) -> None:
    cards = {card.id: card for card in state.cards.values()}
    assert [card.title for card in cards.values()] == ["Asleep", "At work", "Asks", "Later", "Done"]
    status = {id_: card.session.status for id_, card in cards.items() if card.session}
    assert status == {
        "c1": Status.EXITED, "c2": Status.WORKING, "c3": Status.PERMISSION, "c5": Status.EXITED,
    }  # fmt: skip
    assert (cards["c4"].held, cards["c5"].finished) == ("until Monday", "keep")
    assert [each.text for each in cards["c2"].outbox] == ["demo: say More."]
    for card in cards.values():
        assert owed(card) is None
        assert not offered(card)
        assert card.prompt_taken == (card.session is not None), card.title
    assert [(need.kind, need.card or need.run) for need in needs(state)] == [
        ("permission", "c3"), ("gate", "r1"), ("exited", "c1"),
    ]  # fmt: skip


def test_the_runs_and_gates_of_an_earlier_journal_are_where_they_were(state: State) -> None:
    (run,) = state.runs.values()
    assert (run.workflow.name, [gate.stage for gate in run.gates]) == ("release", ["review"])
    assert [(name, each.state.value) for name, each in run.stages.items()] == [
        ("build", "done"), ("review", "gate-blocked"), ("publish", "waiting"),
    ]  # fmt: skip


def test_the_mail_of_an_earlier_version_is_all_there(tmp_path: Path) -> None:
    async def bodies() -> list[str]:
        mail = SqliteMail(_written("earlier-mail", tmp_path / "mail.db", tmp_path, tmp_path))
        await mail.open()
        try:
            return [record.message.body for record in await mail.records()]
        finally:
            await mail.close()

    assert asyncio.run(bodies()) == ["look at feature.txt"]


def test_a_hub_goes_on_with_an_earlier_journal(stage: Stage) -> None:
    for name in ("journal", "mail"):
        _written(f"earlier-{name}", stage.home.root / f"{name}.db", stage.repo, stage.home.root)
    stage.start()
    assert "rm -rf build" in stage.until("c3", "lost").reason
    stage.until("c2", "lost")
    gate = next(each for each in stage.client.gates() if each.stage == "review")
    assert gate.state == "open"
    assert stage.client.run("r1").state == "gate-blocked"
    assert stage.until("c1", "exited").unasked_end
