"""Runs as their people see them."""

from dataclasses import replace

import pytest

from orchestrator.core.commands import FinishCard, Rejected, StartCard
from orchestrator.core.effects import OpenWindow
from orchestrator.core.needs.ranking import needs
from orchestrator.core.requests.cards import Stop
from orchestrator.core.requests.runs import CancelRun, RetryStage, SkipStage
from orchestrator.core.sessions.model import Wait
from orchestrator.core.sessions.signals import HooksBlocked, RegistrySaid, TurnEnded
from orchestrator.core.workflow.commands import ApproveGate, DenyGate, MarkStage, StartRun
from orchestrator.core.workflow.effects import BeginStage
from orchestrator.core.workflow.events import StageBegan, StageBlocked, StageHeldUp
from orchestrator.core.workflow.plan import Agent, HumanGate, OnFailure, Script, Stage, Workflow
from orchestrator.core.workflow.run import RunState
from orchestrator.core.workflow.shown import gate_view, run_view, shown_gates
from orchestrator.core.worktrees.repo import Loss
from tests.core.workflow.outside import ROOT
from tests.core.workflow.stories import Story, agent, example, gate


def test_two_features_are_made_side_by_side_and_merged_only_after_the_approval() -> None:
    story = Story(workflow=example())
    waiting = {"review-gate": "waiting", "merge": "waiting"}
    assert story.states == {"implement-feature": "running", "implement-tests": "running", **waiting}
    assert {"feature/auth-refactor", "feature/auth-tests"} <= set(story.outside.checked_out)
    story.done("implement-feature")
    assert story.state_of("review-gate") == "waiting"
    story.done("implement-tests")
    assert story.state_of("review-gate") == "gate-blocked"
    story.later(30 * 86_400)
    assert story.state_of("merge") == "waiting", "a gate holds for weeks"
    story.approve()
    assert story.state_of("merge") == "running"
    assert story.run().stages["merge"].path == ROOT, "main is used where it is checked out"
    story.done("merge")
    assert story.run().state is RunState.DONE
    assert not [each for each in story.outside.agents.values() if each.doing != "gone"]


def test_a_denial_sends_its_reason_to_the_stage_that_is_done_again() -> None:
    story = Story(agent("build"), agent("docs"), gate("look", "build", "docs", on_deny="build"))
    story.done("build", summary="made a draft")
    story.done("docs")
    first = story.gate()
    story.deny("the tests are missing")
    assert story.states == {"build": "running", "docs": "done", "look": "waiting"}
    assert "the tests are missing" in story.prompt("build")
    assert story.run().stages["build"].card == "c1", "its conversation goes on"
    story.done("build", summary="with tests")
    assert story.gate().id != first.id
    story.approve()
    assert story.run().state is RunState.DONE


@pytest.mark.parametrize("bound", [0, 1, 3])
def test_a_gate_sends_the_work_back_max_rework_times_and_its_next_denial_ends_the_run(bound: int) -> None:
    rule = HumanGate("Go on?", on_deny="build", max_rework=bound)
    story = Story(agent("build"), Stage("look", rule, ("build",)), agent("ship", "look"))
    for number in range(bound):
        story.done("build")
        shown = gate_view(story.run(), story.gate())
        assert (shown.on_deny, shown.sent_back) == ("build", number)
        story.deny("not yet")
        assert story.state_of("build") == "running"
    story.done("build")
    assert gate_view(story.run(), story.gate()).on_deny == "", "who decides is told that this ends the run"
    story.deny("not yet")
    assert story.states == {"build": "done", "look": "denied", "ship": "skipped"}
    assert story.run().state is RunState.DENIED
    assert f"(max_rework reached: {bound})" in story.why("look")


def test_the_bound_of_rework_is_3_where_the_file_says_none() -> None:
    story = Story(agent("build"), gate("look", "build", on_deny="build"))
    for _ in range(4):
        story.done("build")
        story.deny("no")
    assert (story.run().state, story.run().stages["build"].attempt) == (RunState.DENIED, 4)


