import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import Result

from orchestrator.cli.queue.stats import span
from orchestrator.core.board.views import Trial, Waited
from orchestrator.paths import Home
from tests.cli.stand_in import StandIn

Orch = Callable[..., Result]

WAITED = [
    Waited("2026-01-31", "c1", "Auth refactor", 3900.0, 4, {"tui": 3, "rule": 1}),
    Waited("2026-01-31", "c2", "Docs\x1b[2J", 42.0, 1, {"pane": 1}),
    Waited("2026-01-30", "c1", "Auth refactor", 600.0, 2, {"cli": 2}),
]
TRIALS = [
    Trial(1000.0, "c1", "Bash npm test", "allow", "tests", "allowed by tui"),
    Trial(1001.0, "c1", "Bash rm -rf build", "ask", "", "in the session"),
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("ORCH_CONFIG", str(path))
    return path


def test_stats_has_a_line_for_each_day_and_card_and_the_sums(hub: StandIn, orch: Orch) -> None:
    hub.waited = WAITED
    lines = [line.split() for line in orch("stats", "--days", "3").stdout.splitlines()]
    assert hub.asked == [("stats", {"days": 3})]
    assert [line[:5] for line in lines[1:]] == [
        ["2026-01-31", "c1", "1h", "05m", "4"],
        ["2026-01-31", "c2", "42s", "1", "pane"],
        ["2026-01-31", "all", "1h", "05m", "5"],
        ["2026-01-30", "c1", "10m", "2", "cli"],
        ["all", "all", "1h", "15m", "7"],
    ]
    assert lines[1][5:] == ["tui", "3,", "rule", "1", "Auth", "refactor"]
    assert lines[2][-1] == "Docs"


def test_stats_json_is_the_list_as_the_hub_has_it(hub: StandIn, orch: Orch) -> None:
    assert json.loads(orch("stats", "--json").stdout) == []
    assert "No waiting times" in orch("stats").stderr
    hub.waited = WAITED
    assert json.loads(orch("stats", "--json").stdout) == [asdict(each) for each in WAITED]
    for days in ("0", "-1", "many"):
        assert orch("stats", "--days", days).exit_code == 2


@pytest.mark.parametrize(
    ("seconds", "said"), [(-1, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (93900, "26h 05m")]
)
def test_a_span_keeps_the_minutes_that_an_age_leaves_out(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_rules_are_listed_from_the_file_without_a_hub(file: Path, home: Home, orch: Orch) -> None:
    done = orch("rules", "list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert str(file) in done.stderr
    assert json.loads(orch("rules", "list", "--json").stdout) == []
    file.write_text(
        '[[rules]]\nname = "tests"\nanswer = "allow"\ncommand = "npm test*"\n'
        '[[rules]]\nname = "careful"\nanswer = "ask"\ntool = "*"\n'
    )
    lines = orch("rules", "list").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["RULE", "ANSWER", "WHERE"],
        ["tests", "allow", "command", "npm", "test*"],
        ["careful", "ask", "tool", "*"],
    ]
    said = json.loads(orch("rules", "list", "--json").stdout)
    assert said[0] == {
        "name": "tests", "answer": "allow", "tool": "*", "command": "npm test*", "path": "", "repo": "",
        "label": "", "message": "",
    }  # fmt: skip
    assert not home.socket.exists()


def test_rules_test_tells_what_each_past_request_would_have_got(hub: StandIn, orch: Orch, file: Path) -> None:
    hub.trials = TRIALS
    done = orch("rules", "test", "--days", "2")
    assert hub.asked == [("rules.test", {"days": 2})]
    assert "allow   tests  allowed by tui  Bash npm test" in done.stdout
    assert "ask            in the session  Bash rm -rf build" in done.stdout
    assert done.stderr == "1 of 2 would be answered by a rule.\n"
    assert json.loads(orch("rules", "test", "--json").stdout) == [asdict(each) for each in TRIALS]


def test_rules_test_without_any_request_says_so(hub: StandIn, orch: Orch, file: Path) -> None:
    done = orch("rules", "test")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "No requests in the past 30 days.\n")


@pytest.mark.parametrize("verb", ["list", "test"])
def test_a_rule_that_is_wrong_is_a_usage_error_that_names_its_line(
    hub: StandIn, orch: Orch, file: Path, verb: str
) -> None:
    file.write_text('[[rules]]\nname = "x"\ntool = "Bash"\nanswer = "alow"\n')
    done = orch("rules", verb)
    assert done.exit_code == 2
    assert f'{file}, line 4: rules[0].answer = "alow": must be one of allow, deny, ask.' in done.stderr
    assert hub.asked == []
