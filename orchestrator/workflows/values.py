"""The types of values in a workflow file, each checked with a text that follows "must be"."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from orchestrator.core.text.clean import one_line
from orchestrator.workflows.foreign import outcome_meant
from orchestrator.workflows.problems import nearest
from orchestrator.workflows.reading import Path

OUTCOMES = ("done", "failed", "skipped", "denied")
NAME = r"[a-z0-9][a-z0-9_-]*"
INPUT_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,59}"
_LONGEST_NAME = 60
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([smhd])")
_LONGEST_DURATION = 366 * 86_400.0
_ONE_INPUT = re.compile(r"\{\{\s*inputs\.([^\s{}]+)\s*\}\}")
_NOT_IN_BRANCHES = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|/\.|[/.]$|\.lock(?:/|$)")


class UnfitError(ValueError):
    """What a value must be, worded to follow "must be", and the nearest valid word if there is one.

    `path` leads from the checked value to the invalid part, which is `given`. `said` replaces the whole
    sentence.
    """

    def __init__(
        self, expected: str, given: object = None, near: str = "", path: Path = (), *, said: str = ""
    ) -> None:
        super().__init__(expected)
        self.expected, self.given, self.near, self.path, self.said = expected, given, near, path, said


def _text(value: object) -> Any:
    """The value unchanged, of any type but an empty string. Raises `UnfitError`."""
    if isinstance(value, str) and not value.strip():
        raise UnfitError("a non-empty string", value)
    return value


def _one_line_text(value: object) -> Any:
    """The value: printable, on one line, at most 200 characters. Raises `UnfitError` for anything else."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise UnfitError("one line of text", value)
    return value


def _stage_name(value: object) -> Any:
    """The value. Raises `UnfitError`, with a similar valid name if there is one."""
    expected = f"a name of a-z, 0-9, - and _ that begins with a letter or digit, at most {_LONGEST_NAME} long"
    if not isinstance(value, str):
        raise UnfitError(expected, value)
    if not re.fullmatch(NAME, value) or len(value) > _LONGEST_NAME:
        plain = re.sub(r"[^a-z0-9_-]+", "-", value.lower()).strip("-_")[:_LONGEST_NAME]
        raise UnfitError(expected, value, plain)
    if value == "stop":
        raise UnfitError(expected, said='no stage can be named "stop", which on_deny uses')
    return value