def test_after_the_bound_of_rework_a_person_can_still_have_the_stage_done_again_and_approve_it() -> None:
    rule = HumanGate("Go on?", on_deny="build", max_rework=0)
    story = Story(agent("build"), Stage("look", rule, ("build",)), agent("ship", "look"))
    story.done("build")
    story.deny("no")
    story.says(RetryStage("r1", "build", "use the new API"))
    story.done("build")
    story.approve()
    story.done("ship")
    assert story.run().state is RunState.DONE


def test_each_gate_has_its_own_bound_of_rework() -> None:
    def looks(name: str, need: str) -> Stage:
        return Stage(name, HumanGate("Go on?", on_deny="build", max_rework=1), (need,))

    story = Story(agent("build"), looks("first", "build"), looks("second", "first"))
    story.done("build")
    story.deny("no")
    story.done("build")
    story.approve()
    story.deny("no")
    assert story.states == {"build": "running", "first": "waiting", "second": "waiting"}
    story.done("build")
    story.deny("no")
    assert story.run().state is RunState.DENIED


@pytest.mark.parametrize("again", ["look", "build"])
def test_what_a_person_has_skipped_stays_skipped_when_something_before_it_is_done_again(again: str) -> None:
    story = Story(agent("build"), gate("look", "build"), agent("docs", "look"), agent("ship", "docs"))
    story.says(SkipStage("r1", "docs", "none needed"))
    story.done("build")
    story.approve()
    story.done("ship")
    story.says(RetryStage("r1", again))
    assert (story.state_of("docs"), story.why("docs")) == ("skipped", "none needed")
    if again == "build":
        story.done("build")
    story.approve()
    assert story.states["docs"] == "skipped"
    assert story.states["ship"] == "running", "it is done again without what was skipped"
    story.done("ship")
    story.says(RetryStage("r1", "docs"))
    assert story.states["docs"] == "running", "having itself done again un-skips it"


def test_what_a_person_has_skipped_stays_skipped_when_a_denial_sends_the_work_back() -> None:
    story = Story(agent("build"), agent("lint", "build"), gate("look", "build", "lint", on_deny="build"))
    story.says(SkipStage("r1", "lint"))
    story.done("build")
    story.deny("not yet")
    assert story.states == {"build": "running", "lint": "skipped", "look": "waiting"}


def test_what_a_decided_gate_has_asked_stays_as_it_was() -> None:
    asks = replace(
        gate("look", "build", on_deny="build"), does=HumanGate("{{ stages.build.summary }}?", on_deny="build")
    )
    story = Story(agent("build"), asks)
    story.done("build", summary="A draft")
    story.deny("the tests are missing")
    story.done("build", summary="With tests")
    first, second = (gate_view(story.run(), each) for each in story.run().gates)
    assert (first.state, first.message) == ("denied", "A draft?")
    assert (second.state, second.message) == ("open", "With tests?")


def test_a_gate_that_nobody_decided_is_no_more_when_its_run_goes_another_way() -> None:
    story = Story(agent("build"), gate("look", "build"))
    story.done("build")
    assert run_view(story.state, story.run()).stages[1].gate == "g1"
    story.says(RetryStage("r1", "build"))
    assert shown_gates(story.run()) == ()
    assert run_view(story.state, story.run()).stages[1].gate == ""
    story.done("build")
    assert [each.id for each in shown_gates(story.run())] == ["g2"]


def test_a_gate_says_how_many_approvals_it_waits_for() -> None:
    story = Story(agent("build"), gate("look", "build", approvers=("ann", "bob", "eve"), quorum=2))
    story.done("build")
    assert run_view(story.state, story.run()).stages[1].waits == "waiting for 2 approvals, of ann, bob, eve"
    story.approve("ann")
    assert run_view(story.state, story.run()).stages[1].waits == "waiting for 1 more of 2 approvals"


def test_the_reason_of_a_denial_survives_a_start_that_fails() -> None:
    story = Story(agent("build"), gate("look", "build", on_deny="build"))
    story.done("build")
    assert story.submit(DenyGate("r1", "g1", "ann", "cli", "mind the old clients")) is None
    while not any(isinstance(wish, OpenWindow) for wish in story.wishes()):
        story.carry_out(story.wishes()[0])
    story.carry_out(story.wishes()[0], fails=True)
    assert story.state_of("build") == "blocked"
    story.says(RetryStage("r1", "build"))
    assert "mind the old clients" in story.prompt("build")


