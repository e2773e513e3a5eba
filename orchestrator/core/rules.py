"""Rules that answer requests by themselves: what they match, and which of them counts.

They are made to fail safe. An allowing rule matches only what it names in full; one that denies, or leaves
it to the user, matches wherever it can.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

_OPERATORS = ";&|<>`$()\n\r"
_FILE_TOOLS = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Read", "Write"})
_BY_NAME_ALONE = frozenset({"ExitPlanMode"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Empty conditions ask for nothing; `answer` is `allow`, `deny` or `ask`.

    `tool` and `repo` are patterns with `*`, `command` too; `path` is relative to the card's worktree, `**`
    standing for any number of folders.
    """

    name: str
    answer: str
    tool: str = "*"
    command: str = ""
    path: str = ""
    repo: str = ""
    label: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What a request is about, as far as a rule may look at it."""

    tool: str
    command: str = ""
    """The whole command of a Bash call."""
    paths: tuple[str, ...] = ()
    """The files it touches with symlinks and `..` resolved: relative to the worktree where they lie in it,
    absolute where they don't."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """`answer` is `ask` where no rule matches; then `rule` is empty."""

    answer: str
    rule: str = ""
    message: str = ""


def judge(rules: Sequence[Rule], request: RequestFacts, *, repo: str, labels: Sequence[str]) -> Ruling:
    """The ruling of the first rule that matches; but one that denies beats any that allows."""
    matching = [rule for rule in rules if _matches(rule, request, repo, labels)]
    first = next((rule for rule in matching if rule.answer == "deny"), matching[0] if matching else None)
    return Ruling(first.answer, first.name, first.message) if first else Ruling("ask")


def _matches(rule: Rule, request: RequestFacts, repo: str, labels: Sequence[str]) -> bool:
    wide = rule.answer != "allow"
    return (
        _tool(rule, request.tool)
        and (not rule.repo or fnmatchcase(repo, rule.repo) or fnmatchcase(PurePath(repo).name, rule.repo))
        and (not rule.label or rule.label in labels)
        and (not rule.command or _command(rule.command, request.command, wide))
        and (not rule.path or _paths(rule.path, request.paths, wide))
    )


def _tool(rule: Rule, tool: str) -> bool:
    """A path tells all that a tool does only for those that are known to touch no other. A plan is
    approved only by a rule that names its tool."""
    if rule.answer == "allow" and tool in _BY_NAME_ALONE and rule.tool != tool:
        return False
    if rule.answer == "allow" and rule.path and tool not in _FILE_TOOLS:
        return False
    return fnmatchcase(tool, rule.tool or "*")


def _command(pattern: str, command: str, wide: bool) -> bool:
    """An allowing pattern never reaches past a shell operator that it does not have itself, so that
    `npm test*` is not `npm test; rm -rf ~`. Any other is looked for in every part of the command."""
    if not command:
        return False
    if wide:
        parts = re.split(f"[{re.escape(_OPERATORS)}]+", command)
        return any(fnmatchcase(part.strip(), pattern) for part in (command, *parts) if part.strip())
    return _operators(command) == _operators(pattern) and fnmatchcase(command, pattern)


def _operators(text: str) -> Counter[str]:
    return Counter(character for character in text if character in _OPERATORS)


def _paths(pattern: str, paths: Sequence[str], wide: bool) -> bool:
    """An allowing pattern must fit every file, and none outside of the worktree."""
    fits = [_glob(pattern).fullmatch(path) is not None and not path.startswith("/") for path in paths]
    if wide:
        return any(fits) or any(_glob(pattern).fullmatch(path) for path in paths)
    return bool(fits) and all(fits)


def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts), re.DOTALL)
