"""What clients are shown of the problems of a change request."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.forge.autofix.problems import Problems
from orchestrator.core.forge.autofix.state import MOST_ROUNDS, Autofix

ProblemKind = Literal["check", "comment", "conflict"]


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem. Texts are from outside, as the forge has them."""

    key: str
    """Names it to `orch pr fix`: `check:<commit>:<name>`, `comment:<id>` or `conflict:<commit>`."""
    kind: ProblemKind
    title: str
    """The check's name, the comment's author, or the base."""
    text: str
    """The end of the log, or the comment."""
    path: str
    line: int
    url: str
    member: bool
    """Whoever wrote it belongs to those who work on the repository."""
    sent: bool
    """The session was sent it."""


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """Everything that is to be fixed in the change request of a card."""

    card: str
    number: int
    url: str
    problems: tuple[ProblemView, ...]
    as_of: float


@dataclass(frozen=True, slots=True)
class AutofixView:
    """How far the automatic fixing of a card's change request is."""

    rounds: int
    """Prompts that were sent since a person last decided about it, of at most `of`."""
    of: int
    waiting: str
    """Why it waits for a person; empty while it does not."""


def autofix_view(fix: Autofix) -> AutofixView | None:
    """As the card's view shows it; `None` while it is off."""
    return AutofixView(fix.rounds, MOST_ROUNDS, fix.waiting) if fix.on else None


def autofix_words(fix: AutofixView | None) -> str:
    """Whether it is on, and how far it is: `autofix on, 1 of 3 prompts sent`."""
    if fix is None:
        return "autofix off"
    if fix.waiting:
        return f"autofix stopped: {fix.waiting}"
    return f"autofix on, {fix.rounds} of {fix.of} prompts sent"


def problem_views(problems: Problems, sent: Collection[str]) -> tuple[ProblemView, ...]:
    """Failing checks, then comments, then the conflict."""
    checks = (
        ProblemView(
            each.key, "check", each.name, each.log or each.no_log, "", 0, each.url, member=True,
            sent=each.key in sent,
        )
        for each in problems.checks
    )  # fmt: skip
    comments = (
        ProblemView(
            each.key, "comment", each.author, each.body, each.path, each.line, each.url, each.member,
            sent=each.key in sent,
        )
        for each in problems.comments
    )  # fmt: skip
    found = [*checks, *comments]
    if one := problems.conflict:
        found.append(
            ProblemView(one.key, "conflict", one.base, "", "", 0, "", member=True, sent=one.key in sent)
        )
    return tuple(found)


def problem_text(problem: ProblemView) -> str:
    """The problem in a few words, as outsiders wrote them: to be made harmless where they are shown."""
    match problem.kind:
        case "check":
            return f"{problem.title} failed"
        case "conflict":
            return f"conflicts with {problem.title}"
        case _:
            at = f"{problem.path}:{problem.line}" if problem.line else problem.path
            return f"{problem.title}{'' if problem.member else ' (not a member)'}{f' on {at}' if at else ''}"
