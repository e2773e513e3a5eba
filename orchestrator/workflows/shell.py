"""Where in a shell command a value can be inserted, quoted, and remain one word.

A quoted value is safe only where the shell itself would recognise quotes: inside quotes, a here-document, a
comment or arithmetic it would be code. Doubtful positions are refused.
"""

import re
from functools import lru_cache

from orchestrator.core.workflow.template import OPEN, Mark, marks

_READS_AGAIN = re.compile(
    r"(?:^|[;&|(\n])\s*(?:(?:exec|command|sudo|then|do|else|!|\w+=\S*)\s+)*"
    r"(eval|(?:/\S*/)?(?:ba|da|k|z)?sh\s+(?:-\w+\s+)*-\w*c|ssh)\s[^;&|\n]*\Z"
)
_BEFORE_COMMENT = " \t\n;&|()"
_UNSURE = {
    "`": "within backticks",
    "$'": "after $'…'",
    "$(": "within $( )",
    "${": "within ${ }",
    "((": "within (( ))",
    "<<": "after a here-document",
}


def unsafe(command: str, offset: int) -> str:
    """Why a value cannot be inserted at this offset of a mark, as text; empty if it can."""
    return _places(command)[offset]


def alone(command: str, mark: Mark) -> bool:
    """Whether an inserted value touches no other word. A list becomes several words, the second of which
    would otherwise be something new: in `X={{ inputs.list }}`, a command."""
    before, after = command[mark.start - 1 : mark.start], command[mark.end : mark.end + 1]
    return (not before or before.isspace()) and (not after or after.isspace() or after in ";)&|")


def reads_again(command: str, offset: int) -> str:
    """The command that parses the words at this offset again as code, such as `eval`; empty for none."""
    found = _READS_AGAIN.search(command, 0, offset)
    return " ".join(found[1].split()) if found else ""


@lru_cache(maxsize=4)
def _places(command: str) -> dict[int, str]:
    """The shell's state at each mark."""
    found: dict[int, str] = {}
    shell, at = _Shell(), 0
    for mark in marks(command):
        shell.read(command[at : mark.start - (mark.name is None)])
        found[mark.start] = shell.stands_in()
        shell.read("x" if mark.name is not None else OPEN)
        at = mark.end
    return found


class _Shell:
    """As much of a shell parser as is needed to know its state at the end of a prefix."""

    def __init__(self) -> None:
        self._quote = self._last = ""
        self._escaped = self._comment = False
        self._unsure = ""

    def stands_in(self) -> str:
        if self._unsure:
            return self._unsure
        if self._comment:
            return "in a comment"
        if self._quote:
            return "within quotes"
        return "after a backslash" if self._escaped else ""

    def read(self, text: str) -> None:
        for char in text:
            if self._unsure:
                return
            escaped = self._escaped and not self._comment and self._quote != "'"
            self._take(char)
            # an escaped character begins nothing with what follows
            self._last = char if not escaped else " " if char in _BEFORE_COMMENT else "x"

    def _take(self, char: str) -> None:
        if self._comment:
            self._comment = char != "\n"
        elif self._quote == "'":
            self._quote = "" if char == "'" else self._quote
        elif self._escaped:
            self._escaped = False
        elif char == "\\":
            self._escaped = True
        else:
            self._plain(char)

    def _plain(self, char: str) -> None:
        pair = f"{self._last}{char}"
        if self._quote == '"':
            self._quote = "" if char == '"' else self._quote
            if pair in ("$(", "${") or char == "`":
                self._unsure = _UNSURE.get(char) or _UNSURE[pair]
        elif char in _UNSURE or pair in _UNSURE:
            self._unsure = _UNSURE.get(char) or _UNSURE[pair]
        elif char in "'\"":
            self._quote = char
        elif char == "#" and (not self._last or self._last in _BEFORE_COMMENT):
            self._comment = True
