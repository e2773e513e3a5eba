r"""What stands in double braces in a workflow file: names of values, and nothing else; no code.

`{{ inputs.x }}` and `{{ item }}` (of a fan-out) are filled in when a run begins, `{{ stages.y.summary }}` and
`{{ stages.y.branch }}` when the stage that holds them does. A single backslash before the braces makes them
text: `\{{ x }}` becomes `{{ x }}`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

OPEN = "{{"
LITERAL = "\\{{"
_MARK = re.compile(r"(?<!\\)\\\{\{|\{\{([^{}]{0,200})\}\}")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something in double braces, or braces that are text, whose `name` is `None`. `start` is the offset of
    the first brace, `end` that behind the mark."""

    start: int
    end: int
    name: str | None


def marks(text: str) -> Iterator[Mark]:
    """In the order of the text. Braces that hold more than 200 characters, or braces, are no mark."""
    for found in _MARK.finditer(text):
        name = found[1]
        yield Mark(found.start() + (name is None), found.end(), None if name is None else name.strip())


def holes(text: str) -> tuple[tuple[int, str], ...]:
    """(offset, name) of everything in double braces, the name as it stands there, stripped."""
    return tuple((mark.start, mark.name) for mark in marks(text) if mark.name is not None)


def fill(text: str, values: Mapping[str, str], *, last: bool = True) -> str:
    """The text with every hole whose name is in `values` filled; the others stay. What is filled in is not
    looked at for holes again. Braces that are text lose their backslash where this is the `last` filling."""

    def said(found: re.Match[str]) -> str:
        if found[1] is None:
            return OPEN if last else LITERAL
        return values.get(found[1].strip(), found[0])

    return _MARK.sub(said, text)
