"""What a run says to whoever is away: what will block it, that it is blocked, how it has ended."""

import json
import sys
from pathlib import Path

import pytest

from orchestrator.client import Refused
from tests.conftest import git
from tests.hub.flows import open_gate, stages, start, until, until_stage
from tests.hub.stage import Stage
from tests.poll import poll

MERGE = """
workflow:
  - name: feature
    prompt: 'demo: edit feature.txt "made"; commit Feature; done "In"'
    worktree: feature/auth
  - name: review
    type: human-gate
    message: "Merge?"
  - name: merge
    prompt: 'demo: merge feature/auth; done "Merged"'
    worktree: main
"""
FAILING = """
workflow:
  - name: tests
    type: script
    run: for n in 1 2 3; do echo line $n; done; echo 1 failed; exit 3
"""


def own_file(stage: Stage, name: str) -> Path:
    file = stage.repo / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MERGE)
    return file


@pytest.mark.long
@pytest.mark.parametrize("name", ["kandev.yml", ".orch/workflows/feature.yml"])
def test_the_workflow_s_own_untracked_file_does_not_block_its_merge(stage: Stage, name: str) -> None:
    stage.start()
    own_file(stage, name)
    ref = Path(name).stem
    begun = stage.client.start_run(ref, repo=str(stage.repo), inputs={})
    assert begun.cautions == ()
    stage.client.approve(open_gate(stage, "review").id)
    assert until(stage, "r1", "done", "blocked", "failed").state == "done"
    assert (stage.repo / "feature.txt").exists()
    assert git(stage.repo, "status", "--porcelain", "--untracked-files=all").split() == ["??", name]


@pytest.mark.long
def test_what_will_block_a_stage_is_said_at_the_start_and_blocks_it_until_it_is_gone(stage: Stage) -> None:
    stage.start()
    git(stage.repo, "branch", "feature/auth")
    tracked = git(stage.repo, "ls-files").splitlines()[0]
    before = (stage.repo / tracked).read_text()
    (stage.repo / tracked).write_text("changed\n")
    [caution] = start(stage, MERGE).cautions
    assert caution.startswith(f"merge works on main in {stage.repo}, which has 1 changed file ({tracked})")
    stage.client.approve(open_gate(stage, "review").id)
    assert tracked in until_stage(stage, "r1", "merge", "blocked").waits
    (stage.repo / tracked).write_text(before)
    assert until(stage, "r1", "done").ended_at


@pytest.mark.long
def test_an_untracked_file_that_a_branch_brings_blocks_the_merge_by_its_name(stage: Stage) -> None:
    stage.start()
    (stage.repo / "feature.txt").write_text("mine\n")
    start(stage, MERGE)
    stage.client.approve(open_gate(stage, "review").id)
    waits = until_stage(stage, "r1", "merge", "blocked").waits
    assert "1 untracked file (feature.txt), which feature/auth would overwrite" in waits
    (stage.repo / "feature.txt").unlink()
    assert until(stage, "r1", "done").ended_at


@pytest.mark.parametrize(("there", "wanted"), [("pre", "pre/x"), ("pre/x", "pre")])
def test_a_branch_that_git_can_not_make_beside_another_is_refused_at_the_start(
    stage: Stage, there: str, wanted: str
) -> None:
    stage.start()
    git(stage.repo, "branch", there)
    with pytest.raises(Refused, match=f"next to the branch '{there}' in") as caught:
        start(stage, f"workflow:\n  - {{name: a, prompt: x, worktree: {wanted}}}\n")
    assert "Rename that" in str(caught.value)
    assert stage.client.runs() == ()


def test_a_run_that_failed_is_told_to_queue_and_command_with_its_last_lines(
    stage: Stage, tmp_path: Path
) -> None:
    told = tmp_path / "told.jsonl"
    script = f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read())"
    stage.set("ORCH_NOTIFY__COMMAND", json.dumps([sys.executable, "-c", script]))
    stage.set("ORCH_NOTIFY__DELAY", "0.1s")
    stage.start()
    start(stage, FAILING)
    until(stage, "r1", "failed")
    need = poll(stage.client.needs, "the run in the queue")[0]
    assert (need.id, need.kind) == ("r1", "run")
    assert need.summary == "tests: it ended with exit code 3: 1 failed"
    assert stage.client.need("r1").detail.endswith("line 1\nline 2\nline 3\n1 failed")
    news = json.loads(poll(lambda: told.exists() and told.read_text(), "the command to be run"))
    assert (news["kind"], news["run"], news["stage"]) == ("run.failed", "r1", "tests")
    assert news["output"] == "line 1\nline 2\nline 3\n1 failed"
    assert stage.client.see_run("r1").unread is False
    assert stage.client.needs() == ()
    with pytest.raises(Refused, match="has nothing to acknowledge"):
        stage.client.see_run("r1")


def test_a_stage_that_is_blocked_is_told_to_the_command(stage: Stage, tmp_path: Path) -> None:
    told = tmp_path / "told.jsonl"
    script = f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read())"
    stage.set("ORCH_NOTIFY__COMMAND", json.dumps([sys.executable, "-c", script]))
    stage.set("ORCH_NOTIFY__DELAY", "0.1s")
    stage.start()
    start(stage, "workflow:\n  - {name: a, prompt: 'demo: blocked \"Which port?\"'}\n")
    until_stage(stage, "r1", "a", "blocked")
    news = json.loads(poll(lambda: told.exists() and told.read_text(), "the command to be run"))
    assert (news["kind"], news["stage"], news["message"]) == ("stage.blocked", "a", "Which port?")


def test_a_stage_whose_turn_an_api_limit_has_ended_is_blocked_with_that_reason(stage: Stage) -> None:
    stage.start()
    start(stage, "workflow:\n  - {name: a, prompt: 'demo: fail rate_limit'}\n")
    seen = until_stage(stage, "r1", "a", "blocked")
    assert seen.waits.startswith("its turn was ended by an API limit: ")
    assert seen.until
    assert stages(stage, "r1")["a"].attempt == 1
