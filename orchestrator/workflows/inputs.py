"""The inputs of a workflow: checks their defaults, and reads given values by type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.core.text.clean import one_line
from orchestrator.workflows.fitting import Draft
from orchestrator.workflows.problems import nearest, shown
from orchestrator.workflows.reading import INTEGER, NUMBER, UNFIT, Path, read
from orchestrator.workflows.shape import InputShape

_WRITTEN = {"integer": INTEGER, "number": NUMBER, "boolean": re.compile("true|false", re.IGNORECASE)}
_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list of strings or numbers",
}
_PLACEHOLDERS = {
    "string": "TEXT",
    "integer": "INTEGER",
    "number": "NUMBER",
    "boolean": "true|false",
    "list": "ITEM,…",
}


@dataclass(frozen=True, slots=True)
class Value:
    """The value of an input: its text, and for a list its items. `guessed` if it was not given, so that
    neither is known."""

    text: str
    items: tuple[str, ...] | None = None
    guessed: bool = False


def words(value: object) -> str:
    """The value as templates insert it: booleans in lower case, as in YAML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_items(items: list[str]) -> Value:
    return Value(", ".join(items), tuple(items))


# --- the file's part ------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """Reports errors in the defaults and choices."""
    for name, shape in draft.inputs.items():
        if f"inputs.{name}" in draft.lost:
            continue
        path: Path = ("inputs", name)
        of_items = "string" if shape.type == "list" else shape.type
        good = True
        for at, choice in enumerate(shape.choices):
            fits = isinstance(choice, str | int | float) if shape.type == "list" else _fits(of_items, choice)
            good &= fits or _say_unfit(draft, (*path, "choices", at), of_items, choice)
        if "choices" in shape.model_fields_set and not shape.choices:
            draft.say((*path, "choices"), '"choices" must be a list of at least one value')
        if "default" in shape.model_fields_set:
            _default(draft, shape, (*path, "default"), chosen=good)


def _default(draft: Draft, shape: InputShape, path: Path, *, chosen: bool) -> None:
    value = shape.default
    name = path[1]
    if not _fits(shape.type, value):
        draft.lost.add(f"inputs.{name}")
        _say_unfit(draft, path, shape.type, value)
        return
    found = _written(draft, path, value)
    for at, each in enumerate(found.items if found.items is not None else (found.text,)):
        where = path if found.items is None else (*path, at)
        if "{{" in each:
            draft.lost.add(f"inputs.{name}")
            draft.say(where, 'a default must not contain "{{"', "it would be taken for a template")
        elif chosen and shape.choices and not _chosen(each, shape):
            _say_choice(draft, where, each, shape)


def _fits(kind: str, value: object) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case _:
            return isinstance(value, list) and all(isinstance(each, str | int | float) for each in value)


def _say_unfit(draft: Draft, path: Path, kind: str, value: object) -> bool:
    hint = "quote it" if kind == "string" and isinstance(value, int | float) else ""
    name = next(each for each in reversed(path) if isinstance(each, str))
    of = "each of " if isinstance(path[-1], int) else ""
    draft.say(path, f'{of}"{name}" must be {_KINDS[kind]}, not {shown(value)}', hint)
    return False


def choices(shape: InputShape) -> list[str]:
    """The allowed values of the input, as text; empty for any."""
    return [words(each) for each in shape.choices]


def _say_choice(draft: Draft, path: Path, text: str, shape: InputShape, name: str = "") -> None:
    valid = choices(shape)
    near = nearest(text, valid)
    who = f'the input "{name}"' if name else "the default"
    hint = f'did you mean "{near}"?' if near else ""
    draft.say(path, f'{who} must be one of {", ".join(valid)}, not "{one_line(text, 50)}"', hint)


def _written(draft: Draft, path: Path, value: Any) -> Value:
    """A value of the file, as it is written there."""
    if isinstance(value, list):
        return _of_items([draft.source.words.get((*path, at), words(each)) for at, each in enumerate(value)])
    as_text = isinstance(value, str | bool)
    return Value(words(value) if as_text else draft.source.words.get(path, words(value)))


# --- values for a run -----------------------------------------------------------------------------


def guessed(draft: Draft) -> dict[str, Value]:
    """The defaults; for required inputs, their own name stands in."""
    found = {}
    for name, shape in draft.inputs.items():
        if "default" in shape.model_fields_set and _fits(shape.type, shape.default):
            found[name] = _written(draft, ("inputs", name, "default"), shape.default)
        else:
            found[name] = Value(name, (name,) if shape.type == "list" else None, guessed=True)
    return found


def given(draft: Draft, said: Mapping[str, str]) -> dict[str, Value]:
    """The value of each input; missing or invalid ones are recorded in the draft."""
    found = guessed(draft)
    for name, text in said.items():
        if name not in draft.inputs:
            near = nearest(name, draft.inputs)
            valid = f"it has {', '.join(draft.inputs)}" if draft.inputs else "it has none"
            hint = f'did you mean "{near}"?' if near else valid
            draft.say(("inputs",), f'the workflow has no input "{one_line(name, 50)}"', hint, key=True)
        elif (value := _parsed(draft, name, text)) is not None:
            found[name] = value
    for name, value in found.items():
        if value.guessed and name not in said:
            kind = _KINDS[draft.inputs[name].type]
            told = one_line(draft.inputs[name].description, 200)
            draft.say(("inputs", name), f'the input "{name}" is required: {kind}', told, key=True)
    return found


def usage(draft: Draft) -> str:
    """The options that give the inputs, such as `--input ticket=TEXT [--input colour=red|blue]`."""
    found = []
    for name, value in guessed(draft).items():
        shape = draft.inputs[name]
        takes = "|".join(choices(shape)) or _PLACEHOLDERS[shape.type]
        option = f"--input {name}={takes}"
        found.append(option if value.guessed else f"[{option}]")
    return f"Usage: {one_line(' '.join(found), 400)}" if found else "It has no inputs."


def _parsed(draft: Draft, name: str, text: str) -> Value | None:
    shape = draft.inputs[name]
    path: Path = ("inputs", name)
    if UNFIT.search(text):
        draft.say(path, f'the input "{name}" contains a control character', key=True)
        return None
    value = _listed(text) if shape.type == "list" else Value(text if shape.type == "string" else text.strip())
    kind = _WRITTEN.get(shape.type)
    if value is None or (kind and not kind.fullmatch(text.strip())):
        draft.say(path, f'the input "{name}" must be {_KINDS[shape.type]}, not {shown(text)}', key=True)
        return None
    if shape.type == "boolean":
        value = Value(value.text.lower())
    for each in value.items if value.items is not None else (value.text,):
        if "{{" in each:
            what = f'the input "{name}" must not contain "{{{{"'
            draft.say(path, what, "it would be taken for a template", key=True)
            return None
        if shape.choices and not _chosen(each, shape):
            _say_choice(draft, path, each, shape, name)
            return None
    return value


def _chosen(text: str, shape: InputShape) -> bool:
    if shape.type in ("integer", "number"):
        return float(text) in [float(each) for each in shape.choices]
    return text in choices(shape)


def _listed(text: str) -> Value | None:
    """Words separated by commas, or a list in YAML or JSON."""
    if not text.lstrip().startswith("["):
        return _of_items([each.strip() for each in text.split(",") if each.strip()])
    source = read(text.strip())
    if source.problems or not _fits("list", source.data):
        return None
    return _of_items([source.words[(at,)] for at in range(len(source.data))])
