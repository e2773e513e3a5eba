"""Gathers: a fan-in that is complete, or says who is missing and how they stand."""

import os
import signal
from concurrent.futures import Future

import pytest

from orchestrator.core.mail.views import GatherView, MessageView
from tests.hub.mail_room import BUSY, Said, Session, box, sessions
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll

pytestmark = pytest.mark.slow


def _team(stage: Stage, *workers: str) -> list[Session]:
    stage.start()
    return sessions(stage, "Lead", *workers)


def _opened(lead: Session, workers: list[Session], **more: object) -> str:
    sent = lead.sent([each.box for each in workers], "Do your part.", "task", **{"expect": True, **more})
    assert set(sent["to"].values()) == {"stored"}
    gather = sent["gather"]
    assert isinstance(gather, str)
    return gather


def _waits(stage: Stage, lead: Session, gather: str, **more: object) -> "Future[Said]":
    found = lead.begin("mail_gather", gather=gather, **{"wait_s": 60, **more})
    poll(lambda: box(stage, "lead").bell == "waiting in mail_receive", "the lead to wait")
    return found


def _report(worker: Session, words: str, kind: str = "result") -> None:
    got = worker.receive()
    worker.sent("@lead" if worker.card.lead else "lead", words, kind, reply_to=got.ids[-1] if got.ids else "")


@pytest.mark.long
def test_a_gather_returns_as_soon_as_everybody_has_reported(stage: Stage) -> None:
    lead, one, two = _team(stage, "One", "Two")
    gather = _opened(lead, [one, two], subject="Parts")
    soon = lead.call("mail_gather", gather=gather, wait_s=0).text
    assert soon.startswith(f"Gather {gather} is NOT complete: 0 of 2 reported.")
    assert "missing: one: working" in soon
    waits = _waits(stage, lead, gather)
    _report(one, "part one is in")
    (view,) = poll(lambda: _gathers(stage, "one"), "the first report")
    assert (view.owner, view.subject, view.complete) == ("lead", "Parts", False)
    assert [(each.name, each.part) for each in view.members] == [("one", "reported"), ("two", "awaited")]
    two.sent("lead", "half of it", "partial")
    assert not waits.done()
    _report(two, "part two is in")
    whole = waits.result(timeout=PATIENCE).text
    assert whole.startswith(f"Gather {gather} is complete: 2 of 2 reported.")
    for words in ("> part one is in", "> half of it", "> part two is in"):
        assert words in whole
    again = lead.call("mail_gather", gather=gather)
    assert "> part one is in" in again.text, "it may be called again"
    assert lead.receive().text == "No mail.", "what it has shown is no longer waiting"
    assert one.call("mail_gather", gather=gather).failed, "it is its owner's"
    assert not stage.client.mail().gathers


def test_a_gather_survives_the_hub_and_a_call_that_was_cut_off(stage: Stage) -> None:
    lead, one, two = _team(stage, "One", "Two")
    gather = _opened(lead, [one, two])
    waits = _waits(stage, lead, gather)
    _report(one, "part one is in")
    before = stage.pid()
    os.kill(before, signal.SIGKILL)
    poll(lambda: not stage.away() and stage.pid() != before, "the next hub")
    _report(two, "part two is in")
    whole = waits.result(timeout=PATIENCE).text
    assert "is complete: 2 of 2 reported." in whole
    assert "> part one is in" in whole


@pytest.mark.long
def test_a_worker_that_is_killed_leaves_a_tombstone_and_its_lead_is_told(stage: Stage) -> None:
    lead, one, two = _team(stage, "One", "Two")
    gather = _opened(lead, [one, two])
    _report(one, "part one is in")
    waits = _waits(stage, lead, gather)
    assert two.card.pid
    os.kill(two.card.pid, signal.SIGKILL)
    said = waits.result(timeout=PATIENCE).text
    assert "is complete: 1 of 2 reported." in said
    assert "missing: two: its session exited before it reported" in said
    assert "two will not report: its session exited before it reported" in said, "orch's own letter"
    assert "from: orch" in said
    assert "authority: orch (not the human)" in said


@pytest.mark.long
def test_a_worker_that_is_removed_or_out_of_time_holds_up_nothing(stage: Stage) -> None:
    lead, one, two, three = _team(stage, "One", "Two", "Three")
    first = _opened(lead, [one, two])
    stage.client.remove("one", rescue=True, force=True)
    poll(lambda: _gathers(stage, "one", "gone"), "its tombstone")
    said = lead.call("mail_gather", gather=first, wait_s=0).text
    assert "missing: one: its card was removed before it reported" in said
    assert "missing: two: working" in said
    second = _opened(lead, [two, three], expect=4.0)
    _report(two, "in time")
    late = lead.call("mail_gather", gather=second, wait_s=30).text
    assert "is complete: 1 of 2 reported." in late
    assert "missing: three: it timed out (working)" in late
    _report(three, "late")
    assert "> late" in lead.call("mail_gather", gather=second).text


