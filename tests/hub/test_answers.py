"""Requests answered from outside of their sessions, through the real hub, tmux and scripted agents."""

import getpass
import os
import signal
import threading

import pytest

from orchestrator.client import Missing, Refused
from orchestrator.core.board.views import Need
from tests.hub.stage import Stage, runs
from tests.poll import PATIENCE, poll

ASKS = 'demo: permission "npm test"; say Tested.'


def need(stage: Stage, ref: str = "c1") -> Need:
    """The card's request, once it can be answered."""
    return poll(
        lambda: next((n for n in stage.client.needs() if n.card == ref and n.answerable), None), "request"
    )


def test_a_permission_is_listed_whole_and_allowed_from_outside(stage: Stage) -> None:
    stage.start()
    stage.new("Test it", ASKS)
    asked = need(stage)
    assert (asked.kind, asked.summary, asked.urgency) == ("permission", "Bash: npm test", 1)
    assert asked.options == ("allow", "always", "deny")
    assert stage.client.need(asked.id).detail.startswith("npm test")
    stage.client.answer(asked.id, "allow")
    stage.until("c1", "idle", reason="Tested.")
    assert "npm test: allow by cli" in "\n".join(each.said for each in stage.client.show("c1").history)


def test_a_denial_reaches_the_agent_with_its_reason(stage: Stage) -> None:
    stage.start()
    stage.new("Test it", ASKS)
    stage.client.answer(need(stage).id, "deny", message="use make check")
    stage.until("c1", "idle")
    poll(lambda: "use make check" in stage.client.preview("c1").text, "the reason in the pane")


def test_whoever_answers_first_wins_and_the_other_is_told_so(stage: Stage) -> None:
    stage.start()
    stage.new("Once", ASKS)
    asked = need(stage)
    stage.client.answer(asked.id, "allow")
    with pytest.raises(Refused, match=r"is no longer waiting|no longer open"):
        stage.client.answer(asked.id, "deny")
    stage.until("c1", "idle", reason="Tested.")
    stage.new("In the pane", ASKS)
    there = need(stage, "c2")
    stage.press(stage.card("c2"), "Enter")
    poll(lambda: there.id not in {each.id for each in stage.client.needs()}, "it to leave the queue")
    with pytest.raises(Refused, match=r"orch queue"):
        stage.client.answer(there.id, "deny")
    stage.until("c2", "idle", reason="Tested.")


def test_escape_takes_a_held_request_out_of_the_queue(stage: Stage) -> None:
    stage.start()
    stage.new("Escape", ASKS)
    asked = need(stage)
    stage.press(stage.card("c1"), "Escape")
    stage.until("c1", "interrupted")
    assert asked.id not in {each.id for each in stage.client.needs()}


def test_a_question_is_answered_by_its_label_and_a_plan_by_a_yes(stage: Stage) -> None:
    stage.start()
    stage.new("Ask", 'demo: question "Which one?" SQLite Redis; plan "1. Do it."; say Done.')
    asked = need(stage)
    assert (asked.kind, asked.options) == ("question", ("SQLite", "Redis"))
    with pytest.raises(Refused, match="choose one of its options"):
        stage.client.answer(asked.id, "allow")
    stage.client.answer("c1", "allow", options=(("Redis",),))
    poll(lambda: need(stage).kind == "plan", "the plan")
    assert stage.client.need("c1").detail == "1. Do it."
    stage.client.answer("c1", "allow", by="tui")
    stage.until("c1", "idle", reason="Done.")


def test_a_session_that_goes_leaves_no_request_behind(stage: Stage) -> None:
    stage.start()
    stage.new("Goes", ASKS)
    asked = need(stage)
    pid = stage.card("c1").pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    stage.until("c1", "exited")
    (gone,) = stage.client.needs()
    assert (gone.kind, gone.options, gone.id != asked.id) == ("exited", ("resume",), True)


def test_a_request_held_when_the_hub_was_killed_can_be_answered_in_its_session(stage: Stage) -> None:
    stage.start()
    stage.new("Held", ASKS)
    asked = need(stage)
    poll(lambda: "asking (permission)" in str(stage.client.show("c1").history), "it to be on the disk")
    hub = stage.pid()
    os.kill(hub, signal.SIGKILL)
    poll(lambda: not runs(hub) and not stage.away(), "the hub's return")
    (again,) = poll(stage.client.needs, "request")
    assert (again.kind, again.answerable, again.summary) == ("permission", False, asked.summary)
    assert "in the session" in again.hint
    with pytest.raises(Refused, match="orch attach held"):
        stage.client.answer(again.id, "allow")
    stage.press(stage.card("c1"), "Enter")
    stage.until("c1", "idle", reason="Tested.")


