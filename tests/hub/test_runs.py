"""Workflows through the real hub, tmux, git and MCP, with scripted agents."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from orchestrator.client import Refused
from orchestrator.core.workflow.views import GateView, RunView, StageView
from tests.conftest import git
from tests.hub.stage import Stage, poll

IMPLEMENT = """
workflow:
  - name: feature
    prompt: |
      Implement it.
      demo: edit feature.txt "made"; commit Feature; done "Feature is in" handoff="Look at feature.txt"
    worktree: feature/auth
    parallel: true
  - name: tests
    prompt: |
      Test it.
      demo: edit test.txt "tested"; commit Tests; done "Tests are in"
    worktree: feature/tests
    parallel: true
  - name: review
    type: human-gate
    message: "Both done. Merge?"
  - name: merge
    prompt: |
      demo: merge feature/auth feature/tests; done "Merged"
    worktree: main
"""


def start(stage: Stage, text: str, **inputs: str) -> RunView:
    file = stage.repo.parent / "flow.yml"
    file.write_text(textwrap.dedent(text))
    return stage.client.start_run(str(file), repo=str(stage.repo), inputs=inputs)


def stages(stage: Stage, run: str) -> dict[str, StageView]:
    return {each.name: each for each in stage.client.run(run).stages}


def until(stage: Stage, run: str, *states: str) -> RunView:
    def look() -> RunView | None:
        seen = stage.client.run(run)
        return seen if seen.state in states else None

    found: RunView = poll(look, f"{run} to be {states}: {stage.client.run(run)}")
    return found


def until_stage(stage: Stage, run: str, name: str, *states: str) -> StageView:
    def look() -> StageView | None:
        seen = stages(stage, run)[name]
        return seen if seen.state in states else None

    found: StageView = poll(look, f"{run}.{name} to be {states}: {stages(stage, run)[name]}")
    return found


def open_gate(stage: Stage, ref: str) -> GateView:
    """The gate once its evidence is there."""

    def look() -> GateView | None:
        found = [
            each for each in stage.client.gates() if each.state == "open" and ref in (each.id, each.stage)
        ]
        return found[0] if found and found[0].version else None

    found: GateView = poll(look, f"the gate {ref}")
    return found


def test_parallel_stages_run_side_by_side_and_nothing_is_merged_before_the_gate_is_approved(
    stage: Stage,
) -> None:
    stage.start()
    run = start(stage, IMPLEMENT)
    assert (run.id, run.name, [each.name for each in run.stages]) == (
        "r1", "flow", ["feature", "tests", "review", "merge"],
    )  # fmt: skip
    until(stage, "r1", "gate-blocked")
    gate = open_gate(stage, "review")
    seen = stages(stage, "r1")
    assert {name: each.state for name, each in seen.items()} == {
        "feature": "done", "tests": "done", "review": "gate-blocked", "merge": "waiting",
    }  # fmt: skip
    assert seen["merge"].waits == "waits for review"
    began = [seen[name].began_at or 0.0 for name in ("feature", "tests")]
    ended = [seen[name].ended_at or 0.0 for name in ("feature", "tests")]
    assert max(began) < min(ended)
    assert not (stage.repo / "feature.txt").exists()
    diffs = {diff.branch: diff for diff in gate.evidence.diffs}
    assert diffs["feature/auth"].files == (("feature.txt", 1, 0),)
    assert diffs["feature/auth"].commits[0].endswith("Feature")
    assert gate.evidence.summaries == (("feature", "Feature is in"), ("tests", "Tests are in"))
    assert [need.id for need in stage.client.needs()] == [gate.id]
    approved = stage.client.approve(gate.id, seen_version=gate.version, note="Go", who="ann")
    assert (approved.state, approved.decided_by, approved.note) == ("approved", "ann", "Go")
    assert until(stage, "r1", "done").ended_at
    assert (stage.repo / "feature.txt").exists()
    assert (stage.repo / "test.txt").exists()
    assert git(stage.repo, "branch", "--show-current") == "main"
    poll(lambda: {card.column for card in stage.client.cards()} == {"done"}, "all cards in Done")
    assert {card.run for card in stage.client.cards()} == {"r1"}


def test_a_later_stage_is_told_what_those_before_it_left(stage: Stage) -> None:
    stage.start()
    start(stage, IMPLEMENT)
    stage.client.approve(open_gate(stage, "review").id)
    until(stage, "r1", "done")
    merge = stages(stage, "r1")["merge"].card
    told = transcript(stage, merge)
    assert "Feature is in" in told
    assert "Look at feature.txt" in told
    assert "feature/tests" in told


def test_a_denial_sends_the_reason_to_the_stage_that_does_it_again(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: write
            prompt: |
              demo: edit a.txt "one"; commit One; done "First try"
          - name: other
            prompt: 'demo: done "Other"'
            needs: []
          - name: review
            type: human-gate
            message: Good?
            needs: [write, other]
            on_deny: write
        """,
    )
    first = open_gate(stage, "review")
    before = stages(stage, "r1")
    denied = stage.client.deny(
        first.id,
        note='Not good.\ndemo: edit b.txt "two"; commit Two; done "Second try"',
        seen_version=first.version,
    )
    assert (denied.state, denied.on_deny) == ("denied", "write")
    second = poll(
        lambda: next((g for g in stage.client.gates() if g.state == "open" and g.version), None), "g2"
    )
    assert second.id != first.id
    after = stages(stage, "r1")
    assert (after["write"].attempt, after["write"].summary) == (2, "Second try")
    assert after["other"] == before["other"]
    assert after["write"].card == before["write"].card
    assert dict(second.evidence.summaries)["write"] == "Second try"
    assert "Not good." in transcript(stage, after["write"].card)
    stage.client.approve(second.id)
    until(stage, "r1", "done")


