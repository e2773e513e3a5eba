"""The types of values of settings, each read from what a file or the environment can contain.

Each raises `ValueError` with what is expected, worded to follow "must be".
"""

import json
import re
import shlex
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from orchestrator.config.tmux_keys import tmux_key

_UNITS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*")


def seconds(value: object) -> float:
    """Seconds from a number or a duration such as `90s`, `5m`, `2h`; more than zero."""
    if isinstance(value, str) and (found := _DURATION.fullmatch(value)):
        value = float(found[1]) * _UNITS[found[2] or "s"]
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError('a duration such as "90s", "5m" or "2h", or a number of seconds')
    return float(value)


def duration(value: float) -> str:
    """Seconds as written in a file: `5m`, `90s`, `2.5s`."""
    for unit in ("h", "m"):
        if value >= _UNITS[unit] and value % _UNITS[unit] == 0:
            return f"{value / _UNITS[unit]:g}{unit}"
    return f"{value:g}s"


def _listed(value: object) -> Any:
    """The environment can contain a list only as JSON."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("a list of words") from None
    return tuple(value) if isinstance(value, list) else value


def optional_command_line(value: object) -> Any:
    """The words of a command, or none."""
    return () if value in ("", [], ()) else command_line(value)


def command_line(value: object) -> Any:
    """The words of a command: a list of them, or one string as a shell would split it."""
    value = _listed(value)
    if isinstance(value, str):
        try:
            value = tuple(shlex.split(value))
        except ValueError:
            raise ValueError("a command with balanced quotes") from None
    return _strings(value, "a command: one string or a list of words", empty=False)


def words(value: object) -> Any:
    """A list of words; from the environment also one string separated by spaces."""
    value = _listed(value)
    return _strings(tuple(value.split()) if isinstance(value, str) else value, "a list of words")


def shell_commands(value: object) -> Any:
    """Commands for a shell: a list of them, or a single one."""
    value = _listed(value)
    if isinstance(value, str):
        value = (value,) if value.strip() else ()
    return _strings(value, "a shell command or a list of them")


def _strings(value: object, expected: str, *, empty: bool = True) -> tuple[str, ...]:
    fits = isinstance(value, tuple) and all(isinstance(each, str) and each for each in value)
    if not fits or not (value or empty):
        raise ValueError(expected)
    return tuple(value)  # type: ignore[arg-type]


def variables(value: object) -> Any:
    """A table of environment variables; from the environment as a JSON object."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError("a table of names and strings (in the environment: a JSON object)")
    return value


def worktree_pattern(value: object) -> Any:
    """A file pattern relative to the repository's root, such as `.env*`."""
    patterns = words(value)
    if any(each.startswith(("/", "~")) or ".." in each.split("/") for each in patterns):
        raise ValueError('file patterns inside the repository, such as ".env*"')
    return patterns


_STRINGS = {"type": "array", "items": {"type": "string"}}
_STRING_OR_STRINGS = {"anyOf": [{"type": "string"}, _STRINGS]}

Duration = Annotated[
    float,
    BeforeValidator(seconds),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string"}]}),
]
Command = Annotated[tuple[str, ...], BeforeValidator(command_line), WithJsonSchema(_STRING_OR_STRINGS)]
OptionalCommand = Annotated[
    tuple[str, ...], BeforeValidator(optional_command_line), WithJsonSchema(_STRING_OR_STRINGS)
]
Words = Annotated[tuple[str, ...], BeforeValidator(words), WithJsonSchema(_STRINGS)]
Patterns = Annotated[tuple[str, ...], BeforeValidator(worktree_pattern), WithJsonSchema(_STRINGS)]
ShellCommands = Annotated[
    tuple[str, ...], BeforeValidator(shell_commands), WithJsonSchema(_STRING_OR_STRINGS)
]
Variables = Annotated[dict[str, str], BeforeValidator(variables)]
TmuxKey = Annotated[str, AfterValidator(tmux_key)]