def seconds(value: object) -> float:
    """Seconds from a number or a duration such as `90s`, `30m`, `2h`, `7d`; more than zero."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    number = float(found[1]) * _UNITS[found[2]] if found else value
    if isinstance(number, bool) or not isinstance(number, int | float) or number <= 0:
        raise UnfitError('a duration such as "90s", "30m", "2h" or "7d", or a number of seconds', value)
    if number > _LONGEST_DURATION:
        raise UnfitError("a duration of a year at most", value)
    return float(number)


def seconds_or_none(value: object) -> float:
    """The same; 0 for none."""
    zero = value == 0 and not isinstance(value, bool)
    return 0.0 if zero or value in ("0s", "0m", "0h", "0d") else seconds(value)


def join(value: object) -> int:
    """How many of the needs; 0 for all."""
    if value in ("all", "any"):
        return 0 if value == "all" else 1
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        near = nearest(value, ("all", "any")) if isinstance(value, str) else ""
        raise UnfitError("all, any, or a number from 1", value, near)
    return value


def _when(value: object) -> Any:
    """By stage a list of outcomes, also for a single one. Raises `UnfitError`."""
    if not isinstance(value, dict) or not value:
        raise UnfitError("a mapping of a stage to an outcome or a list of them", value)
    return {stage: _outcomes(said, stage) for stage, said in value.items()}


def _outcomes(value: object, stage: str) -> list[str]:
    expected = f"one of {', '.join(OUTCOMES)}"
    if isinstance(value, list) and value:
        for at, each in enumerate(value):
            _outcome(each, (stage, at), expected)
        return list(value)
    return [_outcome(value, (stage,), f"{expected}, or a list of these")]


def _outcome(value: object, path: Path, expected: str) -> str:
    if isinstance(value, str) and value not in OUTCOMES:
        raise UnfitError(expected, value, outcome_meant(value, OUTCOMES), path)
    return _one_of(value, OUTCOMES, path, expected)


def _one_of(value: object, valid: Sequence[str], path: Path = (), expected: str = "") -> str:
    """The value. Raises `UnfitError` with the nearest valid word."""
    if not isinstance(value, str) or value not in valid:
        near = nearest(value, valid) if isinstance(value, str) else ""
        raise UnfitError(expected or f"one of {', '.join(valid)}", value, near, path)
    return value


def _evidence(value: object) -> Any:
    """A list without repetition. Raises `UnfitError`."""
    return _each_once(value, "a list of diff, tests and summary", ("diff", "tests", "summary"))


def _names(value: object) -> Any:
    """A list of one-line texts without repetition. Raises `UnfitError`."""
    return _each_once(value, "a list of names, such as [a, b]")


def _each_once(value: object, expected: str, valid: Sequence[str] = ()) -> list[str]:
    if not isinstance(value, list):
        raise UnfitError(expected, value)
    for at, each in enumerate(value):
        if not isinstance(each, str) or not each.strip() or not each.isprintable():
            raise UnfitError("a one-line name", each, "", (at,))
        if valid:
            _one_of(each, valid, (at,))
        if each in value[:at]:
            raise UnfitError(expected, path=(at,), said=f'duplicate "{one_line(each, 50)}"')
    return value


def _foreach(value: object) -> Any:
    """A list of strings and numbers, or a template that names one input. Raises `UnfitError`."""
    if isinstance(value, str) and _ONE_INPUT.fullmatch(value.strip()):
        return value
    if not isinstance(value, list):
        raise UnfitError('a list, or "{{ inputs.x }}" of an input that is a list', value)
    if not value:
        raise UnfitError("a non-empty list", value)
    for at, each in enumerate(value):
        if not isinstance(each, str | int | float) or each == "":
            raise UnfitError("a string or a number", each, "", (at,))
    return value


def input_of(foreach_text: str) -> str:
    """The input's name in `{{ inputs.x }}`; empty for anything else."""
    found = _ONE_INPUT.fullmatch(foreach_text.strip())
    return found[1] if found else ""


def branch_trouble(branch: str) -> str:
    """Why git allows no branch with this name, as text; empty if it does."""
    if not branch.strip():
        return "it is empty"
    odd = _NOT_IN_BRANCHES.search(branch)
    if odd or branch in ("@", "HEAD") or not branch.isprintable() or len(branch) > 200:
        if odd and odd[0] == " ":
            return "spaces are not allowed"
        said = one_line(odd[0]) if odd else ""
        return f'''"{said}" is not allowed''' if said else "git does not allow it"
    return ""


def _kind(check: Callable[[object], Any], kind: Any, schema: dict[str, Any]) -> Any:
    return Annotated[kind, BeforeValidator(check), WithJsonSchema(schema)]


_STRINGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_TIME = {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[smhd]\s*$"}
_SCALAR = {"type": ["string", "number", "boolean"]}

Text = Annotated[str, AfterValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
Line = _kind(_one_line_text, str, {"type": "string", "minLength": 1})
StageName = _kind(_stage_name, str, {"type": "string", "pattern": f"^{NAME}$", "maxLength": _LONGEST_NAME})
Duration = _kind(seconds, float, {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, _TIME]})
DurationOrNone = _kind(seconds_or_none, float, {"anyOf": [{"type": "number", "minimum": 0}, _TIME]})
Join = _kind(join, int, {"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}]})
Names = _kind(_names, list[str], _STRINGS)
EvidenceKinds = _kind(
    _evidence,
    list[str],
    {"type": "array", "items": {"enum": ["diff", "tests", "summary"]}, "uniqueItems": True},
)
When = _kind(
    _when,
    dict[str, list[str]],
    {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "anyOf": [
                {"enum": list(OUTCOMES)},
                {"type": "array", "items": {"enum": list(OUTCOMES)}, "minItems": 1},
            ]
        },
    },
)
Foreach = _kind(
    _foreach,
    list[Any] | str,
    {
        "anyOf": [
            {"type": "array", "items": _SCALAR, "minItems": 1},
            {"type": "string", "pattern": r"^\s*\{\{\s*inputs\.[^\s{}]+\s*\}\}\s*$"},
        ]
    },
)
