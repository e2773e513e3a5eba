"""Fits a file's data into its shape. What does not fit is reported and left out; the rest is checked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.core.text.clean import one_line
from orchestrator.workflows.foreign import key_meant
from orchestrator.workflows.problems import Problem, did_you_mean, shown
from orchestrator.workflows.reading import Path, Source
from orchestrator.workflows.shape import (
    STAGES,
    AnyStage,
    Defaults,
    File,
    Head,
    InputShape,
)
from orchestrator.workflows.unfit import in_words
from orchestrator.workflows.values import INPUT_NAME

MOST_STAGES = 500

_MOST = 200
_MOST_OF_ONE = 20
"""Maximum problems of a whole file, and of one mapping."""

_Model = TypeVar("_Model", bound=BaseModel)
_ONLY_OF = {"run": "script", "message": "human-gate", "prompt": "agent"}
"""Keys that imply a type."""


class TooMany(Exception):
    """The file has so many problems that the rest of it is not checked."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A stage in the file. `name` is what others can refer to, empty if it has none; nothing is known of the
    keys in `lost`, whatever `shape` says."""

    at: int
    name: str
    shape: AnyStage
    lost: frozenset[str]

    @property
    def path(self) -> Path:
        """The stage's path in the file: the key `workflow` and its number, from 0."""
        return ("workflow", self.at)


@dataclass(slots=True)
class Draft:
    """A whole file. `lost` are the sections of which nothing is known; `nameless` is set if a stage has no
    valid name."""

    source: Source
    head: Head = field(default_factory=Head)
    inputs: dict[str, InputShape] = field(default_factory=dict)
    stages: list[Drafted] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    nameless: bool = False
    defaults: Defaults = field(default_factory=Defaults)

    def say(self, path: Path, what: str, hint: str = "", *, key: bool = False, warning: bool = False) -> None:
        """Records a problem at the position of a value, or of its key."""
        span = self.source.key(path) if key else self.source.at(path)
        self.add(Problem(span.line, span.column, what, hint, warning))

    def add(self, problem: Problem) -> None:
        """Raises `TooMany` after too many problems."""
        self.problems.append(problem)
        if not problem.warning and sum(not each.warning for each in self.problems) > _MOST:
            raise TooMany

    def home(self, stage: Drafted, key: str) -> Path:
        """The path of a stage's value: its own, or that of the defaults."""
        own = (*stage.path, key)
        return own if own in self.source.keys else ("defaults", key)


def fit(draft: Draft) -> None:
    """Fills the draft from its source. Raises `TooMany`."""
    source = draft.source
    draft.problems += source.problems
    if source.broken:
        draft.lost.add("workflow")
        return
    data = source.data
    if not isinstance(data, dict):
        hint = "put the stages below a line: workflow:" if isinstance(data, list) else ""
        draft.say((), f"a workflow file must be a mapping, not {shown(data)}", hint)
        draft.lost.add("workflow")
        return
    own = {"inputs", "defaults", "workflow"}
    head = {key: value for key, value in data.items() if key not in own}
    draft.head, _ = _fit(draft, Head, head, (), valid=File.model_fields)
    _inputs(draft, data)
    draft.defaults, _ = _section(draft, Defaults, data, "defaults")
    _stages(draft, data)


def _section(draft: Draft, model: type[_Model], data: dict[str, Any], key: str) -> tuple[_Model, set[str]]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        draft.say((key,), f'"{key}" must be a mapping, not {shown(value)}')
        draft.lost.add(key)
        value = {}
    return _fit(draft, model, value, (key,))


def _inputs(draft: Draft, data: dict[str, Any]) -> None:
    given = data.get("inputs", {})
    if not isinstance(given, dict):
        draft.say(("inputs",), f'"inputs" must be a mapping of names, not {shown(given)}')
        draft.lost.add("inputs")
        return
    for name, said in given.items():
        path: Path = ("inputs", name)
        spelled = {"type": said} if isinstance(said, str) else said
        if not re.fullmatch(INPUT_NAME, name):
            draft.say(path, f'"{one_line(name, 50)}" must be a name of letters, digits, - and _', key=True)
        if not isinstance(spelled, dict):
            draft.say(path, f"an input must be a type or a mapping, not {shown(said)}", "such as: string")
            draft.lost.add(f"inputs.{name}")
            spelled = {}
        draft.inputs[name], lost = _fit(draft, InputShape, spelled, path)
        if lost:
            draft.lost.add(f"inputs.{name}")


def _stages(draft: Draft, data: dict[str, Any]) -> None:
    given = data.get("workflow")
    if "workflow" not in data:
        draft.lost.add("workflow")
        if not any(key_meant(key, ["workflow"]) for key in data):
            draft.say((), '"workflow" is missing: the list of stages')
        return
    if not isinstance(given, list):
        draft.say(("workflow",), f'"workflow" must be a list of stages, not {shown(given)}')
    elif not given:
        draft.say(("workflow",), '"workflow" must be a list of at least one stage')
    elif len(given) > MOST_STAGES:
        draft.say(("workflow", MOST_STAGES), f"a workflow has at most {MOST_STAGES} stages")
    else:
        for at, each in enumerate(given):
            _stage(draft, at, each)
        return
    draft.lost.add("workflow")


