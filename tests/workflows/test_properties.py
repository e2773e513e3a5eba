"""Whatever the text: words or a sound plan, and never anything else."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.workflow.plan import HumanGate, Workflow
from orchestrator.core.workflow.template import holes
from orchestrator.workflows import WorkflowError, check, graph, load, outline
from tests.examples import examples

_FILES = [
    path.read_text()
    for path in sorted(Path(__file__).parent.glob("*/*.yml"))
    if path.parent.name in ("good", "bad")
]
_NAMES = ("a", "b", "c", "build", "test", "each", "gate")


def sound(plan: Workflow) -> None:
    """The promises of a plan: names that are there, once, and no stage that needs itself by any way."""
    names = [stage.name for stage in plan.stages]
    assert len(set(names)) == len(names) > 0
    for stage in plan.stages:
        assert {*stage.needs, *(name for name, _ in stage.when)} <= set(names)
        assert stage not in plan.before(stage.name)
        assert 0 <= stage.join <= len(stage.needs)
        assert isinstance(stage.does, HumanGate) or stage.retries >= 0
        if isinstance(stage.does, HumanGate) and stage.does.on_deny:
            assert stage.does.on_deny in names
        for key in ("prompt", "worktree", "message"):
            for _, hole in holes(getattr(stage.does, key, "")):
                assert plan.named(hole.split(".")[1])


def given_for(text: str) -> dict[str, str]:
    """Inputs that fit, for a file without errors."""
    found = {}
    for name, shape in ((yaml.safe_load(text) or {}).get("inputs") or {}).items():
        said = {"type": shape} if isinstance(shape, str) else shape
        if "default" not in said:
            kind = said.get("type", "string")
            fits = {"integer": "1", "number": "1.5", "boolean": "true", "list": "p, q"}.get(kind, "some")
            found[name] = str(said["choices"][0]).lower() if kind != "list" and "choices" in said else fits
    return found


def holds(text: str) -> None:
    problems = check(text)
    errors = [each for each in problems if not each.warning]
    assert list(problems) == sorted(problems, key=lambda each: (each.line, each.column, each.warning))
    assert all(each.line >= 1 and each.column >= 1 and each.what for each in problems)
    if errors:
        with pytest.raises(WorkflowError) as caught:
            outline(text)
        assert list(caught.value.problems) == errors
        return
    plan = outline(text)
    sound(plan)
    for width in (30, 80):
        assert graph(plan, width)


@settings(max_examples=examples(200), deadline=None)
@given(st.text())
def test_any_text_gives_words_or_a_plan(text: str) -> None:
    holds(text)


@settings(max_examples=examples(200), deadline=None)
@given(st.text(alphabet="ab:-[]{}\"'&*!|>%#, \n\t?\\\ufeff\x85\u2028", max_size=40))
def test_any_yaml_gives_words_or_a_plan(text: str) -> None:
    holds(text)
    holds(f"workflow:\n  - name: a\n    prompt: {text}\n")


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_a_file_with_a_slip_gives_words_or_a_plan(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(_FILES))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 6))
        new = data.draw(
            st.sampled_from(["", " ", "\n", "a", ":", "[", "- ", "null", "{{ item }}", "7", "'", "&x "])
        )
        text = text[:at] + new + text[at + gone :]
    holds(text)


# --- files that are well formed -------------------------------------------------------------------

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.floats(allow_nan=True),
    st.sampled_from(["", "x", "any", "2h"]),
)
_INPUTS = {"i": {"type": "integer"}, "l": {"type": "list", "choices": ["p", "q"]}}


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's signature)
        return True


def written(stages: list[dict[str, Any]], *, flow: bool = False) -> str:
    data = {"inputs": _INPUTS, "workflow": stages}
    return yaml.dump(data, Dumper=_Plain, sort_keys=False, default_flow_style=flow)


@st.composite
def _files(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Stages that mostly, but not always, go together."""
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=6, unique=True))
    return [draw(_stage(name, names[:at] or names)) for at, name in enumerate(names)]


@st.composite
def _stage(draw: st.DrawFn, name: str, before: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["agent", "agent", "script", "human-gate"]))
    others = st.sampled_from(before) if draw(st.integers(0, 9)) else st.sampled_from(_NAMES)
    of = draw(others)
    texts = st.sampled_from(
        ["x", "x", "{{ inputs.i }}", "{{ inputs.l }}", f"{{{{ stages.{of}.summary }}}}", "{{ item }}"]
    )
    keys: dict[str, st.SearchStrategy[Any]] = {
        "needs": st.lists(others, max_size=3, unique=True),
        "parallel": st.booleans(),
        "join": st.sampled_from(["all", "any", 2]),
        "when": st.dictionaries(others, st.sampled_from(["done", ["done", "skipped"], "failed"]), min_size=1),
    }
    found: dict[str, Any] = {"name": name, "type": kind}
    if kind == "human-gate":
        found["message"] = draw(texts)
        keys["quorum"] = st.integers(1, 2)
        keys["approvers"] = st.lists(others, min_size=1, max_size=3, unique=True)
        keys["on_deny"] = others
    else:
        found |= {"prompt": draw(texts)} if kind == "agent" else {"run": "make {{ inputs.l }}"}
        fan_out = draw(st.integers(0, 3)) == 0
        if fan_out:
            found["foreach"] = draw(st.sampled_from([["x", "y"], ["z", "z"], "{{ inputs.l }}"]))
        branches = [f"{name}/{{{{ item }}}}"] if fan_out else ["main", f"{{{{ stages.{of}.branch }}}}"]
        keys["worktree"] = st.sampled_from([*branches, "feature/{{ inputs.i }}"])
        keys["on_failure"] = st.sampled_from(["stop", "continue", "retry"])
        keys["timeout"] = st.sampled_from(["5m", 3, "7d"])
    some = draw(st.lists(st.sampled_from(sorted(keys)), max_size=3, unique=True))
    return found | {key: draw(keys[key]) for key in some}


@settings(max_examples=examples(300), deadline=None)
@given(_files(), st.booleans())
def test_check_finds_no_error_just_where_the_file_loads(stages: list[dict[str, Any]], flow: bool) -> None:
    text = written(stages, flow=flow)
    holds(text)
    errors = [each for each in check(text) if not each.warning]
    try:
        plan = load(text, given=given_for(text)).workflow
    except WorkflowError:
        assert errors
    else:
        assert not errors
        sound(plan)


@settings(max_examples=examples(200), deadline=None)
@given(_files(), st.data())
def test_values_of_any_kind_give_words_or_a_plan(stages: list[dict[str, Any]], data: st.DataObject) -> None:
    stage = data.draw(st.sampled_from(stages))
    stage[data.draw(st.sampled_from(sorted(stage)))] = data.draw(_SCALARS)
    holds(written(stages))