def test_a_gate_that_moved_on_since_it_was_looked_at_is_not_approved(stage: Stage) -> None:
    stage.start()
    start(stage, IMPLEMENT)
    gate = open_gate(stage, "review")
    tree = Path(stages(stage, "r1")["feature"].path)
    (tree / "late.txt").write_text("sneaked in")
    git(tree, "add", "late.txt")
    git(tree, "commit", "-qm", "Late")
    with pytest.raises(Refused, match="moved on since you looked"):
        stage.client.approve(gate.id, seen_version=gate.version)
    again = stage.client.gate(gate.id)
    assert again.version > gate.version
    assert ("late.txt", 1, 0) in {diff.branch: diff for diff in again.evidence.diffs}["feature/auth"].files
    stage.client.approve(gate.id, seen_version=again.version)
    with pytest.raises(Refused, match="approved already"):
        stage.client.approve(gate.id, seen_version=again.version)
    until(stage, "r1", "done")


def test_a_denied_gate_without_a_way_back_ends_the_run(stage: Stage) -> None:
    stage.start()
    start(stage, IMPLEMENT)
    gate = open_gate(stage, "review")
    with pytest.raises(Refused, match="needs a reason"):
        stage.client.deny(gate.id, note=" ")
    stage.client.deny(gate.id, note="No.")
    run = until(stage, "r1", "denied")
    assert "No." in run.reason
    assert stages(stage, "r1")["merge"].state == "skipped"
    assert not (stage.repo / "feature.txt").exists()


def test_a_script_is_a_gate_that_needs_nobody(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: write
            prompt: |
              demo: edit a.txt "x"; commit A; done "Written"
          - name: check
            type: script
            run: echo checking; test -f a.txt && echo there
          - name: breaks
            type: script
            run: echo "it broke" >&2; exit 7
            on_failure: continue
          - name: mend
            prompt: 'demo: done "Mended"'
            when: {breaks: failed}
          - name: never
            prompt: 'demo: done "Never"'
            needs: [breaks]
            when: {breaks: done}
        """,
    )
    until(stage, "r1", "done")
    seen = stages(stage, "r1")
    assert seen["check"].result
    assert (seen["check"].result.exit_code, seen["check"].result.tail) == (0, "checking\nthere")
    assert seen["breaks"].result
    assert (seen["breaks"].state, seen["breaks"].result.exit_code) == ("failed", 7)
    assert "it broke" in seen["breaks"].result.tail
    assert seen["mend"].state == "done"
    assert (seen["never"].state, seen["never"].waits) == ("skipped", "breaks is failed, not done")


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


def test_a_checked_out_branch_is_used_where_it_is_and_only_when_it_is_clean(stage: Stage) -> None:
    stage.start()
    (stage.repo / "mine.txt").write_text("not committed")
    start(
        stage,
        'workflow: [{name: release, prompt: \'demo: edit r.txt "r"; commit R; done "R"\', worktree: main}]',
    )
    blocked = until_stage(stage, "r1", "release", "blocked")
    assert str(stage.repo) in blocked.waits
    assert "1 untracked file" in blocked.waits
    assert not stage.client.cards()
    (stage.repo / "mine.txt").unlink()
    until(stage, "r1", "done")
    assert (stage.repo / "r.txt").exists()
    assert stages(stage, "r1")["release"].path == str(stage.repo)


def test_stages_on_the_same_branch_work_in_the_same_worktree_one_after_the_other(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - {name: one, prompt: 'demo: edit 1.txt "1"; commit One; done "1"', worktree: shared}
          - {name: two, prompt: 'demo: edit 2.txt "2"; commit Two; done "2"', worktree: shared}
        """,
    )
    until(stage, "r1", "done")
    seen = stages(stage, "r1")
    assert seen["one"].path == seen["two"].path
    assert {"1.txt", "2.txt"} <= {path.name for path in Path(seen["two"].path).iterdir()}