def test_the_reason_of_a_denial_survives_a_stop_before_the_stage_began_again() -> None:
    story = Story(agent("build"), gate("look", "build", on_deny="build"), agent("docs"))
    story.done("build")
    story.reports(story.agent_of("docs"), "failed")
    assert story.submit(DenyGate("r1", "g1", "ann", "cli", "mind the old clients")) is None
    story.ends_turn(story.agent_of("docs"))
    story.goes_on()
    assert story.states == {"build": "skipped", "look": "skipped", "docs": "failed"}
    story.says(RetryStage("r1", "docs"))
    assert story.state_of("build") == "running"
    assert "mind the old clients" in story.prompt("build")


def test_a_denial_ends_the_session_that_is_at_work_on_the_stage_and_brings_it_back_with_the_reason() -> None:
    look = replace(gate("look", "fast", "slow", on_deny="slow"), join=1)
    story = Story(agent("fast"), agent("slow"), look)
    story.done("fast")
    at_work = story.agent_of("slow")
    story.deny("use the other library")
    assert at_work.doing == "gone"
    assert story.state_of("slow") == "running"
    assert "use the other library" in story.prompt("slow")
    assert story.agent_of("slow") is not at_work


def test_a_session_that_waits_for_its_stage_to_begin_again_is_ended_when_the_run_stops() -> None:
    story = Story(agent("build"), agent("docs"))
    story.ends_turn(story.agent_of("build"))
    story.ends_turn(story.agent_of("build"))
    story.reports(story.agent_of("docs"), "failed")
    assert story.submit(RetryStage("r1", "build")) is None
    story.ends_turn(story.agent_of("docs"))
    story.goes_on()
    assert story.run().state is RunState.FAILED
    assert not [each for each in story.outside.agents.values() if each.doing != "gone"]


def test_what_a_session_reports_before_the_hub_knows_of_its_window_counts() -> None:
    story = Story(agent("build"), gate("look", "build", on_deny="build"))
    story.done("build")
    assert story.submit(DenyGate("r1", "g1", "ann", "cli", "once more")) is None
    while not any(isinstance(wish, OpenWindow) for wish in story.wishes()):
        story.carry_out(story.wishes()[0])
    story.carry_out(story.wishes()[0], killed=True)
    again = story.agent_of("build")
    story.takes_prompt(again)
    story.reports(again, "done", "done once more")
    assert story.state_of("build") == "running"
    story.goes_on()
    story.ends_turn(again)
    story.hear(again, RegistrySaid(story.now + 1, "idle"))
    assert story.states == {"build": "done", "look": "gate-blocked"}


def test_a_denial_without_a_stage_to_go_back_to_ends_the_run() -> None:
    story = Story(agent("build"), gate("look", "build"), agent("ship", "look"))
    story.done("build")
    story.deny("not this year")
    assert story.run().state is RunState.DENIED
    assert story.state_of("ship") == "skipped"
    assert "not this year" in run_view(story.state, story.run()).reason


def test_what_a_fan_out_found_is_told_to_the_stage_that_joins_it() -> None:
    three = [agent(f"look-{item}", template="look") for item in "abc"]
    names = tuple(stage.name for stage in three)
    story = Story(*three, agent("sum-up", *names, prompt="Sum up:\n{{ stages.look.summary }}"))
    for name in names:
        assert story.state_of("sum-up") == "waiting"
        story.done(name, summary=f"{name} is fine", handoff=f"see {name}.md")
    prompt = story.prompt("sum-up")
    assert prompt.startswith("Sum up:\nlook-a is fine\nlook-b is fine\nlook-c is fine")
    assert "see look-b.md" in prompt


def test_the_first_of_two_racers_is_enough_even_when_the_other_fails() -> None:
    racers = [replace(agent(name), on_failure=OnFailure.CONTINUE) for name in ("slow", "fast")]
    story = Story(*racers, replace(agent("take", "slow", "fast"), join=1))
    story.done("slow", "failed")
    assert story.state_of("take") == "waiting", "a racer that failed has not arrived"
    story.done("fast")
    assert story.state_of("take") == "running"