@pytest.mark.long
def test_a_worker_at_a_permission_keeps_it_open_and_lead_and_human_are_told(stage: Stage) -> None:
    lead, one = _team(stage, "One")
    asks = stage.new("Two", 'demo: permission "npm test"; think 900')
    two = Session(stage, stage.until(asks.id, "permission"))
    gather = _opened(lead, [one, two], expect=2.0)
    _report(one, "part one is in")
    waits = _waits(stage, lead, gather)
    (letter,) = poll(lambda: _from_orch(stage), "the lead to be told")
    assert letter.body.startswith(
        "two: waiting for a person: permission (Bash: npm test); your gather stays "
    )
    (view,) = poll(lambda: _gathers(stage, "one"), "the gather")
    assert [each.needs_human for each in view.members] == [False, True]
    soon = lead.call("mail_gather", gather=gather, wait_s=0).text
    assert "missing: two: waiting for a person: permission" in soon
    need = next(each for each in stage.client.needs() if each.kind == "permission")
    assert not waits.done(), "its time was over long ago"
    stage.client.answer(need.id, "allow")
    stage.until("two", "working")
    _report(two, "part two is in")
    assert "> part two is in" in waits.result(timeout=PATIENCE).text
    assert len(_from_orch(stage)) == 1


@pytest.mark.long
def test_a_gather_without_time_and_references_to_what_there_is_not_are_refused(stage: Stage) -> None:
    lead, one = _team(stage, "One")
    for expect in (0, -1, -0.5):
        refused = lead.send("one", "Do it.", "task", expect=expect)
        assert refused.text.startswith(f"nothing was sent: a gather cannot be open for {expect} s.")
    for ref in ("issue:abc", "issue:-1", "issue:0", "issue:"):
        assert lead.send("one", "See there.", refs=[ref]).text.startswith(f"{ref} is not an issue.")
    assert lead.send("one", "See there.", refs=["gather:x"]).text.startswith("no gather named x.")
    assert one.receive().text == "No mail."
    gather = _opened(lead, [one], expect=600)
    assert not lead.send("one", "See there.", refs=["issue:12", f"gather:{gather}"]).failed


@pytest.mark.long
def test_reports_in_a_thread_are_gathered_without_a_gather(stage: Stage) -> None:
    lead, one, two = _team(stage, "One", "Two")
    thread = lead.sent(["one", "two"], "Do your part.", "task")["id"]
    waits = lead.begin("mail_gather", thread=thread, expect=["one", "two"], wait_s=30)
    _report(one, "part one is in")
    _report(two, "part two is in")
    assert f"Gather {thread} is complete: 2 of 2 reported." in waits.result(timeout=PATIENCE).text
    assert lead.call("mail_gather", gather="fnothing").failed
    partial = lead.sent("one", "more", "task", expect=True)
    one.sent("lead", "so far", "partial", reply_to=partial["id"])
    assert "is complete" in lead.call("mail_gather", gather=partial["gather"], partial_ok=True).text


@pytest.mark.long
def test_a_worker_that_has_not_been_allowed_yet_is_waited_for(stage: Stage) -> None:
    (lead,) = _team(stage)
    made = lead.call("card_new", title="Helper", prompt=BUSY).text
    assert made.startswith(
        "c2 was created; its mailbox is helper. It waits for the human's approval; mail to it is kept"
    )
    gather = lead.sent("helper", "Do it.", "task", expect=1.0)["gather"]
    said = lead.call("mail_gather", gather=gather, wait_s=1.5).text
    assert "is NOT complete" in said
    assert "missing: helper: waiting for a person: wanted" in said
    stage.client.answer("c2.card", "deny", message="too many of you")
    done = lead.call("mail_gather", gather=gather, wait_s=20).text
    assert "missing: helper: its card was removed before it reported" in done
    assert "too many of you" in lead.receive().text


def _gathers(stage: Stage, member: str, part: str = "reported") -> tuple[GatherView, ...]:
    found = stage.client.mail().gathers
    parts = {one.name: one.part for each in found for one in each.members}
    return found if parts.get(member) == part else ()


def _from_orch(stage: Stage) -> list[MessageView]:
    return [each for each in stage.client.mail_messages("lead") if each.sender == "orch"]
