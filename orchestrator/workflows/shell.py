"""Where in a shell command a value can be filled in, quoted, and be sure to stay one word.

A value that was quoted is safe only where the shell itself would begin to read quotes: within quotes, in a
here-document, in a comment or in arithmetic it would be code. What can't be told for sure is refused.
"""

import re

_BEFORE_COMMENT = " \t\n;&|()"
_UNSURE = {
    "`": "within backticks",
    "$'": "after $'…'",
    "$(": "within $( )",
    "${": "within ${ }",
    "((": "within (( ))",
    "<<": "after a here-document",
}
_OPEN = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def unsafe(command: str, offset: int) -> str:
    """Why a value can't be filled in at this offset, in words; empty where it can."""
    return _where(_OPEN.sub(lambda found: "x" * len(found[0]), command[:offset]))


def alone(command: str, offset: int) -> bool:
    """Whether what is filled in at this offset touches no other word. A list becomes several words, of which
    the second would else be something new: in `X={{ inputs.list }}`, a command."""
    before = command[offset - 1 : offset]
    found = _OPEN.match(command, offset)
    after = command[found.end() : found.end() + 1] if found else ""
    return (not before or before.isspace()) and (not after or after.isspace() or after in ";)&|")


def _where(before: str) -> str:
    """What the end of this beginning of a command stands in."""
    quote, at = "", 0
    while at < len(before):
        char, pair = before[at], before[at : at + 2]
        if quote == "'":
            quote = "" if char == "'" else quote
        elif char == "\\":
            at += 1
        elif quote == '"':
            quote = "" if char == '"' else quote
            if pair in ("$(", "${") or char == "`":
                return _UNSURE.get(char) or _UNSURE[pair]
        elif char in _UNSURE or pair in _UNSURE:
            return _UNSURE.get(char) or _UNSURE[pair]
        elif char in "'\"":
            quote = char
        elif char == "#" and (at == 0 or before[at - 1] in _BEFORE_COMMENT):
            end = before.find("\n", at)
            if end < 0:
                return "in a comment"
            at = end
        at += 1
    if quote:
        return "within quotes"
    return "after a backslash" if at > len(before) else ""
