"""Errors of a workflow file, with their positions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from orchestrator.core.text.clean import one_line

_LONGEST_WORD = 80
MOST = 100
"""Maximum problems that are listed for one file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. Line and column count from 1; `hint` says what to do, or is empty."""

    line: int
    column: int
    what: str
    hint: str = ""
    warning: bool = False
    """A warning: the file can be used all the same."""

    def __str__(self) -> str:
        return f"{self.what} ({self.hint})" if self.hint else self.what


class WorkflowError(Exception):
    """A workflow that cannot be run. `problems` are all errors, in order of position."""

    def __init__(self, problems: Iterable[Problem], file: str = "") -> None:
        self.problems = tuple(problems)
        self.file = file
        super().__init__(listed(self.problems, file))


class InputError(WorkflowError):
    """The file is valid, and its given inputs are not. `usage` names the inputs."""

    def __init__(self, problems: Iterable[Problem], file: str, usage: str) -> None:
        super().__init__(problems, file)
        self.usage = usage

    @property
    def why(self) -> str:
        """What is wrong with the inputs, without positions in the file."""
        return "; ".join(map(str, self.problems))


class WorkflowMissing(Exception):
    """No such workflow: what, why and what to do, each a sentence or empty."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(". ".join(filter(None, (what, why, hint))))
        self.what, self.why, self.hint = what, why, hint


def located(problem: Problem, file: str) -> str:
    """`FILE:LINE:COLUMN: error: words (hint)`, the format of compilers that editors recognise."""
    grade = "warning" if problem.warning else "error"
    return f"{one_line(file) or 'workflow'}:{problem.line}:{problem.column}: {grade}: {problem}"


def listed(problems: Sequence[Problem], file: str) -> str:
    """A line for each problem, up to a maximum."""
    more = len(problems) - MOST
    lines = [located(each, file) for each in problems[:MOST]]
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By position, each once, and safe to show whatever the file contains."""
    fit = (replace(each, what=one_line(each.what, 1000), hint=one_line(each.hint, 1000)) for each in problems)
    return tuple(sorted(dict.fromkeys(fit), key=lambda each: (each.line, each.column, each.warning)))


def nearest(word: str, valid: Iterable[str]) -> str:
    """The nearest valid word, or nothing."""
    if len(word) > _LONGEST_WORD:
        return ""
    known = {each.lower(): each for each in valid}
    return known.get(next(iter(get_close_matches(word.lower(), known, n=1)), ""), "")


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """A hint with the nearest valid word; empty for none."""
    near = nearest(word, valid)
    return f'did you mean "{near}"?' if near else ""


def shown(value: object) -> str:
    """A value of the file as an error names it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{one_line(value, 50)}"'
    if value is None:
        return "nothing"
    kind = "list" if isinstance(value, list) else "mapping"
    return f"a {kind}" if value else f"an empty {kind}"
