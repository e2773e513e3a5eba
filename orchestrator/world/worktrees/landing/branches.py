"""The two branches of a landing: the one that is landed, and the base that it is landed on."""

import os
import shlex

from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.facts import resolve
from orchestrator.world.worktrees.repository import Repository, WorktreeEntry, check_branch_name


def tip_of(repository: Repository, branch: str) -> str:
    """The commit of the branch that is landed. Raises `GitRefused` where there is none."""
    check_branch_name(branch)
    tip = repository.branch_tip(branch)
    if not tip:
        raise GitRefused(f"no local branch {branch}", hint="Create it, or choose another.")
    return tip


def base_of(repository: Repository, base: str) -> str:
    """The commit of the base. Raises `GitRefused`, which says what to do, unless it is a local branch with a
    commit."""
    tip = "" if base == "HEAD" else repository.branch_tip(base)
    if tip and (other := _stands_for(repository, base)):
        why = f"{base} is another name for {other} (a symbolic ref)"
        raise GitRefused(f"nothing was landed on {base}", why, f"Use that branch: --into {other}")
    if tip:
        return tip
    hint = "Choose one: --into BRANCH"
    if any(entry.branch == base for entry in repository.worktrees()):
        why, hint = (
            f"{base} has no commit yet",
            "Create a first commit there, or choose another branch: --into",
        )
    elif repository.commit(f"refs/remotes/origin/{base}"):
        why = "it exists only on origin"
        make = shlex.join(["git", "-C", repository.root, "branch", base, f"origin/{base}"])
        hint = f"Create it, then retry: {make}; or choose another: --into BRANCH"
    elif resolve(repository, base):
        why = f"{base} is a tag or a commit, and a merge needs a branch"
    else:
        check_branch_name(base)
        raise GitRefused(f"no branch named {base}", hint="Choose another: --into BRANCH")
    raise GitRefused(f"no local branch {base}", why, hint)


def _stands_for(repository: Repository, base: str) -> str:
    """The branch that a symbolic ref names; empty for a branch of its own."""
    answer = ask(repository.root, "symbolic-ref", "--quiet", f"refs/heads/{base}")
    return os.fsdecode(answer.out).strip().removeprefix("refs/heads/") if answer.code == 0 else ""


def checkout_of(repository: Repository, base: str) -> WorktreeEntry | None:
    """Where the base is checked out."""
    return next((each for each in repository.worktrees() if each.branch == base), None)
