"""Closed sets of strings have the values of their enums and tables."""

import ast
import inspect

import pytest

from orchestrator.core import literals
from orchestrator.core.mail.message import Kind
from orchestrator.core.model import Column
from orchestrator.core.needs.ranking import RANKS
from orchestrator.core.sessions.model import Status
from orchestrator.core.workflow.run import StageState


def values(name: str) -> set[str]:
    """The strings of that literal, in the source that mypy reads."""
    for node in ast.walk(ast.parse(inspect.getsource(literals))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return {str(each.value) for each in ast.walk(node) if isinstance(each, ast.Constant)}
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NeedKind", set(RANKS)),
        ("ColumnName", {each.value for each in Column}),
        ("StageStateName", {each.value for each in StageState}),
        ("MailKind", {each.value for each in Kind}),
        ("CardState", {"new", "queued", *(each.value for each in Status)}),
    ],
)
def test_a_literal_has_the_values_of_its_table(name: str, expected: set[str]) -> None:
    assert values(name) == expected


def test_a_literal_is_a_plain_string_at_run_time() -> None:
    names = {ast.unparse(node.targets[0]) for node in ast.walk(ast.parse(inspect.getsource(literals)))
             if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)}  # fmt: skip
    assert names
    assert {name for name in names if vars(literals)[name] is not str} == set()
