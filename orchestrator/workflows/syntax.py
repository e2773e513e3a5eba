"""Translates the YAML parser's errors to text that says what to do."""

import re

import yaml

from orchestrator.core.text.clean import one_line

_SAID = (
    (r"found character '\\t'", "a tab is not allowed here", "indent with spaces"),
    (r"found character '(.)' that cannot start", 'a string cannot begin with "{}"', "quote it"),
    (
        r"mapping values are not allowed",
        'a ":" is not allowed here',
        'a string that contains ": " needs quotes',
    ),
    (
        r"expected <block end>",
        "wrong indentation",
        "align items of one group in the same column",
    ),
    (
        r"found unknown escape character '(.)'",
        'unknown escape "\\{}"',
        "single quotes have no escapes",
    ),
)
"""By the parser's message: what is wrong, and what to do."""

_SAID_OF_BEGINNING = (
    (r"found unexpected end of stream", "unclosed quotes", ""),
    (r"could not find expected ':'", "missing colon after this key", "or the preceding line needs quotes"),
    (r"expected ',' or '[]}]', but got '<", "unclosed bracket", ""),
)
"""The same if the position is where the problem begins, not where the parser gave up."""

_IN_BRACKETS = re.compile(r"expected ',' or '([]}])'")


def in_words(error: yaml.MarkedYAMLError) -> tuple[str, str, bool]:
    """What is wrong, what to do about it, and whether its position is the error's context."""
    problem = error.problem or error.context or "something is missing"
    for table in (_SAID, _SAID_OF_BEGINNING):
        for pattern, what, hint in table:
            if found := re.search(pattern, problem):
                return f"not valid YAML: {what.format(*found.groups())}", hint, table is _SAID_OF_BEGINNING
    if found := _IN_BRACKETS.search(problem):
        hint = "within brackets a string with one of ,?:[]{} needs quotes"
        return f'not valid YAML: a "," or "{found[1]}" is missing here', hint, False
    return f"not valid YAML: {one_line(problem)}", "", False
