"""Unusual names of files: as git quotes them in the headers of a patch, and as they are shown."""

import re

from orchestrator.core.text.clean import shown

_LETTERS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_PIECE = re.compile(r'\\([0-7]{1,3}|[abtnvfr"\\])|([^\\"]+)')


def visible(path: str) -> str:
    """The name in one line, with its unusual characters visible: `^[`, `<U+202E>`, `\\n`, `\\t`."""
    return shown(path).replace("\n", "\\n").replace("\t", "\\t")


def unquoted(said: str) -> str:
    """The name that a header gives, quoted or not; a byte that is no UTF-8 is written as `\\xff`."""
    if not said.startswith('"'):
        return said
    return quoted_at(said, 0)[0]


def quoted_at(text: str, start: int) -> tuple[str, int]:
    """The name whose opening quote is at `start`, and where its text goes on after the closing quote."""
    name = bytearray()
    at = start + 1
    while found := _PIECE.match(text, at):
        escape, plain = found.groups()
        if plain is not None:
            name += plain.encode(errors="backslashreplace")
        elif escape in _LETTERS:
            name.append(_LETTERS[escape])
        else:
            name.append(int(escape, 8) & 0xFF)
        at = found.end()
    return name.decode(errors="backslashreplace"), at + 1


def both_sides(rest: str) -> tuple[str, str]:
    """The two names of a line `diff --git a/x b/y`, after its first two words, prefixes included.

    Git does not quote spaces, so that only the line of one name for both sides has one meaning; where the
    names differ, other headers give them.
    """
    if rest.startswith('"'):
        old, at = quoted_at(rest, 0)
        return old, unquoted(rest[at + 1 :])
    if rest.endswith('"') and (start := rest.find(' "')) >= 0:
        return rest[:start], unquoted(rest[start + 1 :])
    middle = len(rest) // 2
    if len(rest) % 2 and rest[middle] == " " and rest[2:middle] == rest[middle + 3 :]:
        return rest[:middle], rest[middle + 1 :]
    old, _, new = rest.partition(" b/")
    return old, f"b/{new}"
