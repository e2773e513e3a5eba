"""A conversation comes back as it was, however often and however its session ended; its first prompt runs
once."""

import os
import signal

import pytest

from orchestrator.client import Refused
from tests.hub.stage import Stage
from tests.machines.lives import ENDS, back, conversations, end, prompts
from tests.poll import poll

pytestmark = pytest.mark.slow


FIRST = "demo: say First."


def test_a_first_prompt_runs_once_however_often_and_however_the_session_ends(stage: Stage) -> None:
    stage.start()
    stage.new("Once", FIRST)
    first = stage.until("c1", "idle", reason="First.")
    for how in (*ENDS, "reboot"):
        end(stage, "c1", how)
        again = back(stage, "c1")
        assert (again.session_id, again.state) == (first.session_id, "idle"), how
    assert prompts(stage, str(first.session_id)) == [FIRST]
    assert conversations(stage) == {first.session_id}
    stage.client.send("c1", "demo: say Second.")
    stage.until("c1", "idle", reason="Second.")
    assert prompts(stage, str(first.session_id)) == [FIRST, "demo: say Second."]


@pytest.mark.long
def test_restart_and_the_backlog_give_no_first_prompt_again(stage: Stage) -> None:
    stage.start()
    stage.new("Once", FIRST)
    first = stage.until("c1", "idle", reason="First.")
    for _ in range(2):
        stage.client.restart("c1")
        stage.until("c1", "idle", reason="ready for a prompt")
        stage.client.shelve("c1")
        stage.until("c1", "exited", column="backlog")
        stage.client.start("c1")
        stage.until("c1", "idle", reason="ready for a prompt")
    assert prompts(stage, str(first.session_id)) == [FIRST]


@pytest.mark.long
def test_a_cleared_conversation_stays_cleared_and_the_first_prompt_is_not_given_again(stage: Stage) -> None:
    stage.start()
    stage.new("Clear", FIRST)
    first = stage.until("c1", "idle", reason="First.")
    end(stage, "c1", "kill -9")
    back(stage, "c1")
    stage.client.send("c1", "/clear")
    poll(lambda: stage.card("c1").session_id != first.session_id, "a new id")
    for how in ("kill -9", "window closed", "reboot"):
        end(stage, "c1", how)
        assert back(stage, "c1").reason == "ready for a prompt"
    stage.client.send("c1", "demo: say Anew.")
    anew = stage.until("c1", "idle", reason="Anew.").session_id
    end(stage, "c1", "kill -9")
    assert back(stage, "c1").session_id == anew
    assert prompts(stage, str(anew)) == ["demo: say Anew."]
    assert prompts(stage, str(first.session_id)) == [FIRST]


@pytest.mark.long
def test_a_first_prompt_that_nobody_has_taken_up_is_still_owed(stage: Stage) -> None:
    (stage.home.root / "agent/.claude.json").write_text("{}")
    stage.start()
    stage.new("Untrusted", FIRST)
    for how in ("kill -9", "window closed"):
        stage.until("c1", "setup")
        end(stage, "c1", how)
        stage.client.resume("c1")
    stage.press(stage.until("c1", "setup"), "Enter")
    done = stage.until("c1", "idle", reason="First.")
    assert prompts(stage, str(done.session_id)) == [FIRST]


@pytest.mark.long
def test_two_clients_that_resume_at_once_bring_back_one_session(stage: Stage) -> None:
    stage.start()
    stage.new("Once", FIRST)
    first = stage.until("c1", "idle", reason="First.")
    end(stage, "c1", "kill -9")
    stage.client.resume("c1")
    with pytest.raises(Refused, match=r"already|running"):
        stage.client.resume("c1")
    assert stage.until("c1", "idle").session_id == first.session_id


def test_a_hub_killed_while_it_resumes_brings_back_one_session(stage: Stage) -> None:
    stage.start()
    stage.new("Once", FIRST)
    first = stage.until("c1", "idle", reason="First.")
    for _ in range(3):
        end(stage, "c1", "kill -9")
        stage.client.resume("c1")
        os.kill(stage.pid(), signal.SIGKILL)
        poll(lambda: not stage.away(), "the hub to be back")
        assert stage.until("c1", "idle").session_id == first.session_id
    assert prompts(stage, str(first.session_id)) == [FIRST]


@pytest.mark.long
def test_why_an_agent_refused_to_resume_stands_on_the_card(stage: Stage) -> None:
    stage.start()
    stage.new("Gone", FIRST)
    stage.until("c1", "idle", reason="First.")
    end(stage, "c1", "kill -9")
    stage.set("ORCH_AGENT__COMMAND", "sh -c 'echo No conversation found with session ID: x; exit 1'")
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    stage.start()
    stage.client.resume("c1")
    said = "the agent exited with code 1: No conversation found with session ID: x"
    stage.until("c1", "exited", reason=said)