def test_when_every_racer_fails_so_does_the_stage_that_waits_for_one() -> None:
    racers = [replace(agent(name), on_failure=OnFailure.CONTINUE) for name in ("slow", "fast")]
    story = Story(*racers, replace(agent("take", "slow", "fast"), join=1))
    story.done("slow", "failed")
    story.done("fast", "failed")
    assert story.run().state is RunState.FAILED
    assert story.run().stopping == "take"


def test_a_stage_waits_for_a_dirty_worktree_and_goes_on_when_it_is_clean() -> None:
    story = Story(agent("build"), agent("merge", "build", worktree="main"))
    story.outside.unclean.add(ROOT)
    story.done("build")
    assert story.state_of("merge") == "blocked"
    assert f"main is checked out in {ROOT}, which has 1 changed file" in story.why("merge")
    assert [need.kind for need in needs(story.state)] == ["stage"]
    story.outside.unclean.clear()
    story.goes_on()
    assert story.state_of("merge") == "running"


def test_a_script_whose_branch_is_checked_out_nowhere_says_how_to_check_it_out() -> None:
    story = Story(Stage("lint it", Script("make", "pp/lint")))
    assert story.state_of("lint it") == "blocked"
    assert f"git -C {ROOT} worktree add -b pp/lint /r/shop-orch/lint-it; or" in story.why("lint it")
    story.outside.branches.add("pp/lint")
    story.goes_on()
    assert f"git -C {ROOT} worktree add /r/shop-orch/lint-it pp/lint; or" in story.why("lint it")
    story.outside.add_worktree("pp/lint", "/r/shop-orch/lint-it")
    story.goes_on()
    assert story.state_of("lint it") == "running"


def test_a_stage_that_waits_for_others_to_leave_its_worktree_is_not_for_a_human() -> None:
    script = Stage("three", Script("make"))
    story = Story(agent("one", worktree="main"), agent("two", worktree="main"), script)
    assert story.states == {"one": "running", "two": "waiting", "three": "waiting"}
    view = run_view(story.state, story.run())
    assert (view.state, view.reason) == ("running", "one is running")
    assert [stage.waits for stage in view.stages[1:]] == [f"waiting for c1, which works in {ROOT}"] * 2
    assert not needs(story.state)
    story.done("one")
    assert story.states == {"one": "done", "two": "running", "three": "waiting"}
    assert run_view(story.state, story.run()).stages[2].waits == f"waiting for c2, which works in {ROOT}"
    story.done("two")
    story.ended("three", 0)
    assert story.run().state is RunState.DONE
    assert not [event for event in story.journal if isinstance(event, StageBlocked)]


def test_a_stage_whose_worktree_a_session_that_is_no_stages_works_in_is_for_a_human() -> None:
    story = Story(agent("one", worktree="main"))
    story.done("one")
    assert story.submit(StartCard("c1", "again")) is None
    story.goes_on()
    story.start(Workflow("next", (agent("two", worktree="main"),)))
    story.goes_on()
    two = story.state.runs["r2"].stages["two"]
    assert (two.state.value, two.why) == ("blocked", f"c1 works in {ROOT}")
    assert [need.run for need in needs(story.state) if need.kind == "stage"] == ["r2"]
    story.says(Stop("c1"))
    assert story.state.runs["r2"].stages["two"].state.value == "running"


def test_two_stages_use_one_worktree_one_after_the_other_and_nobody_is_told_to_wait() -> None:
    tests = Stage("test", Script("make test", "feature/x"), ("build",))
    story = Story(agent("build", worktree="feature/x"), tests, agent("polish", "test", worktree="feature/x"))
    story.done("build")
    story.ended("test", 0)
    story.done("polish")
    assert story.run().state is RunState.DONE
    assert len({own.path for own in story.run().stages.values()}) == 1
    assert not [event for event in story.journal if isinstance(event, StageBlocked)]