def test_a_fan_out_runs_one_stage_for_each_item_and_their_summaries_come_together(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        inputs: {parts: {type: list, default: [a, b, c]}}
        workflow:
          - name: part
            foreach: "{{ inputs.parts }}"
            prompt: 'demo: done "Part {{ item }}"'
          - name: join
            prompt: |
              They said: {{ stages.part.summary }}
              demo: done "Joined"
        """,
        parts="x,y",
    )
    until(stage, "r1", "done")
    assert [each.name for each in stage.client.run("r1").stages] == ["part-x", "part-y", "join"]
    told = transcript(stage, stages(stage, "r1")["join"].card)
    assert "Part x" in told
    assert "Part y" in told


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


def test_a_paused_run_begins_nothing_and_goes_on_when_resumed(stage: Stage) -> None:
    stage.start()
    start(
        stage, "workflow: [{name: one, type: script, run: 'sleep 1'}, {name: two, type: script, run: 'true'}]"
    )
    until_stage(stage, "r1", "one", "running")
    assert stage.client.pause_run("r1").state == "paused"
    until_stage(stage, "r1", "one", "done")
    assert stages(stage, "r1")["two"].waits == "the run is paused"
    stage.client.resume_run("flow")
    until(stage, "r1", "done")


def test_a_cancelled_run_ends_its_sessions_and_scripts_and_keeps_the_worktrees(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - {name: agent, prompt: 'demo: edit a.txt "x"; await', needs: []}
          - {name: script, type: script, run: 'sleep 1000', needs: []}
          - {name: after, prompt: 'demo: done "x"'}
        """,
    )
    until_stage(stage, "r1", "agent", "running")
    made = Path(stages(stage, "r1")["agent"].path, "a.txt")
    poll(made.exists, "the agent's work")
    until_stage(stage, "r1", "script", "running")
    assert stage.client.cancel_run("r1").state == "cancelled"
    stage.until("c1", "exited")
    assert made.exists()
    assert stages(stage, "r1")["after"].state == "skipped"
    poll(lambda: stages(stage, "r1")["script"].result, "the script's end")


def test_a_gate_of_two_approvers_needs_both(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - {name: gate, type: human-gate, message: "Both?", approvers: [ann, bob, eve], quorum: 2}
          - {name: after, type: script, run: 'true'}
        """,
    )
    gate = open_gate(stage, "gate")
    with pytest.raises(Refused, match="mallory may not decide"):
        stage.client.approve(gate.id, who="mallory")
    assert stage.client.approve(gate.id, who="ann").approved_by == ("ann",)
    with pytest.raises(Refused, match="ann has approved"):
        stage.client.approve(gate.id, who="ann")
    assert "1 more of 2" in stages(stage, "r1")["gate"].waits
    stage.client.approve(gate.id, who="bob")
    until(stage, "r1", "done")


def test_a_gate_that_nobody_decides_reminds_by_the_users_command(stage: Stage) -> None:
    said = stage.repo.parent / "said"
    stage.set("ORCH_NOTIFY__COMMAND", f"sh -c 'cat >> {said}'")
    stage.start()
    start(stage, "workflow: [{name: gate, type: human-gate, message: 'Well?', remind_after: 1s}]")
    poll(lambda: said.exists() and said.read_text().count('"gate.reminded"') >= 2, "two reminders")
    assert said.read_text().count('"gate.opened"') == 1
    assert open_gate(stage, "gate").state == "open"


def test_editing_the_file_never_changes_a_run_that_is_under_way(stage: Stage) -> None:
    stage.start()
    start(stage, IMPLEMENT)
    (stage.repo.parent / "flow.yml").write_text(
        "workflow: [{name: x, type: script, run: 'touch /tmp/never'}]"
    )
    stage.client.approve(open_gate(stage, "review").id)
    assert [each.name for each in until(stage, "r1", "done").stages] == [
        "feature",
        "tests",
        "review",
        "merge",
    ]


def test_a_file_that_is_wrong_is_refused_with_line_and_column_and_starts_nothing(stage: Stage) -> None:
    stage.start()
    with pytest.raises(Refused) as refused:
        start(stage, "workflow:\n  - name: a\n    promt: x\n")
    assert ":3:5:" in refused.value.why
    assert "prompt" in refused.value.why
    assert stage.client.runs() == ()


def transcript(stage: Stage, card: str) -> str:
    """All that the card's session was told, in any of its runs."""
    session = stage.card(card).session_id
    found: list[Any] = list((stage.home.root / "agent").glob(f"projects/*/{session}.jsonl"))
    return "\n".join(path.read_text().replace("\\n", "\n") for path in found)