@pytest.mark.long
def test_the_queue_ranks_what_stands_still_first_and_the_oldest_among_equals(stage: Stage) -> None:
    stage.start()
    stage.new("Done", "demo: say Done.")
    stage.until("c1", "idle")
    stage.new("Asks", "demo: say Shall I?")
    stage.until("c2", "idle")
    stage.new("Fails", "demo: fail server_error")
    stage.until("c3", "error")
    stage.new("First", ASKS)
    need(stage, "c4")
    stage.new("Second", ASKS)
    need(stage, "c5")
    assert [(each.card, each.kind) for each in stage.client.needs()] == [
        ("c4", "permission"),
        ("c5", "permission"),
        ("c3", "error"),
        ("c2", "asks"),
        ("c1", "review"),
    ]
    stage.client.acknowledge("c1")
    assert "c1" not in {each.card for each in stage.client.needs()}
    with pytest.raises(Refused, match="not a request"):
        stage.client.answer("c3.error", "allow")
    with pytest.raises(Missing, match=r"no request named 'c9.abc'"):
        stage.client.answer("c9.abc", "allow")


def test_rules_answer_by_themselves_and_are_named_in_the_journal(stage: Stage) -> None:
    stage.set("ORCH_CONFIG", f"{stage.home.root}/rules.toml")
    stage.home.make()
    (stage.home.root / "rules.toml").write_text(
        '[[rules]]\nname = "tests"\nanswer = "allow"\ntool = "Bash"\ncommand = "npm test*"\n'
        '[[rules]]\nname = "no force"\nanswer = "deny"\ncommand = "rm *"\nmessage = "never rm"\n'
    )
    stage.start()
    stage.new(
        "Ruled",
        'demo: permission "npm test"; permission "npm test; rm -rf /"; permission "npm run x"; say Ok.',
    )
    waits = need(stage)
    assert waits.summary == "Bash: npm run x"
    history = "\n".join(each.said for each in stage.client.show("c1").history)
    assert "Bash: npm test: allow by the rule tests" in history
    assert "Bash: npm test; rm -rf /: deny by the rule no force" in history
    assert [(each.answer, each.rule) for each in stage.client.try_rules()] == [
        ("allow", "tests"),
        ("deny", "no force"),
        ("ask", ""),
    ]
    stage.client.answer("c1", "allow")
    stage.until("c1", "idle")
    (sums,) = stage.client.stats()
    assert (sums.card, sums.times >= 1, sums.by.get("cli")) == ("c1", True, 1)


@pytest.mark.long
@pytest.mark.slow
def test_a_subagents_request_is_held_for_some_seconds_only_and_stays_in_the_queue(stage: Stage) -> None:
    stage.start()
    stage.new("Sub", "demo: await")
    stage.until("c1", "working")
    asked = {
        "hook_event_name": "PermissionRequest",
        "tool_name": "Bash",
        "tool_input": {"command": "ls"},
        "agent_id": "a1",
    }
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(stage.report("c1", 1, asked)), daemon=True)
    asking.start()
    held = need(stage)
    asking.join(PATIENCE)
    assert answers == [b"{}"], "no opinion, so that the dialog shows"
    (left,) = [each for each in stage.client.needs() if each.id == held.id]
    assert (left.answerable, left.options) == (False, ())


@pytest.mark.long
def test_a_stalled_session_is_interrupted_and_told_to_continue(stage: Stage) -> None:
    stage.set("ORCH_STALL_AFTER", "2s")
    stage.start()
    stage.new("Stuck", "demo: hang")
    stage.until("c1", "stalled", column="blocked")
    stage.client.nudge("c1", "continue")
    me = getpass.getuser()
    poll(
        lambda: f"nudged by cli ({me}): continue" in [each.said for each in stage.client.show("c1").history],
        "the nudge",
    )
    poll(lambda: "continue" in stage.client.preview("c1").text, "the word in its pane")


@pytest.mark.long
def test_a_failed_session_is_told_to_continue_by_itself_when_the_user_wants_that(stage: Stage) -> None:
    stage.set("ORCH_NUDGES__ERROR", "continue")
    stage.start()
    stage.new("Fails", "demo: fail server_error")
    stage.until("c1", "idle")
    told = [each.said for each in stage.client.show("c1").history]
    assert told.count("nudged by rule: continue") == 1
    assert "prompt queued: continue" in told


@pytest.mark.long
@pytest.mark.slow
def test_fifty_requests_at_once_are_all_listed_answered_and_gone(stage: Stage) -> None:
    stage.set("ORCH_MAX_SESSIONS", "60")
    stage.start()
    for number in range(50):
        stage.new(f"Card {number}", ASKS)
    listed = poll(
        lambda: len(found := [n for n in stage.client.needs() if n.answerable]) == 50 and found, "all fifty"
    )
    for each in listed:
        stage.client.answer(each.id, "allow")
    poll(lambda: all(card.state == "idle" for card in stage.client.cards()), "all to end their turns")
    assert not [n for n in stage.client.needs() if n.kind == "permission"]
