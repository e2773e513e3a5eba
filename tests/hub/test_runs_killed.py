"""A hub that is killed at every event of a run: nothing is done twice, and no gate is lost."""

import textwrap
from pathlib import Path

import pytest

from orchestrator.client import OrchError
from tests.conftest import git
from tests.hub.killed import Lives, kinds
from tests.hub.stage import Stage

pytestmark = pytest.mark.slow

FLOW = """
workflow:
  - name: write
    prompt: |
      demo: edit made.txt "made" append=true; commit Made; done "Written"
    worktree: feature/made
  - name: count
    type: script
    run: echo once >> COUNT
  - name: gate
    type: human-gate
    message: Go on?
  - name: merge
    prompt: |
      demo: merge feature/made; done "Merged"
    worktree: main
"""


@pytest.mark.sample(1)
@pytest.mark.parametrize("when", ["after", "before"])
@pytest.mark.timeout(900)
def test_a_hub_killed_at_every_event_runs_each_stage_once(stage: Stage, warm_python: Path, when: str) -> None:
    file = stage.repo.parent / "flow.yml"
    count = stage.repo.parent / "count"
    file.write_text(textwrap.dedent(FLOW).replace("COUNT", str(count)))
    with Lives(stage, warm_python, when, _help) as lives:
        lives.say(
            lambda: stage.client.runs() or stage.client.start_run(str(file), repo=str(stage.repo), inputs={})
        )
        lives.say(lambda: next(gate for gate in stage.client.gates() if gate.version))
        assert not (stage.repo / "made.txt").exists()
        lives.say(lambda: _approve(stage))
        lives.say(lambda: next(run for run in stage.client.runs() if run.state == "done"))
    assert lives.number > 18, "it was killed at too few places to prove anything"
    told = kinds(stage.home.journal)
    assert (told.count("CardCreated"), told.count("StageBegan"), told.count("GateApproved")) == (2, 3, 1)
    assert count.read_text() == "once\n"
    assert git(stage.repo, "log", "--format=%s", "main").splitlines().count("Made") == 1
    assert (stage.repo / "made.txt").read_text().count("made") == 1


def _approve(stage: Stage) -> bool:
    try:
        stage.client.approve("gate", who="ann")
    except OrchError as error:
        return "already approved" in str(error)
    return True


def _help(stage: Stage) -> None:
    """What a person does for a session that could not report because the hub was away: looks, and says so."""
    try:
        for run in stage.client.runs():
            for each in run.stages:
                if each.state == "blocked" and "done" in each.options:
                    stage.client.mark_stage(run.id, each.name, "done")
    except OrchError:
        return
