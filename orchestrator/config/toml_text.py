"""TOML with limits: parsed, with the lines of its keys.

Valid TOML can take `tomllib` minutes, or exhaust the stack; such texts are refused.
"""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

LARGEST = 1_000_000
"""Maximum bytes of the user's own file."""
LARGEST_OF_A_REPOSITORY = 64_000
_DEEPEST = 12
_MOST_DOTS = 200
"""In one line: the time for a dotted key grows with the square of its parts."""
_BUDGET = 500_000
"""Maximum characters that are parsed to find the lines of keys; beyond that no line is named."""


class UnfitText(Exception):
    """The text cannot be used. `message` says why, and may end with the place as `tomllib` gives it."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def parsed(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises `UnfitText`."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            raise UnfitText(f"a line with more than {_MOST_DOTS} dots", number)
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise UnfitText(_too_deep()) from None
    except ValueError as error:  # its own errors, and numbers that Python refuses to read
        raise UnfitText(str(error)) from None
    _check_depth(values)
    return values


def _check_depth(values: dict[str, Any]) -> None:
    level: list[Any] = [values]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inside(each) if isinstance(inner, dict | list)]
        if not level:
            return
    raise UnfitText(_too_deep())


def _inside(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, dict) else value)


def _too_deep() -> str:
    return f"tables and lists are nested more than {_DEEPEST} deep"


def line_of(text: str, path: list[str]) -> int | None:
    """The line, from 1, of the statement with this key in a TOML text; `None` if it is not there, or the text
    is too long."""
    return next((line for line, values in _statements(text) if _has(values, path)), None)


@lru_cache(maxsize=2)
def _statements(text: str) -> tuple[tuple[int, dict[str, Any]], ...]:
    """The line on which each statement begins, and its content within its table."""
    found: list[tuple[int, dict[str, Any]]] = []
    header, statement, begins, left = "", "", 1, _BUDGET
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        statement, begins = (f"{statement}\n{line}", begins) if statement else (line, number)
        left -= len(header) + len(statement)
        if left < 0:
            break
        is_header = statement.lstrip().startswith("[")
        try:
            values = tomllib.loads(statement if is_header else f"{header}\n{statement}")
        except ValueError:
            continue  # it continues over several lines
        header = statement if is_header else header
        if header.lstrip().startswith("[["):
            name = next(iter(values))
            counts[name] = counts.get(name, -1) + is_header
            if isinstance(values[name], list):
                values = {name: {str(counts[name]): values[name][0]}}
        found.append((begins, values))
        statement = ""
    return tuple(found)


def _has(values: Any, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(values, list):
        return path[0].isdecimal() and int(path[0]) < len(values) and _has(values[int(path[0])], path[1:])
    if not isinstance(values, dict):
        return False
    # A quoted key may contain dots.
    return any(
        ".".join(path[:n]) in values and _has(values[".".join(path[:n])], path[n:])
        for n in range(1, min(len(path), 2 * _DEEPEST) + 1)
    )
