"""Stages that fail, break off or wait for a human, through the real hub."""

import pytest

from tests.hub.flows import stages, start, transcript, until, until_stage
from tests.hub.stage import Stage

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_a_failure_stops_what_has_not_begun_and_a_retry_revives_it(stage: Stage) -> None:
    stage.start()
    flag = stage.repo.parent / "flag"
    start(
        stage,
        f"""
        workflow:
          - name: check
            type: script
            run: test -f {flag}
          - name: after
            prompt: 'demo: done "After"'
        """,
    )
    run = until(stage, "r1", "failed")
    assert "check" in run.reason
    assert stages(stage, "r1")["after"].waits == "the run stops: check failed"
    flag.touch()
    stage.client.retry_stage("r1", "check")
    until(stage, "r1", "done")
    assert stages(stage, "r1")["check"].attempt == 2


@pytest.mark.long
def test_a_turn_that_ends_without_an_outcome_is_asked_once_and_then_waits_for_a_human(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: write
            prompt: 'demo: say I think that is all.'
          - name: after
            prompt: 'demo: done "After"'
        """,
    )
    blocked = until_stage(stage, "r1", "write", "blocked")
    assert blocked.waits
    assert {"done", "fail", "prompt", "retry", "skip"} <= set(blocked.options)
    need = next(each for each in stage.client.needs() if each.run == "r1")
    assert (need.id, need.kind, need.card) == ("r1.write", "stage", "c1")
    card = stage.card("c1")
    assert (card.column, card.run, card.stage) == ("blocked", "r1", "write")
    asked = [line for line in transcript(stage, "c1").splitlines() if "Stop hook feedback" in line]
    assert len(asked) == 1
    stage.client.mark_stage("r1", "write", "done", note="Fine by me", who="ann")
    until(stage, "r1", "done")
    assert stages(stage, "r1")["write"].summary == "Fine by me"


@pytest.mark.long
def test_a_session_that_is_asked_to_finish_can_do_so(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: write
            prompt: |
              demo: say Ready.
              demo: then done "Now it is"
        """,
    )
    until(stage, "r1", "done")
    assert stages(stage, "r1")["write"].summary == "Now it is"


def test_a_blocked_stage_goes_on_when_its_session_is_given_a_prompt(stage: Stage) -> None:
    stage.start()
    start(stage, "workflow: [{name: write, prompt: 'demo: blocked \"Which port?\"'}]")
    assert until_stage(stage, "r1", "write", "blocked").waits == "Which port?"
    stage.client.send("c1", 'Port 80.\ndemo: done "Uses 80"', queue=True)
    until(stage, "r1", "done")


@pytest.mark.long
def test_uncommitted_work_is_not_taken_for_done_at_the_first_word(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: write
            prompt: |
              demo: edit a.txt "x"; done "Too early"; commit A; done "Committed"
        """,
    )
    until(stage, "r1", "done")
    assert stages(stage, "r1")["write"].summary == "Committed"


def test_a_crash_is_tried_again_as_often_as_the_file_says(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: flaky
            type: script
            run: echo x >> count; test $(wc -l < count) -ge 3
            on_failure: retry
            retries: 3
            backoff: 0.1s
        """,
    )
    until(stage, "r1", "done")
    assert stages(stage, "r1")["flaky"].attempt == 3
