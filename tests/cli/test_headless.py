"""`orch run FILE --headless` against the stand-in, whose stream is what the hub would say."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from click.testing import Result

from orchestrator.cli.ci.headless_hub import home_for
from orchestrator.cli.gates.orders import NO_REASON
from orchestrator.cli.runs.run_lines import RunLine
from orchestrator.core.board.updates import NeedsChanged, Update
from orchestrator.core.board.views import Need, NeedDetail
from orchestrator.core.literals import NeedKind, RunStateName
from orchestrator.core.requests.gates import ShowGate
from orchestrator.core.requests.request import Request
from orchestrator.core.workflow.run import ScriptResult
from orchestrator.core.workflow.views import RunView
from orchestrator.paths import Home
from tests.calls import Client
from tests.cli.canned import AT_GATE, GATE, NEED, RUN, stage
from tests.cli.stand_in import StandIn
from tests.cli.test_run import DONE, stream

Orch = Callable[..., Result]


class NoChild:
    """In the place of the hub that the command would start: the stand-in serves its state directory."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def __enter__(self) -> Client:
        return Client(self._home)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def last_words(self) -> str:
        return "it ended with -9"


@pytest.fixture
def headless(hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch) -> Orch:
    """`orch run … --headless` with these words more, which starts no hub."""
    monkeypatch.setattr("orchestrator.cli.ci.headless.HeadlessHub", NoChild)
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    monkeypatch.setattr("orchestrator.cli.ci.headless_run._PATIENCE", 0.05)
    monkeypatch.setattr("orchestrator.cli.ci.headless_run._LOOKS_EVERY", 0.01)
    hub.runs = [RUN]
    hub.home.journal.touch()

    def run(*words: str) -> Result:
        what = [] if "--resume" in words else ["auth"]
        return orch("run", *what, "--headless", "--state", str(hub.home.root), *words)

    return run


def blocked(*options: str) -> RunView:
    first = stage("implement", "blocked", waits="its worktree has changes", options=options)
    return replace(RUN, state="blocked", reason="implement: …", stages=(first, *RUN.stages[1:]))


@pytest.mark.parametrize(("state", "code"), [("done", 0), ("failed", 1), ("cancelled", 1), ("denied", 4)])
def test_the_exit_code_says_how_the_run_ended(
    hub: StandIn, headless: Orch, state: RunStateName, code: int
) -> None:
    hub.streams = [stream(RUN, replace(DONE, state=state))]
    done = headless("--input", "ticket=A-1")
    assert done.exit_code == code, done.output
    assert hub.asked[0][1]["headless"] is True
    assert hub.asked[0][1]["inputs"] == {"ticket": "A-1"}
    assert done.stdout.splitlines()[-1][10:].startswith(f"r3           {state}")


def test_every_event_is_a_line_and_with_json_an_object_of_one_shape(hub: StandIn, headless: Orch) -> None:
    hub.streams = [stream(RUN, AT_GATE, DONE)]
    lines = [json.loads(line) for line in headless("--json").stdout.splitlines()]
    assert all(each.keys() == set(RunLine.__dataclass_fields__) for each in lines)
    assert [(each["what"], each["stage"], each["state"]) for each in lines] == [
        ("run", "", "running"),
        ("stage", "implement", "running"),
        ("stage", "implement", "done"),
        ("stage", "review-gate", "gate-blocked"),
        ("run", "", "gate-blocked"),
        ("stage", "review-gate", "done"),
        ("stage", "merge", "done"),
        ("end", "", "done"),
    ]


@pytest.mark.parametrize("words", [(), ("--gate", "review-gate=wait"), ("--gate", "*=wait")])
def test_a_run_that_only_people_can_let_on_ends_with_3_and_says_how_it_goes_on(
    hub: StandIn, headless: Orch, words: tuple[str, ...]
) -> None:
    hub.gates = [GATE]
    hub.streams = [stream(RUN, AT_GATE)]
    done = headless(*words)
    assert done.exit_code == 3, done.output
    assert "  tests: exit code 1 after 12s" in done.stdout
    resume = f"orch run --headless --resume r3 --state {hub.home.root}"
    assert f"Approve: {resume} --gate review-gate=approve\n" in done.stderr
    assert f"Deny: {resume} --gate review-gate=deny" in done.stderr
    assert [name for name, _ in hub.asked] == ["run"]


