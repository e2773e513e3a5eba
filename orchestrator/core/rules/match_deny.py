"""Whether a pattern that denies, or asks, occurs in a command.

It is looked for in everything that would run, whatever precedes the program, in any quotes, and past options
between the words that it names. If the command only mentions those words, the user decides whether it runs
them.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from orchestrator.core.rules import naming, words
from orchestrator.core.rules.programs import base, sets_variable
from orchestrator.core.rules.rule import NO, YES, Fit
from orchestrator.core.rules.script import Command, Script, Word

_OPERATORS = re.compile(r"[;&|<>`$()\n\r]+")
_MOST_TRIES = 20_000
_DEEPEST = 300


def fit(pattern: str, command: str, script: Script | None) -> Fit:
    """`script` is the parser's result; without one the command is split as well as possible."""
    if not command.strip():
        return NO
    texts = (command, *(part.strip() for part in _OPERATORS.split(command)))
    if any(fnmatchcase(text, pattern) for text in texts if text):
        return YES
    commands = script.commands if script is not None else _taken_apart(command)
    if any(fnmatchcase(text, pattern) for each in commands for text in _forms(each)):
        return YES
    wanted = [re.sub(r"[\\'\"]", "", word) for word in pattern.split()]
    found = {_found(wanted, each) for each in commands}
    if "yes" in found or _with_operators(pattern, command):
        return YES
    if "maybe" in found:
        return Fit("maybe", "part of the command is only known when it runs")
    if script is not None and script.hidden:
        return Fit("maybe", script.hidden)
    named = naming.names(pattern, command, (word.text for each in commands for word in each))
    return Fit("maybe", named) if named else NO


def _taken_apart(command: str) -> tuple[Command, ...]:
    plain = words.read(command)
    if isinstance(plain, words.SimpleCommands):
        return plain.commands
    return tuple(tuple(map(Word, part.split())) for part in _OPERATORS.split(command) if part.strip())


def _forms(command: Command) -> Iterator[str]:
    """The command in a line, also without assignments and the program's folder."""
    texts = [word.text for word in command]
    yield " ".join(texts)
    bare = texts[_program_at(texts) :]
    if bare:
        yield " ".join((base(bare[0]), *bare[1:]))


def _program_at(texts: Sequence[str]) -> int:
    return next((at for at, text in enumerate(texts) if not sets_variable(text)), len(texts))


def _found(pattern: list[str], command: Command) -> str:
    """`yes`, `no`, or `maybe` if it depends on what the shell expands a word to."""
    start = _program_at([word.text for word in command])
    if start >= len(command) or not pattern:
        return "no"
    head = command[start]
    program = Word(base(head.text).casefold(), head.literal, head.glob)
    named = [pattern[0].casefold() if "/" not in pattern[0] else base(pattern[0]).casefold(), *pattern[1:]]
    tries = [0]
    return _matches(named, (program, *command[start + 1 :]), tries)


def _matches(pattern: list[str], command: Command, tries: list[int], depth: int = 0) -> str:
    """Options, with or without a value, may be between the words."""
    tries[0] += 1
    depth += 1
    if tries[0] > _MOST_TRIES or depth > _DEEPEST:
        return "maybe"
    if not pattern:
        rest = command
        return "yes" if all(word.text.startswith("-") for word in rest) else "no"
    last = len(pattern) == 1
    if last and pattern[0] == "*":
        return "yes"
    if not command:
        return "no"
    word, found = command[0], "no"
    if not word.literal or word.glob:
        found = "maybe"
        if _matches(pattern, command[1:], tries, depth) == "yes":
            return "yes"
    if fnmatchcase(word.text, pattern[0]):
        after = (
            "yes" if last and pattern[0].endswith("*") else _matches(pattern[1:], command[1:], tries, depth)
        )
        if after == "yes":
            return "yes"
        found = "maybe" if "maybe" in (found, after) else found
    if pattern[0] == "*" and not last:
        after = _matches(pattern, command[1:], tries, depth)
        if after == "yes":
            return "yes"
        found = "maybe" if "maybe" in (found, after) else found
    if word.text.startswith("-"):
        for skipped in (1, 2):
            after = _matches(pattern, command[skipped:], tries, depth)
            if after == "yes":
                return "yes"
            found = "maybe" if "maybe" in (found, after) else found
    return found


def _with_operators(pattern: str, command: str) -> bool:
    """A pattern with operators is looked for with any spaces around them."""
    if not _OPERATORS.search(pattern):
        return False
    spaced, wanted = (
        _OPERATORS.sub(lambda sign: f" {sign[0]} ", text).split() for text in (command, pattern)
    )
    return fnmatchcase(" ".join(spaced), " ".join(("*", *wanted, "*"))) or fnmatchcase(
        " ".join(spaced), " ".join(wanted)
    )
