"""`orch run …`: starting, following, and what can be done to what is under way."""

import getpass
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from click import unstyle
from click.testing import Result

from orchestrator.cli.cards.watch_lines import Watcher
from orchestrator.cli.cards.watch_lines import in_words as change_in_words
from orchestrator.cli.runs.run_lines import RunLine, RunWatcher, in_words
from orchestrator.cli.runs.run_lines import words as stage_words
from orchestrator.cli.runs.start import only_one
from orchestrator.cli.runs.text import table, whole
from orchestrator.cli.text import cells
from orchestrator.client import Board, RunChanged, RunGone, Update
from orchestrator.core.literals import RunStateName, StageStateName
from orchestrator.core.workflow.run import ScriptResult
from orchestrator.core.workflow.views import RunView
from tests.cli.canned import AT_GATE, HUB, RUN, stage
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]


def as_json(run: RunView) -> Any:
    return json.loads(json.dumps(asdict(run)))


# --- starting --------------------------------------------------------------------------------------


def test_run_starts_a_file_with_its_inputs_and_names_the_run_and_its_stages(
    hub: StandIn, orch: Orch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.runs = [RUN]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.yml").write_text("workflow: []\n")
    done = orch("run", "flow.yml", "--input", "ticket=A-1", "--input", "why=a=b")
    assert done.exit_code == 0, done.output
    assert done.stdout == "r3 auth: running (implement, review-gate, merge)\n"
    inputs = {"ticket": "A-1", "why": "a=b"}
    body = {"file": str(tmp_path / "flow.yml"), "repo": str(tmp_path), "inputs": inputs, "headless": False}
    assert hub.asked == [("run", body)]


def test_a_name_stays_a_name_and_a_path_that_is_not_there_is_still_a_path(
    hub: StandIn, orch: Orch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.runs = [RUN]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "auth").mkdir()
    for word in ("auth", "flows/auth.yml"):
        assert orch("run", "--json", word).exit_code == 0
    assert [body["file"] for _, body in hub.asked] == ["auth", str(tmp_path / "flows/auth.yml")]


def test_run_json_is_the_run_as_the_hub_has_it(hub: StandIn, orch: Orch) -> None:
    hub.runs = [RUN]
    done = orch("run", "auth", "--json")
    assert json.loads(done.stdout) == as_json(RUN)
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("status", [404, 409])
def test_a_file_that_cannot_be_used_is_a_usage_error_in_as_many_lines_as_it_has(
    hub: StandIn, orch: Orch, status: int
) -> None:
    what = "flow.yml has 2 mistakes\n3:5 unknown key 'promt'\x1b[2J\n4:1 a cycle"
    hub.refusals["run"] = (status, {"what": what, "why": "", "hint": ""})
    done = orch("run", "flow.yml")
    assert done.exit_code == 2
    assert done.stderr == "orch: flow.yml has 2 mistakes\n3:5 unknown key 'promt'\n4:1 a cycle\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["auth", "--input", "ticket"], "--input takes NAME=VALUE, not 'ticket'"),
        (["auth", "--input", "=x"], "--input takes NAME=VALUE"),
        (["auth", "--input", "a=1", "--input", "a=2"], "--input a is given twice"),
        (["auth", "--gate", "review=approve"], "--gate requires --headless"),
        (["auth", "--timeout", "5m"], "--timeout requires --headless"),
        (["auth", "--timeout", "soon"], "'soon' is not a duration"),
        (["--resume", "r3"], "--resume requires --headless"),
        (["auth", "--headless", "--resume", "r3"], "--resume cannot be combined with FILE or --input"),
        (["auth", "--headless", "--gate", "review"], "--gate takes NAME=approve|deny|wait, not 'review'"),
        (["auth", "--headless", "--gate", "review=yes"], "--gate takes NAME="),
        (["auth", "--headless", "--gate", "a=deny", "--gate", "a=wait"], "gives both deny and wait for 'a'"),
        (["auth", "--headless", "--note", "x"], "--note requires --gate"),
        (["auth", "--headless", "--retry", "merge"], "--retry requires --resume"),
    ],
)
def test_an_unclear_command_is_a_usage_error_and_starts_nothing(
    hub: StandIn, orch: Orch, words: list[str], said: str
) -> None:
    done = orch("run", *words)
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.stderr.split())
    assert hub.asked == []


def test_run_help_lists_the_verbs_beside_the_options(hub: StandIn, orch: Orch) -> None:
    for option in ("--help", "-h"):
        said = orch("run", option).output
        assert "--headless" in said
        assert "\n  retry " in said
    assert hub.asked == []


# --- following -------------------------------------------------------------------------------------


def stream(*runs: RunView) -> list[Update]:
    first, *later = runs
    return [Board(HUB, (), (), (first,)), *(RunChanged(run) for run in later)]


