"""Gates through the real hub: approved, denied, counted, reminded of."""

from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.core.requests.gates import Deny
from orchestrator.core.requests.review import AddComment, ReadReview
from tests.conftest import git
from tests.hub.flows import IMPLEMENT, open_gate, stages, start, transcript, until
from tests.hub.stage import Stage
from tests.poll import poll

pytestmark = pytest.mark.slow


def test_a_denial_sends_the_reason_and_the_comments_to_the_stage_that_does_it_again(stage: Stage) -> None:
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
    submit, card = stage.client.submit, before["write"].card
    denial = Deny(
        first.id,
        "ann",
        'Not good.\ndemo: edit b.txt "two"; commit Two; done "Second try"',
        first.version,
        comments=True,
    )
    with pytest.raises(Refused, match="no comment to send"):
        submit(denial)
    submit(AddComment(card, "a.txt", 1, "Say more."))
    denied = submit(denial)
    assert [each.state for each in submit(ReadReview(card)).comments] == ["sent"]
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
    assert "a.txt, line 1:" in transcript(stage, after["write"].card)
    assert "Say more." in transcript(stage, after["write"].card)
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
    with pytest.raises(Refused, match="changed since you looked"):
        stage.client.approve(gate.id, seen_version=gate.version)
    again = stage.client.gate(gate.id)
    assert again.version > gate.version
    assert ("late.txt", 1, 0) in {diff.branch: diff for diff in again.evidence.diffs}["feature/auth"].files
    stage.client.approve(gate.id, seen_version=again.version)
    with pytest.raises(Refused, match="already approved"):
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


def test_a_gate_of_two_approvers_needs_both(stage: Stage) -> None:
    stage.start()
    start(
        stage,
        """
        workflow:
          - name: gate
            type: human-gate
            message: "Both?"
            approvers: [ann, bob, eve]
            quorum: 2
            distinct: name
          - {name: after, type: script, run: 'true'}
        """,
    )
    gate = open_gate(stage, "gate")
    with pytest.raises(Refused, match="mallory may not decide"):
        stage.client.approve(gate.id, who="mallory")
    assert stage.client.approve(gate.id, who="ann").approved_by == ("ann",)
    with pytest.raises(Refused, match="ann has already approved"):
        stage.client.approve(gate.id, who="ann")
    assert "1 more of 2" in stages(stage, "r1")["gate"].waits
    stage.client.approve(gate.id, who="bob")
    until(stage, "r1", "done")


def test_a_gate_that_nobody_decides_reminds_by_the_users_command(stage: Stage) -> None:
    said = stage.repo.parent / "said"
    stage.set("ORCH_NOTIFY__COMMAND", f"sh -c 'cat >> {said}'")
    stage.set("ORCH_NOTIFY__GATHER", "0.1s")
    stage.start()
    start(stage, "workflow: [{name: gate, type: human-gate, message: 'Well?', remind_after: 1s}]")
    poll(
        lambda: said.exists() and said.read_text().count('"gate.reminded"') >= 2,
        "two reminders",
        told=lambda: said.read_text() if said.exists() else "nothing",
    )
    assert said.read_text().count('"gate.opened"') == 1
    assert open_gate(stage, "gate").state == "open"
