"""What a wildcard never matches, whatever the program's options: files elsewhere, more of a script."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from orchestrator.core.rules import paths, programs, subscripts
from orchestrator.core.rules.git import command_at
from orchestrator.core.rules.known import words

_CLASS = re.compile(r"\[[^]]*\]")
_SHELL = frozenset(";&|<>()\n`$")
_WRITE = words(
    """
    chgrp chmod chown cp dd gzip install ln mkdir mkfifo mv patch rm rmdir rsync shred tee touch truncate
    unlink unzip
    """
)
_GIT_WRITES = words("apply archive bundle checkout clean clone format-patch init mv restore rm worktree")
_GIT_REACHES = words("push fetch pull")
_IN_PLACE = re.compile(r"-[A-Za-z]*i|--in-place")
_TO_FILE = re.compile(
    r"-[A-Za-z]*[oODc]|--(?:output|dump-header|cookie-jar|remote-name|create-file|trace|etag)"
)
_RUN_FILES = programs.INTERPRETERS | programs.RUN_THEIR_ARGUMENTS


def goes_on(pattern: str, word: str) -> bool:
    """Whether a wildcard of the pattern matches what a shell would not treat as plain words."""
    fixed = _CLASS.sub("", pattern)
    return any(word.count(sign) != fixed.count(sign) for sign in _SHELL)


def reaches(said: Sequence[str], patterns: Sequence[str]) -> str:
    """Why a word of the command, each matched by one of the patterns, leads elsewhere; empty for none."""
    said, patterns = _what_runs(said, patterns)
    if not said:
        return ""
    program = programs.base(said[0])
    pairs = zip(said[1:], patterns[1:], strict=True)
    wild = [(word, pattern) for word, pattern in pairs if set(pattern) & set("*?[") and word != pattern]
    if odd := subscripts.runs(program, said, [word for word, _ in wild]):
        return f"{program} may run the text of {odd}"
    match program:
        case "git":
            odd = _git(said, wild)
        case "curl":
            odd = _curl(said, wild)
        case "sed" if any(_IN_PLACE.match(word) for word in said[1:]):
            script = next((word for word in said[1:] if not word.startswith("-")), "")
            odd = _elsewhere([(word, pattern) for word, pattern in wild if word != script])
        case _ if program in _WRITE:
            odd = _elsewhere(wild)
        case _ if program in _RUN_FILES:
            odd = _elsewhere([(word, pattern) for word, pattern in wild if pattern != "*"])
        case _:
            odd = ""
    return f"{program} {odd}: the pattern must name it" if odd else ""


def _what_runs(said: Sequence[str], patterns: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Without assignments, and without programs that run another."""
    while True:
        start = next((at for at, word in enumerate(said) if not programs.sets_variable(word)), len(said))
        said, patterns = said[start:], patterns[start:]
        at = programs.inner(said) if said else None
        if not at:
            return said, patterns
        said, patterns = said[at:], patterns[at:]


def _git(said: Sequence[str], wild: list[tuple[str, str]]) -> str:
    at = command_at(said)
    command = said[at] if at < len(said) else ""
    if command in _GIT_WRITES:
        return _elsewhere(wild)
    if command not in _GIT_REACHES:
        return ""
    remote = next((word for word in said[at + 1 :] if not word.startswith("-")), "")
    for word, pattern in wild:
        if word[:1] in (":", "+") and word[0] != pattern[0]:
            return word
        if (
            word == remote
            and (":" in word or word.startswith(("/", "~", ".")))
            and not set(pattern) & set(":/")
        ):
            return word
    return ""


def _curl(said: Sequence[str], wild: list[tuple[str, str]]) -> str:
    for word, _ in wild:
        scheme = word.partition(":")[0].casefold()
        if ":" in word and (scheme == "file" or set(scheme) & set("{[")):
            return word
    writes = any(_TO_FILE.match(word) for word in said[1:])
    return _elsewhere([each for each in wild if "://" not in each[0]]) if writes else ""


def _elsewhere(wild: list[tuple[str, str]]) -> str:
    """The first word that is outside the worktree, or hidden in it, and not named by its pattern."""
    return next((word for word, pattern in wild if _is_elsewhere(word, pattern)), "")


def _is_elsewhere(word: str, pattern: str) -> bool:
    values, named = word.split("="), pattern.split("=")
    for value, named_value in zip(values, (*named, *("*" for _ in values)), strict=False):
        if value.startswith(("/", "~")) and value[0] != named_value[:1]:
            return True
        parts = named_value.split("/")
        if any(_is_hidden(part, parts) for part in value.split("/")):
            return True
    return False


def _is_hidden(part: str, named: Sequence[str]) -> bool:
    if part in ("", ".") or part in named:
        return False
    if part == "..":
        return True
    begun = any(
        each[:1] == "." and each[1:2] not in ("", "*", "?", "[") and fnmatchcase(part, each) for each in named
    )
    return bool(paths.kept_apart(part)) and not (begun and not paths.is_special(part))
