"""Whatever stands in a settings, workflow or team file is told in words, and in bounded time."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import strategies as st

from orchestrator import config, teams, workflows
from orchestrator.config import ConfigError
from orchestrator.workflows import reading
from tests.security.fuzz import ODD_TEXTS, at_length, fuzz, odd_json, odd_texts

_MOST_WORDS = 40_000


def in_few_words(error: Exception) -> None:
    assert 0 < len(str(error)) < _MOST_WORDS


TOML_KEYS = st.sampled_from([*config.KEYS, "rules", "hosts.a", "keys.stop", "a", '"a.b"', "[x", "]]", "="])
TOML_VALUES = st.sampled_from(
    [
        "1", "-1", "true", '""', '"x"', "[]", "[1]", "{}", "{a = 1}", "nan", "inf", "1e400", "9" * 5000,
        "'''",
        '"\\u0000"', '"\\ud800"', "1979-05-27", "[[[[[[[[[[[[[[1]]]]]]]]]]]]]]", '["\\u0000"]',
        "0x" + "f" * 400,
    ]
)  # fmt: skip
TOML_LINES = st.one_of(
    st.tuples(TOML_KEYS, TOML_VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    TOML_KEYS.map(lambda key: f"[{key}]"),
    TOML_KEYS.map(lambda key: f"[[{key}]]"),
    st.text(max_size=12),
)
TOML = st.lists(TOML_LINES, max_size=6).map("\n".join)


@at_length
def test_any_settings_are_read_or_refused_in_words(tmp_path: Path, examples: int) -> None:
    (tmp_path / ".git").mkdir()

    def check(text: str) -> None:
        (tmp_path / ".orch.toml").write_text(text, errors="surrogatepass")
        try:
            config.load(tmp_path)
        except ConfigError as error:
            in_few_words(error)

    fuzz(TOML, check, examples)


YAML_TEXT = st.sampled_from(
    [
        "[" * 5000, "{" * 5000, "&a [*a]", "!!python/object:x", "? ", "- " * 3000, "a: b: c", "|", ">",
        "%YAML 9.9",
        '"\\U00110000"', '"\\x', "'", "\t", "---\n---", "...", "<<: {}", "é: \u2028", "0o9", "#" * 9000,
        "\ufeff",
    ]
)  # fmt: skip
STAGES = st.lists(
    st.dictionaries(
        st.sampled_from(
            [
                "name", "needs", "prompt", "run", "gate", "when", "foreach", "join", "retries", "on_failure",
                "approvers", "quorum", "where", "worktree", "on_deny", "timeout", "x",
            ]
        ),
        odd_json | st.sampled_from(["a", ["a"], "{{ inputs.a }}", "{{" * 50, "{{ stages.a.branch }}"]),
        max_size=5,
    ),
    max_size=4,
)  # fmt: skip
WORKFLOWS = st.fixed_dictionaries(
    {"workflow": STAGES | odd_json},
    optional={"name": odd_texts, "inputs": odd_json, "base": odd_texts, "x": odd_json},
)
TEAMS = st.fixed_dictionaries(
    {"team": odd_texts, "task": odd_texts},
    optional={
        "workers": odd_json,
        "coordinator": odd_json,
        "review": odd_texts,
        "model": odd_json,
        "x": odd_json,
    },
)


def written(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True)


def _checked(text: str) -> None:
    for problem in workflows.check(text, file="a.yml", hosts=()):
        assert problem.line >= 1
        assert "\n" not in str(problem)
    try:
        workflows.load(text, file="a.yml")
        workflows.outline(text, file="a.yml")
    except (workflows.WorkflowError, workflows.InputError) as error:
        in_few_words(error)


def _teamed(text: str) -> None:
    try:
        teams.load(text, file="a.yml")
    except teams.TeamError as error:
        in_few_words(error)


@at_length
def test_any_workflow_is_read_or_refused_in_words(examples: int) -> None:
    texts = WORKFLOWS.map(written) | st.lists(YAML_TEXT | odd_texts, max_size=3).map("\n".join)
    fuzz(texts, _checked, examples)


@at_length
def test_any_team_is_read_or_refused_in_words(examples: int) -> None:
    texts = TEAMS.map(written) | st.lists(YAML_TEXT | odd_texts, max_size=3).map("\n".join)
    fuzz(texts, _teamed, examples)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_file_that_is_one_odd_text_is_refused(text: str) -> None:
    _checked(text)
    _teamed(text)


def test_a_file_that_takes_too_long_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = itertools.count(10**9)  # what this process has used up before is nothing to that
    monkeypatch.setattr(reading, "thread_time", lambda: float(next(spent)))
    text = "workflow:\n" + "".join(f"  - name: s{n}\n    prompt: x\n" for n in range(50))
    problems = workflows.check(text)
    assert any("takes too long" in str(each) for each in problems)
    with pytest.raises(teams.TeamError, match="takes too long"):
        teams.load("team: a\ntask: b\nworkers:\n" + "  - name: a\n" * 50)