@pytest.mark.parametrize(
    ("words", "verdict", "note"),
    [
        (["--gate", "review-gate=approve"], "approve", ""),
        (["--gate", "*=approve", "--note", "nightly"], "approve", "nightly"),
        (["--gate", "*=approve", "--gate", "review-gate=deny"], "deny", NO_REASON),
    ],
)
def test_a_gate_is_decided_as_ordered_in_the_name_of_whoever_started_the_job(
    hub: StandIn, headless: Orch, words: list[str], verdict: str, note: str
) -> None:
    hub.gates = [GATE]
    hub.streams = [stream(RUN, AT_GATE, AT_GATE, DONE)]
    done = headless(*words)
    assert done.exit_code == 0, done.output
    body = {"gate": "g7", "note": note, "seen": 2, "who": "ada", "by": "ci", "signature": ""}
    body |= {"comments": False} if verdict == "deny" else {}
    assert hub.asked[1:] == [(f"gate.{verdict}", body)]
    assert "g7 review-gate of r3: " in done.stdout


def test_a_gate_is_decided_no_sooner_than_its_evidence_is_there(
    hub: StandIn, headless: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter((0, 0, 4))
    answer = StandIn.of

    def gathered(self: StandIn, request: Request[Any]) -> Any:
        if isinstance(request, ShowGate):
            hub.gates = [replace(GATE, version=next(looks))]
        return answer(self, request)

    monkeypatch.setattr(StandIn, "of", gathered)
    hub.gates = [replace(GATE, version=0)]
    hub.streams = [stream(RUN, AT_GATE, AT_GATE, AT_GATE, AT_GATE, DONE)]
    assert headless("--gate", "*=approve").exit_code == 0
    assert [body["seen"] for name, body in hub.asked if name == "gate.approve"] == [4]


def test_a_decision_that_is_refused_leaves_the_gate_to_people(hub: StandIn, headless: Orch) -> None:
    hub.gates = [GATE]
    hub.refusals["gate.approve"] = (409, {"what": "ci may not decide", "why": "only ada may", "hint": ""})
    hub.streams = [stream(RUN, AT_GATE)]
    done = headless("--gate", "*=approve")
    assert done.exit_code == 3
    assert "ci may not decide: only ada may" in done.stdout
    assert len(hub.asked) == 2


@pytest.mark.parametrize("verdict", ["approve", "deny"])
@pytest.mark.parametrize("name", ["review-gate", "*"])
def test_an_order_decides_its_gate_once_and_what_opens_again_is_left_to_people(
    hub: StandIn, headless: Orch, verdict: str, name: str
) -> None:
    again = replace(GATE, id="g8", sent_back=1)
    hub.gates = [GATE, again]
    first, gated, last = AT_GATE.stages
    reopened = replace(AT_GATE, stages=(first, replace(gated, gate="g8", attempt=2), last))
    hub.streams = [stream(RUN, AT_GATE, RUN, reopened)]
    done = headless("--gate", f"{name}={verdict}")
    assert done.exit_code == 3, done.output
    assert [body["gate"] for room, body in hub.asked if room.startswith("gate.")] == ["g7"]
    assert "--gate has already decided review-gate once; now it waits for people" in done.stdout
    assert "round 2" in done.stdout


def test_a_gate_that_is_not_the_run_s_is_a_usage_error_and_the_run_is_cancelled(
    hub: StandIn, headless: Orch
) -> None:
    done = headless("--gate", "reviw-gate=approve")
    assert done.exit_code == 2
    assert "auth has no gate 'reviw-gate'. Did you mean review-gate?" in done.stderr
    assert [name for name, _ in hub.asked] == ["run", "run.cancel"]


def test_a_stage_that_waits_for_a_human_fails_since_none_is_there(hub: StandIn, headless: Orch) -> None:
    failed = replace(DONE, state="failed", reason="implement failed")
    hub.streams = [stream(RUN, blocked("done", "fail", "retry"), failed)]
    done = headless()
    assert done.exit_code == 1
    name, body = hub.asked[1]
    assert (name, body["stage"], body["outcome"]) == ("run.done", "implement", "failed")
    assert "its worktree has changes" in body["note"]


def test_a_stage_that_lost_its_session_with_an_earlier_command_is_done_again(
    hub: StandIn, headless: Orch
) -> None:
    hub.streams = [stream(RUN, blocked("done", "fail", "retry"), DONE)]
    assert headless("--resume", "r3").exit_code == 0
    [(name, body)] = hub.asked
    assert (name, body["stage"]) == ("run.retry", "implement")
    assert body["note"] == "it was interrupted: its worktree has changes"


def test_a_stage_whose_worktree_is_in_use_is_not_failed_and_can_be_resumed(
    hub: StandIn, headless: Orch
) -> None:
    hub.streams = [stream(RUN, blocked("retry", "skip"))]
    hub.linger = 5.0
    done = headless()
    assert done.exit_code == 1
    assert [name for name, _ in hub.asked] == ["run"]
    assert "--resume r3" in done.stderr


def asking(kind: NeedKind, summary: str, allowed_by: str) -> NeedDetail:
    need = replace(NEED, card="c1", kind=kind, summary=summary)
    return NeedDetail(need, summary, diff=False, questions=(), always=(), allowed_by=allowed_by)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("permission", "asks for a permission: Bash npm test; a rule allows it"),
        ("question", "asks a question: Bash npm test; a rule allows it"),
        ("plan", "asks for approval of its plan: Bash npm test; a rule allows it"),
    ],
)
def test_what_a_session_asks_for_is_named_at_once_and_fails_its_stage(
    hub: StandIn, headless: Orch, monkeypatch: pytest.MonkeyPatch, kind: NeedKind, says: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    found = asking(kind, "Bash npm test", "a rule allows it")
    hub.needs = [found]
    failed = replace(DONE, state="failed", reason="implement failed")
    told: list[Update] = [NeedsChanged((found.need,))]
    hub.streams = [[*stream(RUN), *told, *stream(RUN, RUN, failed)[1:]]]
    done = headless()
    assert done.exit_code == 1, done.output
    assert done.stdout.count(f"running ({says})") == 1, "it is named once"
    assert f"::error title=orch%3A implement needs a decision::{says}" in done.stdout
    [(_, body)] = [each for each in hub.asked if each[0] == "run.done"]
    assert (body["stage"], body["outcome"]) == ("implement", "failed")
    assert body["note"] == f"its session {says}, and no person is available"


def test_until_the_permission_timeout_a_request_is_named_and_may_be_answered_from_elsewhere(
    hub: StandIn, headless: Orch
) -> None:
    found = asking("permission", "Bash npm test", "")
    hub.needs = [found]
    told: list[Update] = [
        NeedsChanged((found.need,)),
        NeedsChanged(()),
    ]
    hub.streams = [[*stream(RUN), *told, *stream(RUN, DONE)[1:]]]
    done = headless("--permission-timeout", "10m", "--json")
    assert done.exit_code == 0, done.output
    [line] = [each for each in map(json.loads, done.stdout.splitlines()) if each["what"] == "request"]
    assert (line["stage"], line["card"], line["words"]) == (
        "implement",
        "c1",
        "asks for a permission: Bash npm test",
    )
    assert not [each for each in hub.asked if each[0] == "run.done"]


@pytest.mark.parametrize(
    "need",
    [replace(NEED, card="c99"), replace(NEED, card="", kind="gate"), replace(NEED, kind="review")],
    ids=["of another run", "a gate", "a turn that ended"],
)
def test_what_no_session_of_the_run_stands_still_for_fails_nothing(
    hub: StandIn, headless: Orch, need: Need
) -> None:
    hub.needs = [NeedDetail(need, "", diff=False, questions=(), always=())]
    told: list[Update] = [NeedsChanged((need,))]
    hub.streams = [[*stream(RUN), *told, *stream(RUN, DONE)[1:]]]
    assert headless().exit_code == 0
    assert not [each for each in hub.asked if each[0] == "run.done"]


def test_a_question_by_mail_is_named_and_fails_nothing(hub: StandIn, headless: Orch) -> None:
    need = replace(NEED, id="m1", kind="mail", summary="question: which port?", urgency=2)
    quiet = replace(need, id="m2", summary="note: all well", urgency=4)
    hub.needs = [NeedDetail(each, "", diff=False, questions=(), always=()) for each in (need, quiet)]
    told: list[Update] = [NeedsChanged((need, quiet))]
    hub.streams = [[*stream(RUN), *told, *told, *stream(RUN, DONE)[1:]]]
    done = headless()
    assert done.exit_code == 0, done.output
    assert done.stdout.count("asks you by mail: question: which port?") == 1
    assert "all well" not in done.stdout


def test_a_stage_that_waits_for_a_time_is_waited_for_and_not_failed(hub: StandIn, headless: Orch) -> None:
    waits = blocked("done", "fail", "retry")
    first = replace(waits.stages[0], until=4_000_000_000.0)
    hub.streams = [stream(RUN, replace(waits, stages=(first, *waits.stages[1:])), DONE)]
    done = headless()
    assert done.exit_code == 0, done.output
    assert "continues at" in done.stdout
    assert not [each for each in hub.asked if each[0] == "run.done"]


def test_a_request_that_was_answered_before_it_could_be_named_fails_nothing(
    hub: StandIn, headless: Orch
) -> None:
    told: list[Update] = [NeedsChanged((NEED,))]
    hub.streams = [[*stream(RUN), *told, *stream(RUN, DONE)[1:]]]
    assert headless().exit_code == 0
    assert not [each for each in hub.asked if each[0] == "run.done"]


def test_a_failed_script_s_output_is_printed(hub: StandIn, headless: Orch) -> None:
    result = ScriptResult(1, "::error::2 passed\n1 failed", 3.0)
    tests = stage("tests", "failed", kind="script", result=result, waits="exit code 1")
    hub.streams = [stream(RUN, replace(DONE, state="failed", stages=(tests,)))]
    done = headless()
    assert "Output of tests:\n    | ::error::2 passed\n    | 1 failed\n" in done.stdout


def test_the_hub_s_end_in_the_middle_is_said_with_its_last_words(hub: StandIn, headless: Orch) -> None:
    hub.streams = [stream(RUN)]
    done = headless()
    assert done.exit_code == 1
    assert "the hub ended during the run: it ended with -9. Resume it with: " in done.stderr


def test_a_run_beyond_its_time_is_paused_its_sessions_ended_and_left_to_be_resumed(
    hub: StandIn, headless: Orch
) -> None:
    hub.streams = [stream(RUN, *[RUN] * 50)]
    done = headless("--timeout", "0.001s")
    assert done.exit_code == 1
    assert hub.asked[1:] == [("run.pause", {"run": "r3"}), ("stop", {"card": "c1"})]
    assert "r3 did not finish within 0s: implement is running. Resume it with: orch run" in done.stderr


def test_resume_goes_on_with_the_run_as_it_is(hub: StandIn, headless: Orch) -> None:
    hub.runs = [replace(RUN, state="paused")]
    hub.streams = [stream(RUN, DONE)]
    assert headless("--resume", "r3").exit_code == 0
    assert hub.asked == [("run.resume", {"run": "r3"})]


@pytest.mark.parametrize(
    ("names", "reason", "named"),
    [
        (("merge",), "merge: main has changes", "merge"),
        (("a", "b"), "b: exit code 1", "b"),
        (("a", "a[1]", "a[2]"), "a[2]: a: no", "'a[2]'"),
        (("a", "b c"), "b c", "'b c'"),
    ],
)
def test_a_failed_run_says_how_the_stage_is_done_again_for_which_it_failed(
    hub: StandIn, headless: Orch, names: tuple[str, ...], reason: str, named: str
) -> None:
    stages = tuple(stage(name, "failed") for name in names)
    hub.runs = [replace(DONE, state="failed", reason=reason, stages=stages)]
    hub.streams = [stream(*hub.runs)]
    done = headless("--resume", "r3")
    assert done.exit_code == 1
    assert done.stderr.startswith("Once that is fixed: orch run --headless --resume r3 --state ")
    assert done.stderr.endswith(f" --retry {named}\n")


def test_of_a_stage_that_could_not_begin_those_are_done_again_that_it_needs_and_that_failed(
    hub: StandIn, headless: Orch
) -> None:
    fan = [stage("try[1]", "failed"), stage("try[2]", "done"), stage("try[3]", "failed")]
    join = stage("pick", "failed", began_at=None, needs=tuple(each.name for each in fan))
    why = "pick: too few of the stages that it needs are done"
    hub.runs = [replace(DONE, state="failed", reason=why, stages=(stage("lint", "failed"), *fan, join))]
    hub.streams = [stream(*hub.runs)]
    assert headless("--resume", "r3").stderr.endswith(" --retry 'try[1]' --retry 'try[3]'\n")


def test_a_run_that_is_not_there_is_5_and_the_state_directory_is_named_and_not_made(
    hub: StandIn, headless: Orch, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    for words, place in (((), hub.home.root), (("--state", str(wrong)), wrong)):
        done = headless("--resume", "r9", *words)
        assert done.exit_code == 5
        said = f"orch: no run named 'r9' in the state directory {place}. Choose its state directory with"
        assert done.stderr == f"{said} --state.\n"
    assert not wrong.exists()


def test_a_stage_of_a_failed_run_is_done_again_where_that_is_asked_for(hub: StandIn, headless: Orch) -> None:
    hub.streams = [stream(RUN, DONE)]
    assert headless("--resume", "r3", "--retry", "merge", "--note", "main is clean now").exit_code == 0
    assert hub.asked == [("run.retry", {"run": "r3", "stage": "merge", "note": "main is clean now"})]


@pytest.mark.parametrize("state", ["paused", "failed"])
def test_what_a_resumed_run_refuses_is_a_mistake_of_the_command_and_it_stays_as_it_was(
    hub: StandIn, headless: Orch, state: RunStateName
) -> None:
    hub.runs = [replace(RUN, state=state)]
    why = "its stages are a, b"
    hub.refusals["run.retry"] = (409, {"what": "r3 has no stage 'nope'", "why": why, "hint": "orch run …"})
    done = headless("--resume", "r3", "--retry", "nope")
    assert (done.exit_code, done.stderr) == (2, f"orch: r3 has no stage 'nope': {why}\n")
    assert [name for name, _ in hub.asked] == ["run.retry"]


def test_a_file_that_cannot_be_used_is_exit_code_2(hub: StandIn, headless: Orch) -> None:
    hub.refusals["run"] = (409, {"what": "auth.yml:3:1 unknown key", "why": "", "hint": ""})
    done = headless()
    assert (done.exit_code, done.stderr) == (2, "orch: auth.yml:3:1 unknown key\n")


# --- on GitHub ---------------------------------------------------------------------------------------


@pytest.fixture
def on_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return tmp_path


def test_on_github_a_gate_is_a_notice_with_its_evidence_folded_and_a_summary(
    hub: StandIn, headless: Orch, on_github: Path
) -> None:
    hub.gates = [GATE]
    hub.streams = [stream(RUN, AT_GATE)]
    done = headless()
    assert done.exit_code == 3
    lines = done.stdout.splitlines()
    assert lines.index("::group::Gate review-gate (g7)") < lines.index("::endgroup::")
    assert "::notice title=orch%3A review-gate needs a decision::Review before merge?" in lines
    summary = (on_github / "summary").read_text()
    assert "### Gate review-gate (g7)" in summary
    assert "--gate review-gate=approve" in summary.replace("&#61;", "=")
    output = (on_github / "output").read_text().splitlines()
    assert [output[at] for at in (1, 4, 7)] == ["r3", "gate-blocked", str(hub.home.root)]


@pytest.mark.parametrize("github", [True, False])
def test_a_gate_s_message_keeps_its_lines_and_none_of_them_is_a_command_or_a_control_character(
    hub: StandIn, headless: Orch, on_github: Path, monkeypatch: pytest.MonkeyPatch, github: bool
) -> None:
    if not github:
        monkeypatch.delenv("GITHUB_ACTIONS")
    message = "Look at:\n\n  - the tests\n::error::owned\n\x1b[31m##[error]\x07owned\u2028::x::"
    hub.gates = [replace(GATE, message=message)]
    hub.streams = [stream(RUN, AT_GATE)]
    lines = headless().stdout.splitlines()
    at = lines.index("  Look at:")
    defused = ["  : :error::owned", "  ## [error]owned", "  : :x::"]
    as_said = ["  ::error::owned", "  ##[error]owned", "  ::x::"]
    assert lines[at + 1 : at + 5] == ["    - the tests", *(defused if github else as_said)]


def test_on_github_json_keeps_standard_output_for_the_program(
    hub: StandIn, headless: Orch, on_github: Path
) -> None:
    tests = stage("tests", "failed", waits="##[error]no", kind="script", result=ScriptResult(1, "x", 1.0))
    hub.streams = [stream(RUN, replace(DONE, state="failed", stages=(tests,)))]
    done = headless("--json")
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert "##[" not in done.stdout
    assert "::error title=orch%3A tests failed::##[error]no" in done.stderr
    assert "⛔" not in (on_github / "summary").read_text()


# --- where its state is --------------------------------------------------------------------------------


def test_the_state_of_a_repository_is_the_same_from_every_folder_in_it(home: Home, repo: Path) -> None:
    below = repo / "src" / "deep"
    below.mkdir(parents=True)
    found = home_for(below, None)
    assert found == home_for(repo, None)
    assert found.root.parent == home.root / "headless"
    assert found.root.name.startswith("repo-")
    assert home_for(repo.parent, None) != found
    assert home_for(repo, repo / "state").root == repo / "state"
