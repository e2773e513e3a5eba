"""One person is one vote, whatever names they give; and who it has to be is proved."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli import root
from orchestrator.client import Refused
from orchestrator.config import Config
from orchestrator.core.literals import GateDistinct, GateProof
from orchestrator.core.workflow.commands import ApproveGate, MarkStage
from orchestrator.core.workflow.plan import HumanGate, Stage
from orchestrator.core.workflow.views import GateView
from orchestrator.core.workflow.voters import NAMESPACE, ballot
from orchestrator.world import signatures
from tests.core.workflow.stories import Story, agent
from tests.hub.stage import Stage as Hub
from tests.poll import PATIENCE, poll

FLOW = """
workflow:
  - {name: pair, type: human-gate, message: "Two?", approvers: [ada, bob], quorum: 2}
  - {name: sealed, type: human-gate, message: "Signed?", approvers: [ada, bob], quorum: 2, proof: key}
"""


def key(folder: Path, name: str) -> Path:
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
    subprocess.run(argv, check=True, timeout=PATIENCE)
    return folder / name


def opened(stage: Hub, name: str) -> GateView:
    """The gate of that stage, once there is something to look at."""
    return poll(lambda: next((g for g in stage.client.gates() if g.stage == name and g.version), None), name)


def two(distinct: GateDistinct = "person", proof: GateProof = "none") -> Story:
    rule = HumanGate("Go on?", approvers=("ann", "bob"), quorum=2, distinct=distinct, proof=proof)
    story = Story(agent("build"), Stage("look", rule, ("build",)))
    story.done("build")
    return story


def vote(who: str, user: str, proof: str = "") -> ApproveGate:
    return ApproveGate("r1", "g1", who, "cli", "", None, user, proof)


def test_one_account_is_one_person_whatever_names_it_gives() -> None:
    story = two()
    story.says(vote("ann", "oleg"))
    no = story.submit(vote("bob", "oleg"))
    assert no
    assert "oleg has already approved g1, as ann" in no.what
    assert "distinct: name" in no.hint
    story.says(vote("bob", "bob"))
    assert story.state_of("look") == "done"
    assert story.why("look") == "approved by ann (run by oleg), bob"


def test_a_workflow_can_say_that_names_are_enough() -> None:
    story = two(distinct="name")
    story.says(vote("ann", "oleg"))
    story.says(vote("bob", "oleg"))
    assert story.state_of("look") == "done"


def test_who_has_signed_is_another_person_on_the_same_account() -> None:
    story = two()
    story.says(vote("ann", "oleg"))
    story.says(vote("bob", "oleg", "key"))
    assert story.why("look") == "approved by ann (run by oleg), bob (signed)"


def test_a_gate_that_asks_for_proof_takes_no_other_decision() -> None:
    story = two(proof="key")
    no = story.submit(vote("ann", "ann"))
    assert no
    assert "--key" in no.hint
    story.says(vote("ann", "oleg", "key"))
    story.says(vote("bob", "oleg", "key"))
    assert story.state_of("look") == "done"


def test_who_marks_a_stage_is_kept_beside_whom_they_claim_to_be() -> None:
    story = Story(agent("build"))
    story.says(MarkStage("r1", "build", "failed", "", "ann", "oleg"))
    assert story.why("build") == "marked failed by ann (run by oleg)"


@pytest.mark.parametrize(
    "other",
    [
        ("j2", "g1", 3, "approve", "ada", "note"),
        ("j1", "g2", 3, "approve", "ada", "note"),
        ("j1", "g1", 4, "approve", "ada", "note"),
        ("j1", "g1", 3, "deny", "ada", "note"),
        ("j1", "g1", 3, "approve", "bob", "note"),
        ("j1", "g1", 3, "approve", "ada", "another"),
    ],
)
def test_a_signature_is_about_one_decision_alone(other: tuple[str, str, int, str, str, str]) -> None:
    assert ballot("j1", "g1", 3, "approve", "ada", "note") != ballot(*other)


def test_a_signature_is_one_keys_for_one_use(tmp_path: Path) -> None:
    ada, bob = key(tmp_path, "ada"), key(tmp_path, "bob")
    argv = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(ada), "-n", NAMESPACE]
    done = subprocess.run(argv, input=b"text", capture_output=True, check=True, timeout=PATIENCE)
    made, public = done.stdout.decode(), ada.with_suffix(".pub").read_text().strip()
    assert signatures.signed(public, NAMESPACE, "text", made)
    assert not signatures.signed(public, NAMESPACE, "another", made)
    assert not signatures.signed(public, "file", "text", made)
    assert not signatures.signed(bob.with_suffix(".pub").read_text().strip(), NAMESPACE, "text", made)
    assert not signatures.signed(public, NAMESPACE, "text", "nonsense")


@pytest.mark.parametrize(
    "keys",
    [
        {"ada": "not a key"},
        {"ada": "ssh-ed25519 AAAA", "bob": "ssh-ed25519 AAAA bob@home"},
        {"ada": "cert-authority ssh-ed25519 AAAA"},
        {"ada": "ssh-ed25519 AAAA\n* ssh-ed25519 BBBB"},
        {"": "ssh-ed25519 AAAA"},
    ],
)
def test_each_approver_has_one_key_of_their_own(keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="signers"):
        Config.model_validate({"gates": {"signers": keys}})


@pytest.mark.long
@pytest.mark.slow
def test_gates_are_decided_by_as_many_people_as_they_ask_for(stage: Hub, tmp_path: Path) -> None:
    """Through the hub: the account is that of the peer, and the signature is looked at there."""
    ada, bob = key(tmp_path, "ada"), key(tmp_path, "bob")
    keys = {each.name: each.with_suffix(".pub").read_text() for each in (ada, bob)}
    stage.client.stop_hub()
    poll(stage.away, "the hub's end")
    stage.set("ORCH_GATES__SIGNERS", json.dumps(keys))
    stage.start()
    (stage.repo / "flow.yml").write_text(FLOW)
    stage.client.start_run(str(stage.repo / "flow.yml"), repo=str(stage.repo), inputs={})
    pair = opened(stage, "pair")
    user = stage.client.speaker().user
    assert stage.client.approve(pair.id, who="ada").voters == (f"ada (run by {user})",)
    with pytest.raises(Refused, match=f"{user} has already approved {pair.id}, as ada"):
        stage.client.approve(pair.id, who="bob")

    def orch(*words: str) -> str:
        done = CliRunner().invoke(root, [*words])
        return done.output + (done.stderr if done.exit_code else "")

    said = orch("gate", "approve", pair.id, "--as", "bob", "--key", str(ada), "--yes")
    assert "the signature is not bob's" in said, said
    said = orch("gate", "approve", pair.id, "--as", "bob", "--key", str(bob), "--yes")
    assert "approved" in said, said
    sealed = opened(stage, "sealed")
    with pytest.raises(Refused, match="only signed decisions"):
        stage.client.approve(sealed.id, who="ada")
    for person in (ada, bob):
        orch("gate", "approve", sealed.id, "--as", person.name, "--key", str(person), "--yes")
    after = stage.client.gate(sealed.id)
    assert (after.state, after.voters) == ("approved", ("ada (signed)", "bob (signed)"))
