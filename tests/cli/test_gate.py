"""`orch gate …`, and gates and stages in `orch queue`."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from click import unstyle
from click.testing import Result

from orchestrator.cli.gates.text import table, whole
from orchestrator.cli.queue.text import whole as need_whole
from orchestrator.core.board.views import NeedDetail
from orchestrator.core.workflow.run import BranchDiff, Evidence, ScriptResult
from orchestrator.core.workflow.views import GateView
from tests.cli.canned import GATE, NEED
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]

APPROVED = replace(GATE, id="g2", state="approved", decided_by="ada", decided_from="tui", decided_at=1030.0)
GATE_NEED = NeedDetail(
    replace(
        NEED,
        id="g7",
        card="",
        slug="r3",
        title="auth",
        kind="gate",
        summary="Review before merge?",
        options=("approve", "deny"),
        run="r3",
        stage="review-gate",
    ),
    "Review before merge?",
    False,
    (),
    (),
    GATE,
)
STAGE_NEED = NeedDetail(
    replace(
        NEED,
        id="r3.merge",
        kind="stage",
        summary="it ended its turn",
        options=("done", "fail", "prompt", "retry", "skip"),
        run="r3",
        stage="merge",
    ),
    "it ended its turn",
    False,
    (),
    (),
)


def as_json(gate: GateView) -> Any:
    return json.loads(json.dumps(asdict(gate)))


@pytest.fixture(autouse=True)
def _ada(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")


def test_a_long_message_is_cut_in_the_list_also_off_a_terminal_and_whole_in_json(
    hub: StandIn, orch: Orch
) -> None:
    hub.gates = [replace(GATE, message="Is it\ngood? " * 600)]
    head, line = orch("gate", "list").stdout.splitlines()
    assert line[head.index("MESSAGE") :].startswith("Is it ⏎ good? Is it")
    assert "…" in line
    assert line.endswith("more lines")
    assert len(line) < 300
    assert json.loads(orch("gate", "list", "--json").stdout) == [as_json(hub.gates[0])]


def test_list_shows_the_open_ones_and_with_all_the_others_too(hub: StandIn, orch: Orch) -> None:
    hub.gates = [GATE, APPROVED]
    assert [line.split()[0] for line in orch("gate", "list").stdout.splitlines()] == ["GATE", "g7"]
    assert [line.split()[0] for line in orch("gate", "list", "--all").stdout.splitlines()] == [
        "GATE", "g7", "g2",
    ]  # fmt: skip
    hub.gates = [APPROVED]
    done = orch("gate", "list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No gate is open" in done.stderr
    assert json.loads(orch("gate", "list", "--json").stdout) == []


def test_gate_json_has_what_is_promised(hub: StandIn, orch: Orch) -> None:
    hub.gates = [GATE, APPROVED]
    listed = json.loads(orch("gate", "list", "--all", "--json").stdout)
    assert [each["state"] for each in listed] == ["open", "approved"]
    assert {"id", "run", "stage", "message", "state", "since", "evidence"} <= listed[0].keys()
    assert listed[0]["evidence"].keys() == {"diffs", "tests", "summaries", "cost_usd"}
    assert json.loads(orch("gate", "show", "g7", "--json").stdout) == as_json(GATE) == listed[0]


def test_show_prints_all_that_is_to_be_read_before_deciding(hub: StandIn, orch: Orch) -> None:
    hub.gates = [GATE]
    said = orch("gate", "show", "g7").stdout.splitlines()
    for line in (
        "  Review before merge?",
        "  implement: feature/auth at abc1234def, 1 commit, 2 files, +120 -4, 1 change not committed",
        "    in /src/app-orch/auth",
        "      +120  -4  src/auth.py",
        "    binary      logo.png",
        "    abc1234 Move it",
        "  tests: exit code 1 after 12s",
        "    | 1 failed",
        "  implement:",
        "    | All of it.",
        "  cost: $1.25",
        "  approval starts: merge",
        "  denial: implement runs again, with the reason",
        "  evidence: version 2",
        "  orch gate approve g7 --seen 2",
        '  orch gate deny g7 --seen 2 --reason "..."',
    ):
        assert line in said


def test_a_decided_gate_says_who_decided_from_where_and_why(hub: StandIn, orch: Orch) -> None:
    hub.gates = [replace(APPROVED, note="fine by me")]
    said = orch("gate", "show", "g2").stdout
    assert "  approved by ada from tui: fine by me" in said
    assert "orch gate approve" not in said


def test_evidence_that_is_not_there_or_could_not_be_had_is_said_to_be_so() -> None:
    assert "  evidence: loading" in whole(replace(GATE, version=0), 1060.0)
    lost = Evidence(diffs=(BranchDiff("a", "b", "/c", "", trouble="the worktree is gone"),))
    said = whole(
        replace(GATE, evidence=lost, quorum=2, approved_by=("ada",), approvers=("ada", "bo")), 1060.0
    )
    assert "  a: b, cannot be read: the worktree is gone" in said
    assert "  approvals: 1 of 2 (ada)" in said
    assert "  approvers: ada, bo" in said


def test_a_long_diff_is_cut_with_the_number_of_what_is_left_out() -> None:
    files = tuple((f"f{n}", 1, 0) for n in range(60))
    many = Evidence(diffs=(BranchDiff("a", "b", "/c", "d", files=files, commits=("x",) * 20),))
    said = whole(replace(GATE, evidence=many), 1060.0)
    assert "    and 20 more files" in said
    assert "    and 5 more commits" in said


def test_approve_passes_on_the_version_the_note_and_the_name(hub: StandIn, orch: Orch) -> None:
    hub.gates = [GATE]
    done = orch("gate", "approve", "g7", "--seen", "2", "--note", "fine", "--as", "bo")
    assert (done.exit_code, done.stdout) == (0, "g7 review-gate of r3: approved; starting: merge\n")
    said = json.loads(orch("gate", "approve", "g7", "--json").stdout)
    assert said["state"] == "approved"
    body = {"gate": "g7", "note": "fine", "seen": 2, "who": "bo", "signature": ""}
    assert hub.asked == [
        ("gate.approve", body),
        ("gate.approve", body | {"note": "", "seen": None, "who": "ada"}),
    ]


@pytest.mark.parametrize("option", ["--reason", "--note"])
def test_deny_needs_a_reason_and_says_what_is_done_again(hub: StandIn, orch: Orch, option: str) -> None:
    hub.gates = [GATE]
    done = orch("gate", "deny", "g7", option, "-", text="no tests\nat all\n")
    assert (done.exit_code, done.stdout) == (0, "g7 review-gate of r3: denied; implement runs again\n")
    assert hub.asked[0][1]["note"] == "no tests\nat all"
    assert orch("gate", "deny", "g7").exit_code == 2
    assert orch("gate", "deny", "g7", option, " ").exit_code == 2
    assert len(hub.asked) == 1


def test_a_decision_that_comes_too_late_is_refused_in_words(hub: StandIn, orch: Orch) -> None:
    hub.gates = [GATE]
    why = {
        "what": "g7 has changed since you looked",
        "why": "2 more commits",
        "hint": "See: orch gate show g7",
    }
    hub.refusals = {"gate.approve": (409, why), "gate.deny": (409, why)}
    for words in (["approve", "g7", "--seen", "1"], ["deny", "g7", "--reason", "x"]):
        done = orch("gate", *words)
        assert done.exit_code == 4
        assert (
            done.stderr == "orch: g7 has changed since you looked: 2 more commits. See: orch gate show g7\n"
        )
    assert orch("gate", "show", "g9").exit_code == 5


@pytest.mark.parametrize(("answer", "asked"), [("y\n", 1), ("n\n", 0)])
def test_on_a_terminal_the_evidence_is_shown_first_and_what_was_shown_is_what_is_approved(
    hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch, answer: str, asked: int
) -> None:
    monkeypatch.setattr("orchestrator.cli.gates.gate.at_a_terminal", lambda: True)
    hub.gates = [GATE]
    done = orch("gate", "approve", "g7", text=answer)
    assert "  tests: exit code 1 after 12s" in done.stdout
    assert [body["seen"] for _, body in hub.asked] == [2] * asked
    hub.gates = [GATE]
    assert "tests" not in orch("gate", "approve", "g7", "--yes").stdout


def test_a_quorum_that_is_not_reached_leaves_the_gate_open(hub: StandIn, orch: Orch) -> None:
    hub.gates = [GATE]
    one_of_two = asdict(replace(GATE, quorum=2, approved_by=("ada",)))
    hub.refusals["gate.approve"] = (200, one_of_two)
    assert "1 of 2 approvals; still open" in orch("gate", "approve", "g7").stdout


@pytest.mark.parametrize(
    "text", ["[/x]", "\x1b[31mred\x1b]0;x\x07", "two\nlines\r", "日本語" * 90, "\u202egnp"]
)
def test_a_hostile_gate_is_lines_of_data(text: str) -> None:
    diff = BranchDiff(text, text, text, text, ((text, 1, 2),), (text,), 1, "")
    found = Evidence(
        (diff, replace(diff, trouble=text)), ((text, ScriptResult(0, text, 1.0)),), ((text, text),)
    )
    gate = replace(
        GATE, message=text, stage=text, workflow=text, evidence=found, note=text, decided_by=text,
        on_deny=text, decided_at=1.0, approvers=(text,), next=(text,),
    )  # fmt: skip
    assert all(line.isprintable() for line in map(unstyle, whole(gate, 1060.0)))
    assert len(table([gate], 1060.0, 80)) == 2


# --- in the queue ------------------------------------------------------------------------------------


def test_the_queue_shows_gates_and_stages_with_how_to_decide_them(hub: StandIn, orch: Orch) -> None:
    hub.needs = [GATE_NEED, STAGE_NEED]
    lines = orch("queue").stdout.splitlines()
    assert lines[1].split()[:2] == ["g7", "gate"]
    assert lines[2].split()[:2] == ["r3.merge", "stage"]
    full = orch("queue", "--full").stdout
    assert "  orch gate approve g7 --seen 2" in full
    assert "  orch run done r3 merge" in full
    said = json.loads(orch("queue", "--json").stdout)
    assert said[0]["gate"] == as_json(GATE)
    assert (said[1]["run"], said[1]["stage"]) == ("r3", "merge")


def test_a_stage_in_the_queue_offers_what_its_options_are() -> None:
    said = [line.strip() for line in need_whole(STAGE_NEED, 1060.0)]
    assert said[-5:] == ['orch send c1 "..."'] + [
        f"orch run {each} r3 merge" for each in ("done", "fail", "retry", "skip")
    ]
    no_prompt = replace(STAGE_NEED, need=replace(STAGE_NEED.need, options=("retry",)))
    assert not any("send" in line or "done" in line for line in need_whole(no_prompt, 1060.0))


@pytest.mark.parametrize("verdict", ["allow", "deny", "always"])
def test_answer_sends_whoever_answers_a_gate_or_a_stage_to_their_own_verbs(
    hub: StandIn, orch: Orch, verdict: str
) -> None:
    hub.needs = [GATE_NEED, STAGE_NEED]
    done = orch("answer", "g7", verdict)
    assert done.exit_code == 4
    assert "orch gate approve g7" in done.stderr
    done = orch("answer", "r3.merge", verdict)
    assert done.exit_code == 4
    assert "orch run done r3 merge" in done.stderr
    assert hub.asked == []
