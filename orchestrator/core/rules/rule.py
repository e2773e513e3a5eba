"""A rule, its view of a request, and its answer."""

from dataclasses import dataclass

from orchestrator.core.literals import RuleAnswer

SHELLS = frozenset({"Bash"})
"""The tools whose `command` a shell runs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Empty conditions match everything; `answer` is `allow`, `deny` or `ask`.

    `tool` and `repo` are patterns with `*`, so is `command`; `path` is relative to the card's worktree, `**`
    matches any number of folders.
    """

    name: str
    answer: RuleAnswer
    tool: str = "*"
    command: str = ""
    path: str = ""
    repo: str = ""
    label: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The parts of a request that rules match against."""

    tool: str
    command: str = ""
    """The whole command of a Bash call."""
    paths: tuple[str, ...] = ()
    """The files it touches with symlinks and `..` resolved: relative to the worktree if they are in it,
    absolute otherwise."""
    unsandboxed: bool = False
    """Whether it asks to run outside the agent's sandbox."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """`answer` is `ask` if no rule matches; then `rule` is empty. `why` is the reason as text."""

    answer: RuleAnswer
    rule: str = ""
    message: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a rule's condition holds: `yes`, `no`, or `maybe` if that cannot be determined."""

    holds: str
    why: str = ""


YES, NO = Fit("yes"), Fit("no")