DONE = replace(
    RUN,
    state="done",
    reason="",
    ended_at=1200.0,
    stages=tuple(stage(each.name, "done", ended_at=1090.0, summary="It is in.") for each in RUN.stages),
)


@pytest.mark.parametrize(("state", "code"), [("done", 0), ("failed", 1), ("cancelled", 1), ("denied", 4)])
def test_follow_ends_with_the_run_and_its_exit_code_says_how(
    hub: StandIn, orch: Orch, state: RunStateName, code: int
) -> None:
    hub.runs = [RUN]
    hub.streams = [stream(RUN, AT_GATE, replace(DONE, id="r4"), replace(DONE, state=state))]
    done = orch("run", "auth", "--follow")
    assert done.exit_code == code, done.output
    lines = [line[10:] for line in done.stdout.splitlines()[1:]]
    assert lines[:4] == [
        "r3           running (implement is running)",
        "implement    running (card c1; on feature/auth)",
        "implement    done (Moved it; took 1m)",
        "review-gate  gate-blocked (gate g7)",
    ]
    assert lines[-1] == f"r3           {state}"


def test_follow_json_prints_lines_of_one_shape_and_nothing_else(hub: StandIn, orch: Orch) -> None:
    hub.runs = [RUN]
    hub.streams = [stream(RUN, DONE)]
    lines = [json.loads(line) for line in orch("run", "auth", "-f", "--json").stdout.splitlines()]
    assert all(each.keys() == set(RunLine.__dataclass_fields__) for each in lines)
    assert [(each["what"], each["stage"], each["state"]) for each in lines] == [
        ("run", "", "running"),
        ("stage", "implement", "running"),
        ("stage", "implement", "done"),
        ("stage", "review-gate", "done"),
        ("stage", "merge", "done"),
        ("run", "", "done"),
    ]