def test_a_stage_that_takes_too_long_is_tried_again_after_a_growing_pause() -> None:
    build = Stage("build", Agent("Do it."), on_failure=OnFailure.RETRY, retries=2, backoff=60, timeout=600)
    story = Story(build)
    story.later(600)
    assert story.state_of("build") == "waiting"
    assert "took longer than 10 min" in story.why("build")
    assert story.run().stages["build"].not_before >= story.now + 50
    story.later(60)
    assert story.run().stages["build"].attempt == 2
    assert "took longer than 10 min" in story.prompt("build")
    story.later(600)
    assert story.run().stages["build"].not_before >= story.now + 110
    story.later(120)
    story.later(600)
    assert story.run().state is RunState.FAILED
    assert not [each for each in story.outside.agents.values() if each.doing != "gone"]


def test_a_gate_is_approved_once_by_those_who_may_and_as_it_was_seen() -> None:
    story = Story(agent("build"), gate("look", "build", approvers=("ann", "bob"), quorum=2))
    story.done("build")
    before = story.state

    def refused(who: str, seen: int | None) -> str:
        said = story.submit(ApproveGate("r1", "g1", who, "cli", "", seen))
        assert isinstance(said, Rejected)
        return said.what

    assert refused("eve", 1) == "eve may not decide g1"
    assert refused("ann", 0) == "g1 has changed since you looked at it"
    assert story.state is before
    story.approve("ann")
    assert refused("ann", 1) == "ann has already approved g1"
    assert story.run().state is RunState.RUNNING
    story.approve("bob")
    assert refused("bob", 1) == "g1 is already approved"
    assert story.run().state is RunState.DONE


def test_a_hub_that_dies_between_an_approval_and_the_start_begins_the_stage_once() -> None:
    story = Story(agent("build"), gate("look", "build"), agent("ship", "look"))
    story.done("build")
    assert story.submit(ApproveGate("r1", "g1", "ann", "tui")) is None
    story.crash()
    (wish,) = [each for each in story.wishes() if isinstance(each, BeginStage)]
    story.carry_out(wish)
    story.carry_out(wish)
    while story.state_of("ship") == "running" and story.wishes():
        story.carry_out(story.wishes()[0], killed=True)
        story.carry_out(story.wishes()[0])
    assert (
        len([event for event in story.journal if isinstance(event, StageBegan) and event.stage == "ship"])
        == 1
    )
    assert len([each for each in story.outside.agents.values() if each.doing != "gone"]) == 1


def test_skipping_a_stage_after_a_gate_does_not_pass_the_gate() -> None:
    story = Story(gate("look"), agent("ship", "look"), agent("tell", "ship"))
    story.says(SkipStage("r1", "ship"))
    assert story.state_of("tell") == "waiting"
    assert next(stage.waits for stage in run_view(story.state, story.run()).stages[2:]) == "waiting for look"
    story.approve()
    assert story.state_of("tell") == "running"


def test_a_run_that_two_stages_stopped_goes_on_when_both_are_done_again() -> None:
    story = Story(agent("left"), agent("right"), agent("join", "left", "right"))
    story.done("left", "failed")
    story.done("right", "failed")
    assert story.run().state is RunState.FAILED
    said = story.submit(RetryStage("r1", "join"))
    assert said is not None
    assert "the run stopped at left" in said.why
    story.says(RetryStage("r1", "left"))
    assert story.run().state is RunState.FAILED
    assert story.why("left") == "the run stops: right failed"
    story.says(RetryStage("r1", "right"))
    assert story.states == {"left": "running", "right": "running", "join": "waiting"}


def test_what_is_found_out_about_a_stage_after_a_human_decided_changes_nothing() -> None:
    story = Story(agent("build"))
    story.says(CancelRun("r1"))
    before = story.run()
    story.take(StageBlocked(story.now, "r1", "build", "the repository is gone", place=True))
    story.take(StageHeldUp(story.now, "r1", "build", ROOT))
    assert story.run() == before


def test_a_cancelled_run_is_not_revived_by_a_mark() -> None:
    story = Story(agent("build"), agent("test"), agent("ship", "build", "test"))
    story.done("build", "failed")
    story.says(CancelRun("r1"))
    assert isinstance(story.submit(MarkStage("r1", "build", "done", "", "ann")), Rejected)
    assert isinstance(story.submit(SkipStage("r1", "build")), Rejected)
    assert story.run().state is RunState.CANCELLED


