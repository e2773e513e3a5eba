"""`orch queue`, `orch answer`, `orch nudge`."""

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

import click
import pytest
from click import unstyle
from click.testing import Result

from orchestrator.cli import root
from orchestrator.cli.queue.text import table, whole
from orchestrator.cli.text import cells
from orchestrator.core.board.views import Need, NeedDetail, Question
from orchestrator.core.literals import NeedKind
from orchestrator.core.needs.ranking import RANKS
from tests.cli.canned import CARD, NEED
from tests.cli.stand_in import StandIn
from tests.cli.stand_in import gone as gone_words

Orch = Callable[..., Result]

PERMISSION = NeedDetail(NEED, "npm test\n\nRun the tests", False, (), ("allow Bash(npm test) everywhere",))
SEVERAL = replace(PERMISSION, always=("allow Bash(npm test) everywhere", "switch to acceptEdits"))
DATABASE = Question("Which database?", "Database", False, (("Postgres", "a server"), ("SQLite", "")))
EXTRAS = Question("Which extras?", "Extras", True, (("Cache", ""), ("Metrics", "")))
QUESTION = NeedDetail(
    replace(NEED, id="c1.k2", kind="question", summary="Which database?", options=("Postgres", "SQLite")),
    "Which database?",
    False,
    (DATABASE, EXTRAS),
    (),
)
REVIEW = NeedDetail(
    replace(NEED, id="c2.review", card="c2", kind="review", urgency=5, answerable=False, options=()),
    "All done.",
    False,
    (),
    (),
)


def test_queue_json_is_a_list_of_needs_each_with_its_detail(hub: StandIn, orch: Orch) -> None:
    hub.needs = [PERMISSION, REVIEW]
    said = json.loads(orch("queue", "--json").stdout)
    assert [each["id"] for each in said] == ["c1.k1", "c2.review"]
    assert {"id", "card", "kind", "summary", "detail", "since", "options"} <= said[0].keys()
    assert said[0]["detail"] == "npm test\n\nRun the tests"
    assert said[0]["always"] == ["allow Bash(npm test) everywhere"]
    assert said[0]["options"] == ["allow", "always", "deny"]
    assert said[0].keys() == (asdict(NEED).keys() | asdict(PERMISSION).keys()) - {"need"}


def _parse(words: Sequence[str]) -> None:
    """Has click parse a command line of `orch`. Raises `click.ClickException` where it does not fit."""
    command: click.Command = root
    rest = list(words)
    while isinstance(command, click.Group):
        _, found, rest = command.resolve_command(click.Context(command), rest)
        assert found
        command = found
    command.make_context(words[0], rest)


@pytest.mark.parametrize("kind", [each for each in RANKS if each not in ("question", "dialog", "gate")])
def test_every_command_that_the_queue_prints_is_one_that_orch_takes(kind: NeedKind) -> None:
    answerable = kind in ("permission", "plan", "card")
    need = replace(
        NEED, id=f"c2.{kind}.x", card="c2", kind=kind, options=RANKS[kind].options, answerable=answerable,
        run="r1", stage="merge",
    )  # fmt: skip
    lines = [line for line in whole(NeedDetail(need, "", False, (), ()), 0.0) if line.startswith("  orch ")]
    assert lines or not need.options
    for line in lines:
        _, *words = shlex.split(line)
        for one in words[-1].split("|"):
            _parse([*words[:-1], one])


def test_a_session_that_has_ended_is_resumed_and_not_nudged() -> None:
    need = replace(NEED, id="c2.exited", card="c2", kind="exited", options=("resume",), answerable=False)
    assert "  orch resume c2" in whole(NeedDetail(need, "", False, (), ()), 0.0)


def test_an_empty_queue_is_an_empty_list_and_a_word_for_people(hub: StandIn, orch: Orch) -> None:
    assert json.loads(orch("queue", "--json").stdout) == []
    done = orch("queue")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "The queue is empty.\n")


