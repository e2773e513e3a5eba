"""Converts a file's text to the form that a run executes, or to its errors."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from orchestrator.core.text.clean import one_line
from orchestrator.core.workflow.plan import Workflow
from orchestrator.workflows import cautions, checking, inputs, templates
from orchestrator.workflows.fitting import Draft, TooMany, fit
from orchestrator.workflows.inputs import Value
from orchestrator.workflows.order import StageOrder, ordered
from orchestrator.workflows.problems import InputError, Problem, WorkflowError, in_order
from orchestrator.workflows.reading import read
from orchestrator.workflows.spreading import spread

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Planned:
    """A workflow that is ready to run. `inputs` are (name, value as text), `text` is the file's."""

    workflow: Workflow
    inputs: tuple[tuple[str, str], ...]
    text: str


def load(
    text: str,
    *,
    file: str = "",
    given: Mapping[str, str] = _NOTHING,
    hosts: Collection[str] | None = None,
    agents: Collection[str] | None = None,
) -> Planned:
    """The workflow with its inputs filled in and every fan-out expanded.

    `given` are the inputs as text, read by their types. `hosts` are those that `where` may name, `agents`
    those that `agent` may; `None` where they are not known. Raises `WorkflowError` with all that is wrong,
    `InputError` where the file is sound.
    """
    draft, order = _looked_at(text, hosts, agents)
    if problems := _errors(draft):
        raise WorkflowError(problems, file)
    values = inputs.given(draft, given)
    plan = None
    with suppress(TooMany):
        plan = None if _errors(draft) else spread(draft, order, _name(draft, file), values)
    problems = _errors(draft)
    if problems or plan is None:
        raise InputError(problems, file, inputs.usage(draft))
    return Planned(plan.workflow, tuple((name, value.text) for name, value in values.items()), text)


def check(
    text: str,
    *,
    file: str = "",
    hosts: Collection[str] | None = None,
    agents: Collection[str] | None = None,
) -> tuple[Problem, ...]:
    """All errors and warnings, in order of position. Without errors, `load` works, given valid inputs."""
    draft, order = _looked_at(text, hosts, agents)
    if not _errors(draft):
        with suppress(TooMany):
            cautions.caution(draft, spread(draft, order, _name(draft, file), inputs.guessed(draft)))
    return in_order(draft.problems)


def outline(text: str, *, file: str = "") -> Workflow:
    """The workflow with inputs without a default standing for themselves. Raises `WorkflowError`."""
    draft, order = _looked_at(text)
    if problems := _errors(draft):
        raise WorkflowError(problems, file)
    return spread(draft, order, _name(draft, file), inputs.guessed(draft)).workflow


def drafted(text: str) -> Draft:
    """The file as far as it is valid."""
    return _looked_at(text)[0]


def _looked_at(
    text: str, hosts: Collection[str] | None = None, agents: Collection[str] | None = None
) -> tuple[Draft, StageOrder]:
    draft = Draft(read(text))
    try:
        fit(draft)
        order = ordered(draft)
        _in_time(draft)
        inputs.check(draft)
        checking.check(
            draft,
            order,
            None if hosts is None else tuple(hosts),
            None if agents is None else tuple(agents),
        )
        _in_time(draft)
        templates.check(draft, order)
        _in_time(draft)
        if "workflow" not in draft.lost:
            spread(draft, order, "", _known(draft))
    except TooMany:
        draft = Draft(draft.source, problems=draft.problems, lost={"workflow"})
        order = ordered(draft)
    return draft, order


def _in_time(draft: Draft) -> None:
    """Raises `TooMany` if the file takes too long."""
    if draft.source.late:
        draft.add(Problem(1, 1, "checking it takes too long", "make the file smaller"))
        raise TooMany


def _known(draft: Draft) -> dict[str, Value]:
    """What can be filled in before any values are given, of the valid inputs."""
    found = inputs.guessed(draft)
    return {name: value for name, value in found.items() if f"inputs.{name}" not in draft.lost}


def _errors(draft: Draft) -> tuple[Problem, ...]:
    return in_order(each for each in draft.problems if not each.warning)


def _name(draft: Draft, file: str) -> str:
    return draft.head.name or one_line(PurePath(file).stem) or "workflow"