def test_a_run_is_not_said_to_wait_at_a_gate_while_a_stage_is_about_to_begin() -> None:
    story = Story(agent("build"), gate("look", "build"), agent("docs", "build"))
    story.reports(story.agent_of("build"))
    story.ends_turn(story.agent_of("build"))
    assert story.states == {"build": "done", "look": "gate-blocked", "docs": "waiting"}
    assert run_view(story.state, story.run()).state == "running"
    story.goes_on()
    story.done("docs")
    assert run_view(story.state, story.run()).state == "gate-blocked"


def test_a_session_that_dies_is_told_once_even_when_the_clock_goes_back() -> None:
    story = Story(agent("build"))
    story.now -= 100
    story.dies(story.agent_of("build"))
    assert story.state_of("build") == "blocked"
    assert "without stage_done" in story.why("build")


def test_a_merge_by_hand_that_fails_does_not_disturb_the_session_at_work() -> None:
    story = Story(agent("build"))
    assert story.submit(FinishCard("c1", "merge", rescue=False, loss=Loss())) is None
    story.carry_out(story.wishes()[0], fails=True)
    assert story.state.cards["c1"].failure
    assert story.state_of("build") == "running"
    story.done("build")
    assert story.run().state is RunState.DONE


def test_a_session_that_is_asked_once_and_does_not_report_leaves_the_stage_to_a_human() -> None:
    story = Story(agent("build"), agent("ship", "build"))
    story.ends_turn(story.agent_of("build"))
    assert story.run().stages["build"].asked
    assert story.state_of("build") == "running"
    story.ends_turn(story.agent_of("build"))
    assert story.state_of("build") == "blocked"
    (need,) = needs(story.state)
    assert (need.kind, need.stage) == ("stage", "build")
    assert set(need.options) == {"done", "fail", "prompt", "retry", "skip"}
    story.says(MarkStage("r1", "build", "done", "it is fine", "ann"))
    assert "it is fine" in story.prompt("ship")


@pytest.mark.parametrize("wait", ["dialog", ""])
def test_a_stage_that_has_reported_is_done_whatever_dialog_follows_its_turn(wait: Wait) -> None:
    story = Story(agent("build"), agent("ship", "build"))
    build = story.agent_of("build")
    story.reports(build)
    story.hear(build, TurnEnded(story.now, "Built."))
    assert story.state_of("build") == "running"
    story.hear(build, RegistrySaid(story.now + 1, "waiting", "input", wait=wait))
    assert story.state_of("build") == "done"


def test_a_stage_whose_session_cannot_report_says_why() -> None:
    story = Story(agent("build"))
    build = story.agent_of("build")
    story.hear(build, HooksBlocked(story.now, "", "permissions.deny 'mcp__orch' in settings.json"))
    story.ends_turn(build)
    story.ends_turn(build)
    assert story.state_of("build") == "blocked"
    assert (
        story.why("build") == "its turn ended; cannot report: permissions.deny 'mcp__orch' in settings.json"
    )


def test_a_branch_that_git_can_not_have_beside_another_blocks_its_stage_in_words() -> None:
    story = Story(agent("a", worktree="pre"), agent("b", "a", worktree="{{ stages.a.branch }}/x"))
    story.done("a")
    assert story.state_of("b") == "blocked"
    assert (
        story.why("b") == "cannot create its branch 'pre/x': git does not allow it next to the branch 'pre'"
    )


@pytest.mark.parametrize(("first", "second"), [("pre", "pre/x"), ("pre/x", "pre"), ("a/b/c", "a/b")])
def test_a_run_whose_branch_can_not_be_made_beside_one_that_is_there_does_not_begin(
    first: str, second: str
) -> None:
    story = Story(agent("a", worktree=first))
    workflow = Workflow("w", (agent("b", worktree=second),))
    refused = story.submit(StartRun(workflow, "", "w.yml", story.outside.look("").repo, ()))
    assert isinstance(refused, Rejected)
    assert f"next to the branch {first!r}" in refused.why
    assert list(story.state.runs) == ["r1"]
