"""Errors in a configuration, with the place, the value and the fix."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.config.toml_text import UnfitText, line_of
from orchestrator.core.trust.secrets import masked

MOST = 20
"""Maximum problems that are reported for one configuration."""
_LONGEST_KEY = 200
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_SECRET = re.compile(r"(^|[._])env([._]|$)|(mail(\.|__)store)|(notify(\.|__)apprise)", re.IGNORECASE)
"""Keys whose values are kept out of messages, however they are written."""
_INDEX = re.compile(r"\[(\d+)\]")
_NONE = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: an invalid value, or an unknown key."""

    key: str
    file: Path | None = None
    value: Any = _NONE
    expected: str = ""
    """Worded to follow "must be"."""
    unknown: bool = False
    nearest: str = ""
    said: str = ""
    """Replaces the above for other kinds of problem."""
    whole: str = ""
    """The whole sentence, replacing all of the above; `key` only locates it."""
    line: int | None = None
    column: int | None = None
    text: str = field(default="", repr=False)
    """The file's text, in which the key's line is looked up."""

    @classmethod
    def syntax(cls, file: Path, text: str, error: UnfitText) -> "Problem":
        """From a message of `tomllib`, which ends with the place."""
        found = _AT.search(error.message)
        line, column = (found[1], found[2]) if found and found[1] else (error.line, None)
        return cls(
            "",
            file=file,
            said=f"is not valid TOML: {_AT.sub('', error.message)}",
            line=int(line) if line else max(1, len(text.splitlines())),
            column=int(column) if column else None,
        )

    def __str__(self) -> str:
        return f"{self._place()}{self.whole or f'{self._trouble()}{self._hint()}'}"

    def _place(self) -> str:
        if self.file is None:
            return ""
        line = self.line or (self._line() if self.text and self.key else None)
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{f', line {line}{column}' if line else ''}: "

    def _line(self) -> int | None:
        """The line of the key; for a missing key, the first line of its table."""
        path = _INDEX.sub(r".\1", self.key).split(".")
        lines = (line_of(self.text, path[:end]) for end in range(len(path), 0, -1))
        return next((line for line in lines if line), None)

    def _trouble(self) -> str:
        if self.unknown:
            key = self.key if len(self.key) <= _LONGEST_KEY else f"{self.key[: _LONGEST_KEY - 1]}…"
            return f'unknown {"key" if self.file else "setting"} "{key}"'
        if self.said:
            return f'"{self.key}" {self.said}' if self.key else self.said
        hides = self.value is _NONE or isinstance(self.value, dict) or _SECRET.search(self.key)
        value = "" if hides else f" = {_shown(self.value)}"
        return f"{self.key}{value}: must be {self.expected}"

    def _hint(self) -> str:
        return f'. Did you mean "{self.nearest}"?' if self.nearest else "."


class ConfigError(Exception):
    """A configuration that cannot be used. `problems` has the problems found, `str()` their text."""

    def __init__(self, problems: Iterable[Problem], unlisted: int = 0) -> None:
        """`unlisted` is the number of further problems."""
        self.problems = tuple(problems)
        more = len(self.problems) - MOST + unlisted
        said = [str(each) for each in self.problems[:MOST]]
        super().__init__("\n".join([*said, *([f"and {more} more."] if more > 0 else [])]))


def key_of(path: Sequence[str]) -> str:
    """A key for display: `worktree.base`; in a list of tables `rules[2].answer`, counted from 0."""
    key = ""
    for part in path:
        key += f"[{part}]" if part.isdecimal() and key else f".{part}" if key else part
    return key


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        value = masked(value)
        return (
            '"' + "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in value[:80]) + '"'
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(each) for each in value[:8])}]"
    return "a table" if isinstance(value, dict) else str(value)
