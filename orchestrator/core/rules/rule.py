"""A rule, what it is shown of a request, and what it says."""

from dataclasses import dataclass

SHELLS = frozenset({"Bash"})
"""The tools whose `command` a shell runs."""


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
    unsandboxed: bool = False
    """Whether it asks to run outside the agent's sandbox."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """`answer` is `ask` where no rule matches; then `rule` is empty. `why` says in words what decided."""

    answer: str
    rule: str = ""
    message: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a rule's condition holds: `yes`, `no`, or `maybe` where that can't be seen."""

    holds: str
    why: str = ""


YES, NO = Fit("yes"), Fit("no")