def _stage(draft: Draft, at: int, data: object) -> None:
    path: Path = ("workflow", at)
    if not isinstance(data, dict):
        draft.say(path, f"a stage must be a mapping, not {shown(data)}", "such as: - name: build")
        draft.nameless = True
        return
    data = _with_type(draft, data, path)
    kind = _kind(draft, data, path)
    model = STAGES[kind or "agent"]
    known = {key: value for key, value in data.items() if key != "type"}
    lost: set[str] = set()
    if kind is None:  # its keys are unknown, except those that all stages have
        lost = set(model.model_fields)
        common = ("name", "needs", "when", "join", "parallel")
        known = {key: value for key, value in known.items() if key in common}
        lost -= set(common)
        known["prompt"] = "x"
    shape, more = _fit(draft, model, known | {"type": kind or "agent"}, path)
    name = data.get("name")
    lost |= more
    if not isinstance(name, str) or not name.strip():
        draft.nameless = True
        name = ""
    draft.stages.append(Drafted(at, name, _with_defaults(draft, shape, lost), frozenset(lost)))


def _with_type(draft: Draft, data: dict[str, Any], path: Path) -> dict[str, Any]:
    """The stage with its `type`, if that is only misspelt; else unchanged."""
    known = {key for model in STAGES.values() for key in model.model_fields}
    slip = next((key for key in data if key not in known and key_meant(key, ["type"])), None)
    if slip is None or "type" in data or not isinstance(data[slip], str) or data[slip] not in STAGES:
        return data
    draft.say((*path, slip), f'unknown key "{one_line(slip, 50)}"', 'did you mean "type"?', key=True)
    return {key: value for key, value in data.items() if key != slip} | {"type": data[slip]}


def _kind(draft: Draft, data: dict[str, Any], path: Path) -> str | None:
    """The type of a stage; `None` if unknown."""
    said = data.get("type", "agent")
    if isinstance(said, str) and said in STAGES:
        if "type" not in data and "prompt" not in data:
            for key, kind in _ONLY_OF.items():
                if key in data:
                    where = (*path, key)
                    draft.say(where, f'"{key}" requires type {kind}', f"add: type: {kind}", key=True)
                    return None
        return said
    valid = ", ".join(STAGES)
    near = did_you_mean(said, STAGES) if isinstance(said, str) else ""
    draft.say((*path, "type"), f'"type" must be one of {valid}, not {shown(said)}', near)
    return None


def _with_defaults(draft: Draft, shape: AnyStage, lost: set[str]) -> AnyStage:
    given = draft.defaults.model_dump(exclude_none=True)
    free = {
        key: value
        for key, value in given.items()
        if key in type(shape).model_fields and key not in shape.model_fields_set and key not in lost
    }
    return shape.model_copy(update=free)


def _fit(
    draft: Draft,
    model: type[_Model],
    data: dict[str, Any],
    path: Path,
    valid: Iterable[str] = (),
) -> tuple[_Model, set[str]]:
    """The data in its shape, and the keys that did not fit."""
    bad = {key for key, value in data.items() if value is None and key in model.model_fields}
    for key in bad:
        draft.say((*path, key), f'"{key}" has no value', "give it one, or omit it", key=True)
    try:
        found: list[Any] = []
        if not bad:
            return model.model_validate(data), set()
        model.model_validate(
            {key: value for key, value in data.items() if key not in bad} | _stand_ins(model, bad)
        )
    except ValidationError as error:
        found = error.errors(include_url=False)
    strays = [str(each["loc"][0]) for each in found if each["type"] == "extra_forbidden"]
    for number, each in enumerate(found):
        key = str(each["loc"][0])
        if number >= _MOST_OF_ONE:
            bad.add(key)
            continue
        if key in bad:
            continue
        bad.add(key)
        if each["type"] == "extra_forbidden":
            known = [each for each in valid or model.model_fields if each not in data]
            _stray(draft, model, (*path, key), known)
        elif each["type"] == "missing":
            # a similar key has already been reported as unknown
            if not any(key_meant(stray, [key]) for stray in strays):
                draft.say(path, f'the stage has no "{key}"')
        else:
            where, what, hint = in_words(each, path)
            draft.say(where, what, hint)
    kept = {key: value for key, value in data.items() if key not in bad}
    return model.model_validate(kept | _stand_ins(model, bad)), bad


def _stand_ins(model: type[BaseModel], keys: set[str]) -> dict[str, str]:
    """Stands in for what is missing or wrong and required."""
    return {key: "x" for key, field in model.model_fields.items() if key in keys and field.is_required()}


def _stray(draft: Draft, model: type[BaseModel], path: Path, valid: Iterable[str]) -> None:
    """Reports a key that does not belong there."""
    key = str(path[-1])
    owners = [kind for kind, stage in STAGES.items() if key in stage.model_fields]
    mine = next((kind for kind, stage in STAGES.items() if stage is model), "")
    if mine and owners:
        of = " or ".join(owners)
        draft.say(path, f'"{one_line(key, 50)}" is a key of {of}, not of {mine}', key=True)
        return
    said = key_meant(key, valid) or f"valid here: {', '.join(valid)}"
    draft.say(path, f'unknown key "{one_line(key, 50)}"', said, key=True)
