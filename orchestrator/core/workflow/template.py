r"""Placeholders in double braces in a workflow file: names of values only; no code.

`{{ inputs.x }}` and `{{ item }}` (of a fan-out) are filled in when a run starts, `{{ stages.y.summary }}` and
`{{ stages.y.branch }}` when the stage that contains them does. A single backslash before the braces makes
them literal: `\{{ x }}` becomes `{{ x }}`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

OPEN = "{{"
LITERAL = "\\{{"
_MARK = re.compile(r"(?<!\\)\\\{\{|\{\{([^{}]{0,200})\}\}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A placeholder, or literal braces, whose `name` is `None`. `start` is the offset of the first brace,
    `end` that behind the mark."""

    start: int
    end: int
    name: str | None


def marks(text: str) -> Iterator[Mark]:
    """In the order of the text. Braces that contain more than 200 characters, or braces, are no mark."""
    for found in _MARK.finditer(text):
        name = found[1]
        yield Mark(found.start() + (name is None), found.end(), None if name is None else name.strip())


def holes(text: str) -> tuple[tuple[int, str], ...]:
    """(offset, name) of every placeholder, with the name as written, stripped."""
    return tuple((mark.start, mark.name) for mark in marks(text) if mark.name is not None)


def fill(text: str, values: Mapping[str, str], *, last: bool = True) -> str:
    """The text with every placeholder whose name is in `values` filled in; the others stay. Inserted text is
    not expanded again. Literal braces lose their backslash if this is the `last` filling."""

    def said(found: re.Match[str]) -> str:
        if found[1] is None:
            return OPEN if last else LITERAL
        return values.get(found[1].strip(), found[0])

    return _MARK.sub(said, text)
