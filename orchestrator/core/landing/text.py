"""A survey in words: what the dialog and the command line show before a branch is landed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.core.landing.methods import PAST
from orchestrator.core.landing.refusals import listed
from orchestrator.core.landing.survey import BranchSurvey, Checkout, LandedFile, Refusal, Survey
from orchestrator.core.model import Landed
from orchestrator.core.text.clean import one_line

Weight = Literal["", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is about, in a word, and what there is to say. `bad` keeps the branch from being
    landed, `warn` is to be seen first."""

    name: str
    said: str
    weight: Weight = ""


def facts(survey: Survey) -> tuple[Fact, ...]:
    """Everything that matters, in the order in which it is read."""
    git = survey.git
    found = [Fact("branch", f"{git.branch} → {git.into}")]
    if git.trouble:
        return (*found, Fact("base", said_of(git.trouble), "bad"))
    found += _content(git)
    found += _worktree(survey)
    if survey.protected:
        found.append(
            Fact("protected", f"{git.into} matches {survey.protected!r} of landing.protected", "bad")
        )
    if git.checkout and not git.held:
        found.append(_checkout(git, git.checkout))
    if survey.check and not git.held:
        found.append(Fact("check", f"{one_line(survey.check, 200)} must pass on the result first"))
    if git.signed and not git.held:
        found.append(Fact("signing", "new commits are signed (commit.gpgSign)"))
    if survey.stays:
        found.append(Fact("request", survey.stays, "warn"))
    if survey.ahead:
        found.append(Fact("queue", f"lands after {listed(survey.ahead)}"))
    for other, files in survey.clashes:
        found.append(Fact("conflicts", f"with {other}, which lands before: {listed(files, 4)}", "bad"))
    return tuple(found)


def said_of(no: Refusal) -> str:
    """What and why, in a line."""
    return ": ".join(filter(None, (no.what, no.why)))


def landed(made: Landed) -> str:
    """How a branch was landed, in a line."""
    passed = f"; {one_line(made.check, 200)} passed" if made.check else ""
    return f"{PAST[made.method]} into {made.into} as {made.commit[:10]}{passed}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lines_of(file: LandedFile) -> str:
    """`+12 −3`, or `binary`."""
    return "binary" if file.added is None else f"+{file.added:,} −{file.removed or 0:,}"


def _content(git: BranchSurvey) -> Iterator[Fact]:
    if git.held:
        yield Fact("commits", f"{git.into} already contains it", "good")
        return
    files = f"{counted(len(git.files), 'file')} +{git.added:,} −{git.removed:,}"
    yield Fact("commits", f"{counted(git.count, 'commit')}, {files}")
    if git.undone:
        yield Fact("reverted", f"{git.into} merged it as {git.undone[:12]}, and that was reverted", "bad")
    if git.behind:
        yield Fact("behind", f"{counted(git.behind, 'commit')} of {git.into} not on the branch")
    if git.conflicts is None:
        if not git.undone:
            yield Fact("conflicts", "unknown: requires git 2.38 or newer", "warn")
    elif git.conflicts:
        yield Fact("conflicts", f"{counted(len(git.conflicts), 'file')}: {listed(git.conflicts, 4)}", "bad")
    else:
        yield Fact("conflicts", "none", "good")


def _worktree(survey: Survey) -> Iterator[Fact]:
    uncommitted = survey.loss.uncommitted
    names = (*survey.loss.changed, *survey.loss.untracked)
    if not uncommitted.nothing:
        named = f" ({listed(names, 4)})" if names else ""
        yield Fact("worktree", f"{uncommitted.in_words()}{named}", "bad")
    rest = replace(survey.loss, changed=(), untracked=(), other=(), commits=(), notes=())
    if not rest.nothing:
        yield Fact("rescue", f"{rest.in_words()} would be lost without a rescue", "warn")


def _checkout(git: BranchSurvey, checkout: Checkout) -> Fact:
    path = one_line(checkout.path, 200)
    if checkout.clean:
        return Fact("checkout", f"{git.into} follows in {path}", "good")
    if checkout.missing:
        return Fact("checkout", f"{git.into} is checked out in {path}, which is gone", "bad")
    why = (
        checkout.operation
        or (f"uncommitted changes ({listed(checkout.changed, 4)})" if checkout.changed else "")
        or (f"untracked files in the way ({listed(checkout.in_the_way, 4)})" if checkout.in_the_way else "")
        or f"{checkout.used_by} is working"
    )
    return Fact("checkout", f"{why} in {path}", "bad")
