"""What refuses a landing, in words: asked before it is decided, and again when it is a card's turn."""

from dataclasses import replace

from orchestrator.core.landing.methods import METHODS
from orchestrator.core.landing.survey import BranchSurvey, Checkout, Refusal, Survey
from orchestrator.core.text.clean import one_line

_NAMED = 10


def judged(survey: Survey) -> Survey:
    """The survey with what refuses each method, and the prompt that its session can be given."""
    found = ((method, refused(survey, method)) for method in METHODS)
    return replace(
        survey,
        refused=tuple((method, why) for method, why in found if why),
        prompt=prompt(survey.git.into, survey.git.conflicts) if survey.git.conflicts else "",
    )


def refused(survey: Survey, method: str) -> Refusal | None:
    """Why the branch can't be landed so now; `None` where it can."""
    git, uncommitted = survey.git, survey.loss.uncommitted
    what = not_landed(method, git.branch, git.into)
    if git.trouble:
        return git.trouble
    if git.branch == git.into:
        return Refusal(what, "they are the same branch", "Choose another: --into BRANCH")
    if survey.protected:
        return Refusal(
            what,
            f"{git.into} is protected (landing.protected has {survey.protected!r})",
            "Choose another branch: --into BRANCH. Or keep the branch, and open a pull request.",
        )
    if not uncommitted.nothing:
        return Refusal(
            f"cannot {method} the worktree of {survey.card}",
            f"it has {uncommitted.in_words()}",
            "Commit the changes first, or finish with --discard --rescue.",
        )
    if git.undone:
        return Refusal(
            what,
            f"{git.into} merged it as {git.undone[:12]}, and its changes were reverted since",
            f"Revert the revert, or finish with keep or discard. See: git log {git.undone[:12]}..{git.into}",
        )
    if git.held:
        return None
    if git.checkout and (why := _in_use(git.checkout)):
        return Refusal(what, *why)
    if method == "rebase" and git.merges:
        count = f"{git.merges} merge commit{'' if git.merges == 1 else 's'}"
        return Refusal(what, f"it contains {count}, which a rebase would flatten", "Use --merge or --squash.")
    return conflict(git, method, survey.card)


def conflict(git: BranchSurvey, method: str, card: str = "CARD") -> Refusal | None:
    """The refusal that names the files in conflict; `None` without any."""
    if not git.conflicts:
        return None
    return Refusal(
        not_landed(method, git.branch, git.into),
        f"both changed {listed(git.conflicts)}",
        f"Rebase {git.branch} onto {git.into}, resolve the conflicts, then retry. "
        f"To ask its session: orch finish {card} --resolve",
    )


def _in_use(checkout: Checkout) -> tuple[str, str] | None:
    """Why and what to do where a checkout of the base can't follow."""
    path = one_line(checkout.path, 200)
    if checkout.missing:
        return f"it is checked out in {path}, which is gone", "Restore it, or run: git worktree prune"
    if checkout.operation:
        return f"there is {checkout.operation} in {path}", "Finish or abort that, then retry."
    if checkout.changed:
        return f"{path} has uncommitted changes ({listed(checkout.changed)})", "Commit them, then retry."
    if checkout.in_the_way:
        why = f"{path} has untracked files in the way ({listed(checkout.in_the_way)})"
        return why, "Move them away, then retry."
    if checkout.used_by:
        return (
            f"it is checked out in {path}, where {checkout.used_by} is working",
            f"Wait until its turn ends, or stop it: orch stop {checkout.used_by}",
        )
    return None


def not_landed(method: str, branch: str, into: str) -> str:
    past = {"merge": "merged into", "squash": "squashed into"}.get(method, "rebased onto")
    return f"{branch} was not {past} {into}"


def prompt(into: str, conflicts: tuple[str, ...]) -> str:
    """What a session is asked to do about conflicts with its base."""
    files = "\n".join(f"- {one_line(each, 500)}" for each in conflicts)
    return (
        f"Rebase your branch onto {into} and resolve the conflicts. Both sides changed:\n{files}\n"
        f"Keep what {into} has and what you did. Run the tests, and commit everything."
    )


def listed(names: tuple[str, ...], most: int = _NAMED) -> str:
    """The first `most` names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(one_line(each, 200) for each in names[:most]) + more
