"""The rules in the user's file: what they may say, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from orchestrator.config import example, load
from tests.config.complaint import complaint

FIRST = '[[rules]]\nname = "first"\nanswer = "ask"\ntool = "*"\n\n[[rules]]\n'
"""A rule of four lines, an empty line, and the head of the next rule in line 6."""


def test_the_rules_that_the_example_shows_hold_once_they_are_uncommented(file: Path) -> None:
    before, _, shown = example().partition("# [[rules]]")
    rules = "\n".join(line.removeprefix("#").strip() for line in f"# [[rules]]{shown}".splitlines())
    file.write_text(before + rules)
    assert [(rule.name, rule.answer) for rule in load().rules] == [
        ("run tests", "allow"),
        ("edit src", "allow"),
        ("no push", "deny"),
    ]


def test_rules_keep_their_order_and_a_repository_s_place_is_written_with_a_tilde(file: Path) -> None:
    file.write_text(f"{FIRST}name = 'x'\nanswer = 'deny'\nrepo = '~/code/*'\nmessage = 'no'\n")
    first, second = load().rules
    assert (first.name, second.name, second.tool) == ("first", "x", "*")
    assert second.repo == f"{Path.home()}/code/*"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("name = 'x'\nanswer = 'alow'", 8, 'rules[1].answer = "alow": must be one of allow, deny, ask. Did'),
        ("name = 'x'\nanswer = true", 8, "rules[1].answer = true: must be one of allow, deny, ask."),
        ("name = 'x'\ntool = 'Bash'", 6, '"rules[1].answer" is missing'),
        ("answer = 'ask'\ntool = 'Bash'", 6, '"rules[1].name" is missing'),
        ("name = 'first'\nanswer = 'ask'\ntool = 'x'", 7, "a name other than that of rules[0]."),
        ("name = ''\nanswer = 'ask'\ntool = 'x'", 7, 'rules[1].name = "": must be a one-line name'),
    ],
)
def test_a_rule_has_a_name_of_its_own_and_an_answer(file: Path, text: str, line: int, said: str) -> None:
    file.write_text(f"{FIRST}{text}\n")
    found = complaint()
    assert found.startswith(f"{file}, line {line}: ")
    assert said in found


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 6, "rules[1]: must be a rule with at least one of tool, command, path, repo and label."),
        ("comand = 'x'", 9, 'unknown key "rules[1].comand". Did you mean "rules[1].command"?'),
        ("tool = ''", 9, 'rules[1].tool = "": must be omitted, or a non-empty pattern'),
        ("tool = 3", 9, "rules[1].tool = 3: must be a quoted string."),
        ("path = '/etc/*'", 9, "must be a file pattern inside the card's worktree"),
        ("path = 'a/../../b'", 9, "must be a file pattern inside the card's worktree"),
        ("path = '~/b'", 9, "must be a file pattern inside the card's worktree"),
        ("repo = 'work/app'", 9, "must be a repository's name, or a pattern of its full path"),
        ("tool = 'Edit'\ncommand = 'ls'", 9, 'rules[1].tool = "Edit": must be "Bash"'),
        ("command = 'ls'\npath = 'src/**'", 10, 'rules[1].path = "src/**": must be omitted'),
        ("tool = 'x'\nmessage = 'no'", 10, 'rules[1].message = "no": must be omitted'),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_at_its_own_line(
    file: Path, text: str, line: int, said: str
) -> None:
    file.write_text(f"{FIRST}name = 'x'\nanswer = 'allow'\n{text}\n")
    found = complaint()
    assert found.startswith(f"{file}, line {line}: ")
    assert said in found


@pytest.mark.parametrize("text", ["rules = 3", "[rules]\nname = 'x'"])
def test_rules_that_are_no_list_of_tables_are_turned_down(file: Path, text: str) -> None:
    file.write_text(text)
    assert "must be a list of tables, each under its own line [[rules]]" in complaint()


def test_rules_and_nudges_are_not_a_repository_s_to_set(file: Path, tmp_path: Path) -> None:
    here = tmp_path / ".orch.toml"
    here.write_text(f"[worktree]\nbase = 'x'\n{FIRST}name = 'x'\nanswer = 'allow'\ntool = '*'\n")
    assert complaint(tmp_path) == f'{here}, line 3: "rules" belongs in your own file, {file}.'
    here.write_text("nudges.stall = 'continue'\n")
    assert complaint(tmp_path) == f'{here}, line 1: "nudges.stall" belongs in your own file, {file}.'


@pytest.mark.parametrize("name", ["ORCH_RULES", "ORCH_RULES__0__ANSWER"])
def test_rules_are_not_taken_from_the_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "[]")
    assert complaint() == f'"{name}" ignored: rules can only be set in your own file, {file}.'