def test_queue_shows_one_kind_alone_and_knows_what_kinds_there_are(hub: StandIn, orch: Orch) -> None:
    hub.needs = [PERMISSION, REVIEW]
    assert [each["id"] for each in json.loads(orch("queue", "--json", "--kind", "review").stdout)] == [
        "c2.review"
    ]
    assert orch("queue", "--kind", "hunger").exit_code == 2


def test_what_is_answered_while_it_is_listed_is_left_out(
    hub: StandIn, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.needs = [PERMISSION, REVIEW]
    ask = StandIn.answer

    def answered(self: StandIn, verb: str, body: dict[str, object]) -> tuple[int, object]:
        gone = verb == "queue.show" and body["need"] == "c1.k1"
        return gone_words("c1.k1", [CARD]) if gone else ask(self, verb, body)

    monkeypatch.setattr(StandIn, "answer", answered)
    assert [each["id"] for each in json.loads(orch("queue", "--json").stdout)] == ["c2.review"]


def test_full_shows_what_is_to_be_read_before_answering(hub: StandIn, orch: Orch) -> None:
    hub.needs = [SEVERAL, QUESTION]
    said = orch("queue", "--full").stdout
    for line in (
        "  | npm test",
        "  --always 1  switch to acceptEdits",
        "  orch answer c1.k1 allow|always|deny",
        "  Which extras? (several allowed)",
        '    --option "Postgres"  a server',
    ):
        assert line in said.splitlines()


@pytest.mark.parametrize(
    "text", ["[/x]", "\x1b[31mred\x1b]0;owned\x07", "two\nlines\r", "日本語" * 90, "\u202egnp.exe"]
)
def test_a_hostile_request_is_lines_of_data(text: str) -> None:
    need = replace(NEED, summary=text, title=text)
    for width in (80, None):
        lines = [unstyle(line) for line in table([need], 1060.0, width)]
        assert len(lines) == 2
        assert width is None or cells(lines[1]) <= width
    found = NeedDetail(need, text, False, (Question(text, text, False, ((text, text),)),), (text,))
    assert all(line.isprintable() for line in map(unstyle, whole(found, 1060.0)))


def test_a_diff_keeps_its_indentation_and_a_limit_says_when_it_lifts() -> None:
    need: Need = replace(NEED, lifts_at=1120.0)
    lines = whole(replace(PERMISSION, need=need, detail="+\tx = 1\n   y = 2\n\n z"), 1060.0)
    assert "  | +    x = 1" in lines
    assert "  |    y = 2" in lines
    assert "  resets in 1m" in lines


# --- answering -------------------------------------------------------------------------------------


def test_each_verdict_is_passed_on_with_what_belongs_to_it(hub: StandIn, orch: Orch) -> None:
    hub.needs = [SEVERAL]
    done = orch("answer", "c1.k1", "allow")
    assert done.exit_code == 0, done.output
    assert done.stdout == "c1 auth-refactor: allowed; now working (Bash npm test)\n"
    assert orch("answer", "c1.k1", "deny", "--message", "not on Fridays").exit_code == 0
    assert orch("answer", "c1.k1", "deny", "--message", "-", text="two\nlines\n").exit_code == 0
    assert orch("answer", "c1.k1", "always", "--always", "1").exit_code == 0
    plain = {"need": "c1.k1", "verdict": "allow", "message": "", "options": [], "always": 0}
    plain |= {"seen": ""}
    assert hub.asked == [
        ("answer", plain),
        ("answer", {**plain, "verdict": "deny", "message": "not on Fridays"}),
        ("answer", {**plain, "verdict": "deny", "message": "two\nlines"}),
        ("answer", {**plain, "verdict": "always", "always": 1}),
    ]


def test_answer_prints_the_card_as_json_when_asked_for(hub: StandIn, orch: Orch) -> None:
    hub.needs = [PERMISSION]
    said = json.loads(orch("answer", "c1.k1", "always", "--json").stdout)
    assert said == json.loads(json.dumps(asdict(CARD)))


def test_options_are_brought_into_the_order_of_the_questions(hub: StandIn, orch: Orch) -> None:
    hub.needs = [QUESTION]
    words = ["--option", "metrics", "--option", "Cache", "--option", "DuckDB, in a file"]
    assert orch("answer", "c1.k2", "allow", *words).exit_code == 0
    assert hub.asked[0][1]["options"] == [["DuckDB, in a file"], ["Metrics", "Cache"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["c1.k2", "allow"], 'no --option answers "Database"'),
        (["c1.k2", "allow", "--option", "Postgers", "--option", "Cache"], 'Did you mean "Postgres"?'),
        (["c1.k1", "allow", "--option", "Yes"], "c1.k1 is not a question"),
        (["c1.k1", "allow", "--message", "go on"], "--message requires deny, not allow"),
        (["c1.k1", "deny", "--option", "Yes"], "--option requires allow, not deny"),
        (["c1.k1", "allow", "--always", "0"], "--always requires always, not allow"),
        (["c1.k1", "always"], "--always 1  switch to acceptEdits"),
        (["c1.k1", "always", "--always", "2"], "not one of the 2 suggestions"),
        (["c1.k1", "always", "--always", "-1"], "not in the range"),
        (["c1.k1", "perhaps"], "perhaps"),
        (["c1.k1"], "Missing argument"),
    ],
)
def test_an_unclear_answer_is_a_usage_error_and_is_not_given(
    hub: StandIn, orch: Orch, words: list[str], said: str
) -> None:
    hub.needs = [SEVERAL, QUESTION]
    done = orch("answer", *words)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert hub.asked == []


