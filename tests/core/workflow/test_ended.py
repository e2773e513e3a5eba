"""That a run has ended, or is blocked, is told: in the queue, with the last lines of a script that failed."""

from dataclasses import replace

import pytest

from orchestrator.core.commands import Command, Rejected
from orchestrator.core.needs.ranking import needs
from orchestrator.core.requests.runs import AcknowledgeRun, CancelRun, RetryStage, SkipStage
from orchestrator.core.workflow.events import ScriptEnded
from orchestrator.core.workflow.plan import Script, Stage
from orchestrator.core.workflow.run import RunState, ScriptResult
from orchestrator.core.workflow.shown import output, run_view, why
from tests.core.workflow.stories import Story, agent, gate

TAIL = "\n".join(f"line {number}" for number in range(30)) + "\nE 1 failed\n"


def failed() -> Story:
    story = Story(Stage("tests", Script("make test")), agent("ship", "tests"))
    story.take(ScriptEnded(story.now, "r1", "tests", 1, ScriptResult(1, TAIL, 2.0)))
    story.goes_on()
    return story


def test_a_run_that_failed_waits_in_the_queue_with_the_last_line_of_its_script() -> None:
    story = failed()
    [need] = needs(story.state)
    assert (need.id, need.kind, need.urgency, need.run, need.stage) == ("r1", "run", 2, "r1", "tests")
    assert need.summary == "tests: it ended with exit code 1: E 1 failed"
    assert set(need.options) == {"done", "retry", "skip"}
    assert run_view(story.state, story.run()).reason == need.summary


def test_the_last_ten_lines_of_a_failed_script_are_told_and_none_of_one_that_did_not_fail() -> None:
    own = failed().run().stages["tests"]
    assert output(own).splitlines() == [*(f"line {number}" for number in range(21, 30)), "E 1 failed"]
    fine = replace(own, result=ScriptResult(0, TAIL, 1.0), why="")
    assert (output(fine), why(fine)) == ("", "")


def test_control_characters_in_what_a_script_printed_reach_no_screen() -> None:
    story = Story(Stage("tests", Script("make test")))
    story.take(ScriptEnded(story.now, "r1", "tests", 1, ScriptResult(1, "bad \u202e\x07 end", 2.0)))
    story.goes_on()
    [need] = needs(story.state)
    assert not {"\u202e", "\x07"} & {*need.summary, *output(story.run().stages["tests"])}


@pytest.mark.parametrize("again", ["retry", "skip", "seen"])
def test_a_run_that_failed_leaves_the_queue_when_somebody_deals_with_it(again: str) -> None:
    story = failed()
    acts: dict[str, Command] = {
        "retry": RetryStage("r1", "tests"),
        "skip": SkipStage("r1", "tests"),
        "seen": AcknowledgeRun("r1"),
    }
    story.says(acts[again])
    assert not [need for need in needs(story.state) if need.kind == "run"]


def test_a_run_that_is_done_waits_to_be_seen_as_what_may_wait_longest() -> None:
    story = Story(agent("build"))
    story.done("build")
    [need] = [each for each in needs(story.state) if each.run]
    assert (need.id, need.kind, need.urgency) == ("r1", "run_done", 5)
    story.says(AcknowledgeRun("r1"))
    assert not [each for each in needs(story.state) if each.run]
    again = story.submit(AcknowledgeRun("r1"))
    assert isinstance(again, Rejected)


def test_a_denied_run_waits_in_the_queue_with_the_reason() -> None:
    story = Story(agent("build"), gate("look", "build"))
    story.done("build")
    story.deny("too slow")
    [need] = [each for each in needs(story.state) if each.run]
    assert (need.kind, need.stage) == ("run", "look")
    assert "too slow" in need.summary


def test_a_run_that_a_person_has_cancelled_is_no_news() -> None:
    story = Story(agent("build"))
    story.says(CancelRun("r1"))
    assert story.run().state is RunState.CANCELLED
    assert not needs(story.state)


def test_a_run_that_goes_on_after_its_end_is_unread_again_when_it_ends_again() -> None:
    story = failed()
    story.says(AcknowledgeRun("r1"))
    story.says(RetryStage("r1", "tests"))
    story.take(ScriptEnded(story.now, "r1", "tests", 2, ScriptResult(2, "worse", 2.0)))
    story.goes_on()
    [need] = needs(story.state)
    assert need.summary == "tests: it ended with exit code 2: worse"
