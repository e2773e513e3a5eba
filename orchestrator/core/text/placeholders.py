"""Placeholders in single braces, as in `{parent}/{repo}-orch/{slug}`: only names, no expressions.

`{{` and `}}` are literal braces.
"""

import re
from collections.abc import Mapping

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def placeholders(template: str) -> tuple[str, ...] | None:
    """The placeholders as written; `None` for unbalanced braces."""
    found = []
    for part in _PART.finditer(template):
        if part[0] in ("{", "}"):
            return None
        if part[1] is not None:
            found.append(part[1])
    return tuple(found)


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with the values filled in; a name without a value stays."""
    return _PART.sub(
        lambda part: values.get(part[1], part[0]) if part[1] is not None else part[0][:1], template
    )