def test_follow_goes_on_when_the_hub_has_gone_and_come_back(
    hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.cli.runs.output._TRIES_EVERY", 0.01)
    hub.runs = [RUN]
    hub.streams = [stream(RUN), [], stream(DONE)]
    done = orch("run", "show", "r3", "--follow")
    assert done.exit_code == 0
    assert done.stderr.count("the hub is unreachable") == 1
    assert "merge        done" in done.stdout


def test_follow_of_a_run_that_is_not_kept_any_more_says_so(hub: StandIn, orch: Orch) -> None:
    hub.runs = [RUN]
    hub.streams = [[*stream(RUN), RunGone("r3")]]
    done = orch("run", "auth", "-f")
    assert (done.exit_code, done.stderr) == (5, "orch: r3 has been removed by retention: it ended long ago\n")


def test_a_line_is_told_when_a_stage_s_state_or_attempt_is_another_or_what_blocks_it() -> None:
    watcher = RunWatcher()
    watcher.take(RUN)

    def told(**changes: Any) -> list[str]:
        stages = (replace(RUN.stages[0], **changes), *RUN.stages[1:])
        return [in_words(line) for line in watcher.changes(replace(RUN, stages=stages), 1.0)]

    assert told(waits="Bash npm test") == []
    assert told(state="blocked", waits="its turn ended") == [
        "r3 implement: running → blocked (its turn ended)"
    ]
    assert told(state="blocked", waits="its process ended") == [
        "r3 implement: blocked → blocked (its process ended)"
    ]
    assert told(attempt=2) == ["r3 implement: blocked → running (card c1; on feature/auth; attempt 2)"]
    result = ScriptResult(-9, "", 3.0)
    assert told(attempt=2, state="failed", result=result) == [
        "r3 implement: running → failed (ended by signal 9; attempt 2)"
    ]


def test_watch_tells_of_runs_and_their_stages_and_of_the_first_board_s_nothing() -> None:
    watcher = Watcher()
    new = replace(RUN, id="r4", stages=RUN.stages[1:])
    updates = (
        Board(HUB, (), (), (RUN,)),
        RunChanged(AT_GATE),
        Board(HUB, (), (), (new, AT_GATE)),
        RunGone("r3"),
        RunGone("r3"),
    )
    said = [change_in_words(change) for each in updates for change in watcher.changes(each, 1.0)]
    assert said == [
        "r3 implement: running → done (Moved it; took 1m)",
        "r3 review-gate: waiting → gate-blocked (gate g7)",
        "r3 run: running → gate-blocked (review-gate needs a decision)",
        "r4 run: running (implement is running)",
        "r3: removed by retention",
    ]


# --- looking ---------------------------------------------------------------------------------------


def test_list_shows_what_is_under_way_and_all_of_it_in_json(hub: StandIn, orch: Orch) -> None:
    hub.runs = [replace(DONE, id="r2"), AT_GATE]
    assert [line.split()[0] for line in orch("run", "list").stdout.splitlines()] == ["RUN", "r3"]
    assert [line.split()[0] for line in orch("run", "list", "--all").stdout.splitlines()] == [
        "RUN", "r2", "r3",
    ]  # fmt: skip
    assert json.loads(orch("run", "list", "--json").stdout) == [as_json(each) for each in hub.runs]
    hub.runs = []
    done = orch("run", "list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "orch run FILE" in done.stderr


def test_show_says_of_each_stage_what_it_waits_for_and_what_the_user_can_do(hub: StandIn, orch: Orch) -> None:
    hub.runs = [AT_GATE]
    said = orch("run", "show", "r3").stdout
    assert ["merge", "waiting", "waiting", "for", "review-gate"] in [
        line.split() for line in said.splitlines()
    ]
    assert "ticket = A-1" in said
    assert "orch gate approve g7" in said
    assert "orch run cancel r3" in said
    assert json.loads(orch("run", "show", "r3", "--json").stdout) == as_json(AT_GATE)


def test_a_blocked_stage_is_shown_with_the_decisions_that_it_takes() -> None:
    blocked = stage(
        "implement", "blocked", waits="it ended its turn", card="c1", options=("done", "prompt", "retry")
    )
    said = "\n".join(whole(replace(RUN, state="blocked", stages=(blocked,)), 1060.0, None))
    assert "orch run done r3 implement" in said
    assert 'orch send c1 "..."' in said
    assert "orch run retry r3 implement" in said
    assert "skip" not in said


@pytest.mark.parametrize(
    "text", ["[/x]", "\x1b[31mred\x1b]0;x\x07", "two\nlines\r", "日本語" * 90, "\u202egnp"]
)
def test_a_hostile_run_is_lines_of_data(text: str) -> None:
    run = replace(
        AT_GATE,
        name=text,
        reason=text,
        inputs=((text, text),),
        stages=(stage(text, "blocked", waits=text, options=("done",), card="c1"), *AT_GATE.stages),
    )
    for width in (80, None):
        lines = [unstyle(line) for line in table([run], 1060.0, width)]
        assert len(lines) == 2
        assert width is None or cells(lines[1]) <= max(width, cells(" ".join(lines[1].split()[:6])) + 20)
    assert all(line.isprintable() for line in map(unstyle, whole(run, 1060.0, 80)))


# --- acting ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["pause", "resume", "cancel"])
def test_a_run_is_paused_resumed_and_cancelled(hub: StandIn, orch: Orch, word: str) -> None:
    hub.runs = [RUN]
    done = orch("run", word, "r3")
    assert (done.exit_code, done.stdout) == (0, "r3 auth: running (implement is running)\n")
    assert json.loads(orch("run", word, "r3", "--json").stdout) == as_json(RUN)
    assert hub.asked == [(f"run.{word}", {"run": "r3"})] * 2


@pytest.mark.parametrize(
    ("word", "verb", "more"),
    [
        ("retry", "retry", {}),
        ("skip", "skip", {}),
        ("done", "done", {"outcome": "done"}),
        ("fail", "done", {"outcome": "failed"}),
    ],
)
def test_a_stage_is_decided_about_with_a_note(
    hub: StandIn, orch: Orch, word: str, verb: str, more: dict[str, str]
) -> None:
    hub.runs = [RUN]
    done = orch("run", word, "r3", "implement", "--note", "-", text="because\nso\n")
    assert (done.exit_code, done.stdout) == (0, "r3 implement: running (card c1; on feature/auth)\n")
    body = {"run": "r3", "stage": "implement", "note": "because\nso", **more}
    assert hub.asked == [(f"run.{verb}", body | ({"who": getpass.getuser()} if more else {}))]
    assert json.loads(orch("run", word, "r3", "implement", "--json").stdout) == as_json(RUN)


@pytest.mark.parametrize(("answer", "asked"), [("y\n", 1), ("n\n", 0), ("", 0)])
def test_cancel_asks_first_on_a_terminal(
    hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch, answer: str, asked: int
) -> None:
    monkeypatch.setattr("orchestrator.cli.runs.verbs.at_a_terminal", lambda: True)
    hub.runs = [RUN]
    done = orch("run", "cancel", "r3", text=answer)
    assert "Cancel r3 auth? This ends implement; worktrees are kept." in done.stdout
    assert len(hub.asked) == asked
    assert orch("run", "cancel", "r3", "--yes").exit_code == 0
    assert len(hub.asked) == asked + 1


def test_what_the_hub_refuses_and_what_there_is_not_have_their_exit_codes(hub: StandIn, orch: Orch) -> None:
    hub.runs = [RUN]
    hub.refusals["run.skip"] = (
        409,
        {"what": "review-gate is a gate", "why": "gates can't be skipped", "hint": ""},
    )
    done = orch("run", "skip", "r3", "review-gate")
    assert (done.exit_code, done.stderr) == (4, "orch: review-gate is a gate: gates can't be skipped\n")
    assert orch("run", "show", "r9").exit_code == 5
    assert orch("run", "pause", "r9").exit_code == 5


# --- which file ------------------------------------------------------------------------------------

FLOW = "workflow:\n  - {name: a, prompt: x}\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a repository without workflows."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(repo: Path, name: str) -> Path:
    (repo / name).parent.mkdir(parents=True, exist_ok=True)
    (repo / name).write_text(FLOW)
    return repo / name


@pytest.mark.parametrize("name", ["kandev.yml", "kandev.yaml", ".orch/workflows/nightly.yml"])
@pytest.mark.parametrize("inside", [False, True])
def test_run_alone_takes_the_only_workflow_of_the_repository(
    hub: StandIn, orch: Orch, shop: Path, monkeypatch: pytest.MonkeyPatch, name: str, inside: bool
) -> None:
    hub.runs = [RUN]
    file = put(shop, name)
    (shop / "src").mkdir()
    if inside:
        monkeypatch.chdir(shop / "src")
    done = orch("run")
    assert done.exit_code == 0, done.output
    assert [body["file"] for _, body in hub.asked] == [str(file)]


@pytest.mark.parametrize("more", [(), ("--headless",), ("--json",)])
def test_run_alone_without_a_terminal_names_the_workflows_where_there_are_several(
    hub: StandIn, orch: Orch, shop: Path, more: tuple[str, ...]
) -> None:
    put(shop, "kandev.yml")
    put(shop, ".orch/workflows/nightly.yml")
    done = orch("run", *more)
    assert done.exit_code == 2
    assert "name the workflow to run: kandev, nightly" in done.stderr
    assert hub.asked == []


@pytest.mark.parametrize("more", [(), ("--headless",)])
def test_run_alone_where_there_is_no_workflow_says_how_to_write_one(
    hub: StandIn, orch: Orch, shop: Path, more: tuple[str, ...]
) -> None:
    done = orch("run", *more)
    assert done.exit_code == 2
    assert "orch workflow init" in done.stderr
    assert hub.asked == []


def test_run_alone_asks_at_a_terminal_which_workflow_is_meant(
    hub: StandIn, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(shop, "kandev.yml")
    nightly = put(shop, ".orch/workflows/nightly.yml")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_, **__: 2)
    assert only_one(shop) == str(nightly)
    assert capsys.readouterr().out == "  1  kandev  a\n  2  nightly  a\n"


def test_what_will_block_a_stage_is_said_on_standard_error_when_the_run_starts(
    hub: StandIn, orch: Orch
) -> None:
    hub.runs = [replace(RUN, cautions=("merge works on main, which has 1 changed file",))]
    done = orch("run", "auth")
    assert done.exit_code == 0
    assert done.stderr == "orch: warning: merge works on main, which has 1 changed file\n"


# --- the end -----------------------------------------------------------------------------------------


def test_a_run_that_has_ended_is_marked_as_seen(hub: StandIn, orch: Orch) -> None:
    hub.runs = [replace(RUN, state="failed", unread=True)]
    done = orch("run", "seen", "r3", "--json")
    assert done.exit_code == 0, done.output
    assert [name for name, _ in hub.asked] == ["run.acknowledge"]


def test_a_failed_script_s_last_lines_stand_in_the_run(hub: StandIn, orch: Orch) -> None:
    tail = "\n".join(f"line {number}" for number in range(30))
    tests = stage("tests", "failed", kind="script", result=ScriptResult(1, tail, 3.0), waits="exit code 1")
    shown = "\n".join(whole(replace(RUN, state="failed", unread=True, stages=(tests,)), 1200.0, 80))
    assert "Last lines of tests:\n    | line 20\n" in shown
    assert "line 19" not in shown
    assert "orch run acknowledge r3" in shown


@pytest.mark.parametrize(
    ("attempt", "attempts", "kind", "said"),
    [
        (1, 0, "agent", ""),
        (2, 0, "agent", "attempt 2"),
        (2, 3, "agent", "attempt 2 of 3"),
        (4, 3, "script", "attempt 4"),
        (2, 0, "human-gate", "round 2"),
    ],
)
@pytest.mark.parametrize("state", ["running", "failed", "blocked", "done"])
def test_attempts_are_shown_in_every_state(
    attempt: int, attempts: int, kind: str, said: str, state: StageStateName
) -> None:
    one = stage("build", state, kind=kind, attempt=attempt, attempts=attempts)
    assert said in stage_words(one)
    assert ("attempt" in stage_words(one) or "round" in stage_words(one)) == bool(said)
