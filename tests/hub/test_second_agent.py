"""The hub with an agent program that it has never heard of: the protocol is all that it needs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.client import OrchError
from orchestrator.core.requests.needs import Verdict
from tests.hub.stage import Stage
from tests.poll import poll

pytestmark = pytest.mark.slow

_HUB = Path(__file__).parent / "second/hub.py"


@pytest.fixture
def second(stage: Stage, tmp_path: Path) -> Iterator[Stage]:
    stage.set("ORCH_AGENT__KIND", "second")
    stage.set("ORCH_AGENT__COMMAND", sys.executable)
    with _hub(stage, tmp_path):
        yield stage


@contextmanager
def _hub(stage: Stage, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with subprocess.Popen([sys.executable, str(_HUB), str(folder / "conversations")], env=os.environ) as hub:
        try:
            poll(lambda: hub.poll() is not None or not stage.away(), "the hub to listen")
            assert hub.poll() is None, stage.home.last_words.read_text()
            yield hub
        finally:
            hub.terminate()


def test_another_agent_program_needs_nothing_of_the_hub_but_the_protocol(second: Stage) -> None:
    card = second.new("deploy", "begin")
    second.until(card.id, "idle", reason="done: begin")

    second.client.send(card.id, "go on")
    second.until(card.id, "idle", reason="done: go on")
    assert not second.client.show(card.id).outbox

    second.client.send(card.id, "wait")
    second.until(card.id, "working")
    second.client.nudge(card.id, "interrupt")
    second.until(card.id, "interrupted")


_DECISIONS: dict[Verdict, str] = {"allow": "accept", "deny": "decline", "always": "acceptForSession"}


def test_its_requests_carry_its_own_decisions(second: Stage) -> None:
    for verdict, decision in _DECISIONS.items():
        card = second.new(f"deploy {verdict}", "ask")
        second.until(card.id, "permission")
        need = next(each for each in second.client.needs() if each.card == card.id)
        detail = second.client.need(need.id)
        assert (detail.detail, detail.always) == ("deploy --now", ("acceptForSession",))
        second.client.answer(need.id, verdict)
        second.until(card.id, "idle", reason=f"decided: {decision}")
        (review,) = (each for each in second.client.needs() if each.card == card.id)
        assert review.kind == "review"
        with pytest.raises(OrchError, match="no longer waiting"):
            second.client.answer(need.id, verdict)


@pytest.mark.long
def test_its_request_outlives_the_hub_and_its_conversation_is_resumed(stage: Stage, tmp_path: Path) -> None:
    stage.set("ORCH_AGENT__KIND", "second")
    stage.set("ORCH_AGENT__COMMAND", sys.executable)
    with _hub(stage, tmp_path) as hub:
        card = stage.new("deploy", "ask")
        stage.until(card.id, "permission")
        hub.kill()
    with _hub(stage, tmp_path):
        need = poll(
            lambda: next((each for each in stage.client.needs() if each.answerable), None), "the request"
        )
        assert len(stage.client.needs()) == 1
        stage.client.answer(need.id, "allow")
        poll(lambda: stage.card(card.id).reason == "decided: accept", "the decision to be told")
        before = stage.card(card.id).session_id
        stage.client.stop(card.id)
        stage.client.resume(card.id)
        stage.until(card.id, "idle")
        assert stage.card(card.id).session_id == before
