"""What the YAML parser complains about, in words that say what to do."""

import re

import yaml

from orchestrator.core.text import one_line

_SAID = (
    (r"found character '\\t'", "a tab can't stand here", "indent with spaces"),
    (r"found character '(.)' that cannot start", 'a text can\'t begin with "{}"', "put it in quotes"),
    (r"mapping values are not allowed", 'a ":" can\'t stand here', 'a text that holds ": " needs quotes'),
    (
        r"expected <block end>",
        "the indentation does not fit",
        "what belongs together begins in the same column",
    ),
    (
        r"found unknown escape character '(.)'",
        'the escape "\\{}" has no meaning',
        "in single quotes there are none",
    ),
)
"""By what the parser says: what is wrong, and what to do."""

_SAID_OF_BEGINNING = (
    (r"found unexpected end of stream", "the quotes that begin here are never closed", ""),
    (r"could not find expected ':'", "this key has no colon behind it", "or what precedes it needs quotes"),
    (r"expected ',' or '[]}]', but got '<", "the bracket that opens here is never closed", ""),
)
"""The same where the place is that at which the trouble begins, not that at which the parser gave up."""

_IN_BRACKETS = re.compile(r"expected ',' or '([]}])'")


def in_words(error: yaml.MarkedYAMLError) -> tuple[str, str, bool]:
    """What is wrong, what to do about it, and whether its place is the error's context."""
    problem = error.problem or error.context or "something is missing"
    for table in (_SAID, _SAID_OF_BEGINNING):
        for pattern, what, hint in table:
            if found := re.search(pattern, problem):
                return f"not valid YAML: {what.format(*found.groups())}", hint, table is _SAID_OF_BEGINNING
    if found := _IN_BRACKETS.search(problem):
        hint = "within brackets a text with one of ,?:[]{} needs quotes"
        return f'not valid YAML: a "," or "{found[1]}" is missing here', hint, False
    return f"not valid YAML: {one_line(problem)}", "", False
