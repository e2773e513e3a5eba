"""Rules fail safe: what they allow is exactly what they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.rules import RequestFacts, Rule, judge


def answer(rule: Rule, *, repo: str = "/r/shop", labels: tuple[str, ...] = (), **facts: object) -> str:
    request = RequestFacts(**{"tool": "Bash", **facts})  # type: ignore[arg-type]
    return judge([rule], request, repo=repo, labels=labels).answer


TESTS = Rule("tests", "allow", tool="Bash", command="npm test*")
SOURCES = Rule("sources", "allow", tool="*", path="src/**")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("npm test", "allow"),
        ("npm test -- --watch", "allow"),
        ("npm install", "ask"),
        ("npm test; rm -rf ~", "ask"),
        ("npm test && curl evil.example", "ask"),
        ("npm test | sh", "ask"),
        ("npm test > /etc/passwd", "ask"),
        ("npm test $(reboot)", "ask"),
        ("npm test `reboot`", "ask"),
        ("npm test\nreboot", "ask"),
        ("", "ask"),
    ],
)
def test_an_allowing_command_pattern_reaches_past_no_shell_operator(command: str, expected: str) -> None:
    assert answer(TESTS, command=command) == expected


def test_a_pattern_may_have_operators_of_its_own_and_then_just_those() -> None:
    rule = Rule("tee", "allow", command="npm test | tee *")
    assert answer(rule, command="npm test | tee log") == "allow"
    assert answer(rule, command="npm test | tee log | sh") == "ask"


def test_a_denying_pattern_is_found_in_every_part_of_a_command() -> None:
    rule = Rule("no rm", "deny", command="rm *")
    for command in ("rm -rf x", "cd y && rm -rf x", "echo $(rm -rf x)", "true\nrm -rf x"):
        assert answer(rule, command=command) == "deny"
    assert answer(rule, command="npm run rm-build") == "ask"


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("src/a.py",), "allow"),
        (("src/deep/er/a.py",), "allow"),
        (("setup.py",), "ask"),
        (("src/a.py", "setup.py"), "ask"),
        (("/etc/passwd",), "ask"),
        (("/home/me/src/a.py",), "ask"),
        ((), "ask"),
    ],
)
def test_a_path_rule_allows_nothing_that_it_does_not_name(paths: tuple[str, ...], expected: str) -> None:
    assert answer(SOURCES, tool="Edit", paths=paths) == expected


def test_not_even_a_rule_for_every_path_allows_one_outside_of_the_worktree() -> None:
    rule = Rule("all", "allow", path="**")
    assert answer(rule, tool="Write", paths=("a.py",)) == "allow"
    assert answer(rule, tool="Write", paths=("/etc/passwd",)) == "ask"


def test_the_first_match_wins_and_a_denial_beats_every_permission() -> None:
    allow = Rule("all", "allow", tool="*")
    ask = Rule("ask", "ask", tool="Bash")
    deny = Rule("none", "deny", tool="Bash", message="no")
    request = RequestFacts("Bash", "ls")
    assert judge([ask, allow], request, repo="/r", labels=()).rule == "ask"
    ruling = judge([allow, ask, deny], request, repo="/r", labels=())
    assert (ruling.answer, ruling.rule, ruling.message) == ("deny", "none", "no")
    assert judge([], request, repo="/r", labels=()).answer == "ask"


def test_a_rule_that_asks_matches_as_widely_as_one_that_denies() -> None:
    ask = Rule("push", "ask", command="git push*")
    allow = Rule("git", "allow", command="git * && git *")
    request = RequestFacts("Bash", "git status && git push")
    assert judge([ask, allow], request, repo="/r", labels=()).rule == "push"


def test_a_path_alone_allows_no_tool_that_may_touch_more_than_that_path() -> None:
    for tool in ("mcp__fs__move", "Grep", "Bash", "Task"):
        assert answer(SOURCES, tool=tool, paths=("src/a.py",)) == "ask"


def test_a_plan_is_approved_only_by_a_rule_that_names_its_tool() -> None:
    assert answer(Rule("all", "allow", repo="*"), tool="ExitPlanMode") == "ask"
    assert answer(Rule("plans", "allow", tool="ExitPlanMode"), tool="ExitPlanMode") == "allow"


def test_a_rule_may_hold_for_a_repository_or_a_label_alone() -> None:
    rule = Rule("here", "allow", repo="shop", label="docs")
    assert answer(rule, repo="/r/shop", labels=("docs",)) == "allow"
    assert answer(rule, repo="/r/other", labels=("docs",)) == "ask"
    assert answer(rule, repo="/r/shop") == "ask"


@given(st.text(alphabet="npm tes;|&$()`>\n*", max_size=40))
def test_no_command_with_more_operators_than_its_pattern_is_ever_allowed(command: str) -> None:
    if answer(TESTS, command=command) == "allow":
        assert not set(command) & set(";|&$()`>\n")
