"""Whoever starts first: mail waits for a session that is yet to come, or reaches the person; and a team
finishes in whichever order it was started."""

import os
import signal

import pytest

from orchestrator.core.board.views import Need
from tests.conftest import git
from tests.hub.mail_room import BUSY, Said, Session, box, sessions
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


WORKERS = ("worker-1", "worker-2", "worker-3")


@pytest.mark.long
@pytest.mark.parametrize("first", ["the coordinator", "the workers"])
def test_the_seeds_coordinator_and_workers_finish_in_whichever_order_they_start(
    stage: Stage, first: str
) -> None:
    """The calls that the two prompts lead to: no expect, no reply_to, no thread."""
    stage.start()
    if first == "the coordinator":
        (lead,) = sessions(stage, "Coordinator")
        waits = lead.begin("mail_gather", expect=list(WORKERS), wait_s=60)
        poll(lambda: box(stage, "coordinator").bell == "waiting in mail_receive", "the coordinator to wait")
        for worker in sessions(stage, "Worker 1", "Worker 2", "Worker 3"):
            assert "counted for" in _signals(worker)
        whole = waits.result(timeout=PATIENCE).text
    else:
        for worker in sessions(stage, "Worker 1", "Worker 2", "Worker 3"):
            assert "no session is named coordinator yet: kept for coordinator" in _signals(worker)
        assert box(stage, "coordinator").bell == "waiting for coordinator"
        (lead,) = sessions(stage, "Coordinator")
        whole = lead.call("mail_gather", expect=list(WORKERS), wait_s=60).text
    assert "is complete: 3 of 3 reported." in whole
    for each in WORKERS:
        assert f"> {each} is done" in whole
    tree = stage.repo.parent / "repo-orch" / "coordinator"
    (tree / "SUMMARY.md").write_text("All three parts are done.\n")
    git(tree, "add", "SUMMARY.md")
    git(tree, "commit", "-qm", "Sum up")
    sent = lead.send("review-queue", "SUMMARY.md is ready for review.", "note", refs=["SUMMARY.md"])
    assert "no session is named review-queue: delivered to the person under that name" in sent.text
    (letter,) = poll(lambda: _letters(stage), "the person's letter")
    assert letter.summary == "note to review-queue: SUMMARY.md is ready for review."


@pytest.mark.long
def test_mail_to_a_session_yet_to_come_waits_for_it_also_over_a_killed_hub(stage: Stage) -> None:
    stage.start()
    (lead,) = sessions(stage, "Lead")
    task = lead.sent(["worker-7", "tester"], "Do it.", "task", expect=True)
    assert task["to"] == {"worker-7": "stored", "tester": "stored"}
    assert "worker-7, tester yet" in task["note"]
    assert "missing: worker-7: no session has this name yet" in _gathered(lead, task["gather"]).text
    assert not _letters(stage), "sessions are expected to read it"
    before = stage.pid()
    os.kill(before, signal.SIGKILL)
    poll(lambda: not stage.away() and stage.pid() != before, "the next hub")
    assert box(stage, "tester").bell == "waiting for tester"
    worker, tester = sessions(stage, "Worker 7", "Tester")
    for each in (worker, tester):
        assert each.receive().ids == [task["id"]]
        each.sent("lead", "Done.", "result")
    assert "is complete: 2 of 2" in _gathered(lead, task["gather"]).text


@pytest.mark.long
def test_who_never_comes_leaves_a_dead_letter_and_what_the_person_has_is_settled(stage: Stage) -> None:
    stage.set("ORCH_MAIL__KEPT_FOR", "1s")
    stage.start()
    (lead,) = sessions(stage, "Lead")
    task = lead.sent("worker-7", "Do it.", "task")["id"]
    note = lead.sent("triage", "Look at this.")["id"]
    (dead,) = poll(lambda: stage.client.mail_dead("worker-7"), "the dead letter")
    assert (dead.message.id, dead.why) == (task, "no session named worker-7 started within 1 second")
    places = poll(
        lambda: (now := _places(stage, note))["triage"] == "done" and now, "the queue's copy to be settled"
    )
    assert places["human"] == "waiting", "the person has not read it yet"
    assert not stage.client.mail_dead("triage")


def test_mail_that_reached_the_person_under_a_name_is_read_once(stage: Stage) -> None:
    stage.start()
    (lead,) = sessions(stage, "Lead")
    first, second = (lead.sent("review-queue", words)["id"] for words in ("First.", "Second."))
    stage.client.mail_read(first)
    assert _places(stage, first) == {"review-queue": "done", "human": "done"}
    (late,) = sessions(stage, "Review queue")
    assert late.receive().ids == [second], "what nobody has read is the session's"


def test_the_settings_name_who_reads_mail_to_a_name(stage: Stage) -> None:
    stage.set("ORCH_MAIL__RECEIVERS", '{"Review Queue": "reviewer"}')
    stage.start()
    lead, reviewer = sessions(stage, "Lead", "Reviewer")
    assert lead.sent("review-queue", "Look.")["to"] == {"reviewer": "stored"}
    assert "> Look." in reviewer.receive().text
    assert not _letters(stage)


@pytest.mark.long
def test_the_person_is_told_of_a_gather_whose_members_cant_start(stage: Stage) -> None:
    stage.set("ORCH_MAX_SESSIONS", "1")
    stage.start()
    (lead,) = sessions(stage, "Lead")
    stage.new("Worker 1", BUSY)
    stage.until("worker-1", "queued")
    gather = lead.sent("worker-1", "Do it.", "task", expect=True)["gather"]
    (letter,) = poll(lambda: _letters(stage), "the person to be told")
    assert letter.summary == "status: worker-1 cannot start: max_sessions = 1 reached"
    assert f"Gather {gather} of lead is waiting for worker-1." in stage.client.need(letter.id).detail
    assert "missing: worker-1: waiting to start" in _gathered(lead, gather).text


@pytest.mark.long
def test_the_loop_breaker_lets_an_awaited_result_through_and_tells_both_when_they_may_go_on(
    stage: Stage,
) -> None:
    stage.start()
    lead, worker = sessions(stage, "Lead", "Worker")
    gather = lead.sent("worker", "Do it.", "task", expect=True)["gather"]
    for turn in range(11):
        one, other = (worker, "lead") if turn % 2 == 0 else (lead, "worker")
        one.sent(other, f"Still thinking, {turn}")
    refused = lead.send("worker", "And?")
    assert "you are notified by mail when you may write again" in refused.text
    assert worker.send("lead", "Are you there?", "question").failed
    assert f"counted for {gather}, 1 of 1" in worker.send("lead", "It is done.", "result").text
    assert "> It is done." in _gathered(lead, gather).text
    stage.client.mail_unpause("lead", "worker")
    for each, other in ((lead, "worker"), (worker, "lead")):
        told = each.receive(**{"from": "orch"}).text
        assert f"> You and {other} may write to each other again" in told
    lead.sent("worker", "Thank you.")


def _signals(worker: Session) -> str:
    """When done, a completion signal to mailbox coordinator, with a summary."""
    return worker.send("coordinator", f"{worker.box} is done: 3 files, all tests pass.", "status").text


def _gathered(lead: Session, gather: str) -> Said:
    return lead.call("mail_gather", gather=gather, wait_s=0)


def _letters(stage: Stage) -> list[Need]:
    return [each for each in stage.client.needs() if each.kind == "mail"]


def _places(stage: Stage, message: str) -> dict[str, str]:
    return {each.box: each.place for each in stage.client.mail_message(message).deliveries}