@pytest.mark.parametrize("verdict", ["allow", "always", "deny"])
def test_a_request_that_is_gone_is_refused_and_one_that_never_was_is_unknown(
    hub: StandIn, orch: Orch, verdict: str
) -> None:
    done = orch("answer", "c1.k9", verdict)
    assert done.exit_code == 4
    assert done.stderr == "orch: c1.k9 is no longer waiting: it was answered\n"
    done = orch("answer", "nobody", verdict)
    assert done.exit_code == 5
    assert "no request named 'nobody'" in done.stderr


def test_an_answer_that_comes_second_is_refused_in_the_hub_s_words(hub: StandIn, orch: Orch) -> None:
    hub.needs = [PERMISSION]
    hub.refusals["answer"] = (409, {"what": "c1.k1 is not open", "why": "it was answered", "hint": ""})
    done = orch("answer", "c1.k1", "allow")
    assert (done.exit_code, done.stderr) == (4, "orch: c1.k1 is not open: it was answered\n")


# --- nudging ---------------------------------------------------------------------------------------


def test_a_nudge_is_passed_on_and_nothing_but_the_three_is_one(hub: StandIn, orch: Orch) -> None:
    assert orch("nudge", "c1", "continue").exit_code == 0
    assert orch("nudge", "c1", "interrupt", "--json").exit_code == 0
    assert orch("nudge", "c1", "shout").exit_code == 2
    assert orch("nudge", "c9", "continue").exit_code == 5
    assert hub.asked[:2] == [
        ("nudge", {"card": "c1", "how": "continue"}),
        ("nudge", {"card": "c1", "how": "interrupt"}),
    ]


def test_a_run_that_failed_names_what_can_be_done_about_its_stage_and_how_it_leaves_the_queue() -> None:
    need = replace(
        NEED, id="r3", card="", slug="r3", kind="run", summary="tests: it ended with exit code 1: 1 failed",
        answerable=False, options=("done", "retry", "skip"), run="r3", stage="tests",
        hint="Remove it from the queue: orch run acknowledge r3",
    )  # fmt: skip
    said = "\n".join(map(unstyle, whole(NeedDetail(need, "line 2\n1 failed", False, (), ()), 1100.0)))
    for part in (
        "  | line 2",
        "  | 1 failed",
        "orch run retry r3 tests",
        "orch run skip r3 tests",
        "orch run acknowledge r3",
    ):
        assert part in said, part


def test_a_request_says_what_would_have_spared_it() -> None:
    found = replace(PERMISSION, allowed_by='"permissions": {"allow": ["Bash(npm test)"]}')
    assert '"permissions": {"allow": ["Bash(npm test)"]}' in "\n".join(whole(found, 1100.0))
