"""Workflows through the real hub, tmux, git and MCP, with scripted agents."""

from pathlib import Path

import pytest

from orchestrator.client import Refused
from tests.conftest import git
from tests.hub.flows import IMPLEMENT, open_gate, stages, start, transcript, until, until_stage
from tests.hub.stage import Stage
from tests.poll import poll

pytestmark = pytest.mark.slow


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
    assert seen["merge"].waits == "waiting for review"
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


@pytest.mark.long
def test_a_checked_out_branch_is_used_where_it_is_and_only_when_it_is_clean(stage: Stage) -> None:
    stage.start()
    tracked = stage.repo / git(stage.repo, "ls-files").splitlines()[0]
    before = tracked.read_text()
    tracked.write_text("not committed")
    (stage.repo / "mine.txt").write_text("no obstacle: nothing overwrites it")
    start(
        stage,
        'workflow: [{name: release, prompt: \'demo: edit r.txt "r"; commit R; done "R"\', worktree: main}]',
    )
    blocked = until_stage(stage, "r1", "release", "blocked")
    assert str(stage.repo) in blocked.waits
    assert f"1 changed file ({tracked.name})" in blocked.waits
    assert not stage.client.cards()
    tracked.write_text(before)
    until(stage, "r1", "done")
    assert (stage.repo / "r.txt").exists()
    assert stages(stage, "r1")["release"].path == str(stage.repo)


@pytest.mark.long
def test_a_stage_gets_the_next_free_folder_where_its_own_is_taken_by_somebody_else(stage: Stage) -> None:
    stage.start()
    start(stage, "workflow: [{name: one, prompt: 'demo: done \"1\"'}]")
    until(stage, "r1", "done")
    folder = Path(stages(stage, "r1")["one"].path).parent
    git(stage.repo, "worktree", "add", "-b", "theirs", str(folder / "two"))
    (folder / "two-2").mkdir()
    (folder / "two-2" / "notes.txt").write_text("not in git")
    (folder / "three").symlink_to("nowhere")
    start(
        stage,
        """
        workflow:
          - {name: two, prompt: 'demo: edit 2.txt "2"; commit Two; done "2"', worktree: fix/auth}
          - {name: three, prompt: 'demo: done "3"'}
        """,
    )
    until(stage, "r2", "done")
    seen = stages(stage, "r2")
    assert (Path(seen["two"].path), seen["two"].branch) == (folder / "two-3", "fix/auth")
    assert Path(seen["three"].path) == folder / "three-2"
    assert git(folder / "two", "branch", "--show-current") == "theirs"
    assert [path.name for path in (folder / "two-2").iterdir()] == ["notes.txt"]


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


def test_what_helps_on_is_the_inputs_where_these_are_wrong_and_the_check_where_the_file_is(
    stage: Stage,
) -> None:
    stage.start()
    spaced = stage.repo.parent / "my flows"
    spaced.mkdir()
    file = spaced / "a b.yml"

    def refused(text: str, **inputs: str) -> str:
        file.write_text(text)
        with pytest.raises(Refused) as caught:
            stage.client.start_run(str(file), repo=str(stage.repo), inputs=inputs)
        return caught.value.hint

    good = "inputs: {ticket: {type: string}}\nworkflow: [{name: a, prompt: x}]\n"
    assert refused(good) == refused(good, tikcet="A-1") == "Usage: --input ticket=TEXT"
    assert refused(good.replace("prompt", "promt")) == f"See all errors: orch workflow check '{file}'"
    assert stage.client.runs() == ()


def test_scripts_alone_need_no_agent_and_a_stage_with_a_session_says_what_is_missing(stage: Stage) -> None:
    stage.set("ORCH_AGENT__COMMAND", "/no/such/agent")
    stage.start()
    start(stage, "workflow: [{name: only, type: script, run: 'true'}]")
    until(stage, "r1", "done")
    with pytest.raises(Refused, match="command not found: /no/such/agent"):
        start(stage, "workflow: [{name: only, prompt: Do it.}]")
