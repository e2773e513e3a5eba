"""What stands in double braces in a workflow file: names of values, and nothing else; no code.

`{{ inputs.x }}` and `{{ item }}` (of a fan-out) are filled in when a run begins, `{{ stages.y.summary }}` and
`{{ stages.y.branch }}` when the stage that holds them does.
"""

import re
from collections.abc import Mapping

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def holes(text: str) -> tuple[tuple[int, str], ...]:
    """(offset, name) of everything in double braces, the name as it stands there, stripped."""
    return tuple((found.start(), found[1].strip()) for found in _HOLE.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every hole whose name is in `values` filled; the others stay. What is filled in is not
    looked at for holes again."""
    return _HOLE.sub(lambda found: values.get(found[1].strip(), found[0]), text)
