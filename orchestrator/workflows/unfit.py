"""Pydantic's errors in the user's terms."""

from typing import Any

from orchestrator.core.text.clean import one_line
from orchestrator.workflows.problems import did_you_mean, shown
from orchestrator.workflows.reading import Path
from orchestrator.workflows.values import UnfitError

_BOOLEANS = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""Words that other YAML parsers take for these."""


def in_words(error: Any, path: Path) -> tuple[Path, str, str]:
    """Position, error and hint of one of pydantic's errors about the value at `path`."""
    cause = error.get("ctx", {}).get("error")
    where: Path = (*path, *error["loc"])
    given = error["input"]
    hint = ""
    if isinstance(cause, UnfitError):
        where, given = (*where, *cause.path), cause.given
        hint = f'did you mean "{cause.near}"?' if cause.near else ""
        if cause.said:
            return where, cause.said, hint
    elif error["type"] == "literal_error" and isinstance(given, str):
        hint = did_you_mean(given, _choices(error))
    elif error["type"] == "string_type" and isinstance(given, bool | int | float):
        hint = "quote it"
    elif error["type"] == "bool_type" and isinstance(given, str) and given.lower() in _BOOLEANS:
        hint = f"write: {_BOOLEANS[given.lower()]}"
    return where, f"{_called(where)} must be {_expected(error)}, not {shown(given)}", hint


def _called(path: Path) -> str:
    """The value, as the beginning of a sentence."""
    name = next((each for each in reversed(path) if isinstance(each, str)), "")
    of = "the outcome of " if "when" in path[:-1] else "each of " if isinstance(path[-1], int) else ""
    return f'{of}"{one_line(name, 50)}"'


def _choices(error: Any) -> list[str]:
    return [each.strip("'") for each in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]


def _expected(error: Any) -> str:
    bound = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(bound["error"])
        case "literal_error":
            return f"one of {', '.join(_choices(error))}" if len(_choices(error)) > 1 else _choices(error)[0]
        case "greater_than_equal":
            return f"at least {bound['ge']}"
        case "less_than_equal":
            return f"at most {bound['le']}"
        case "int_type":
            return "a whole number"
        case "bool_type":
            return "true or false"
        case "string_type":
            return "a text"
        case "list_type":
            return "a list"
        case _:
            return str(error["msg"])
