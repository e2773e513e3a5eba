"""Merging a branch into its base, in the base's worktree or without one."""

from pathlib import Path

from orchestrator.world.worktrees.command import LONG, ask, at_least, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.repository import Repository, check_branch_name, open_repository
from orchestrator.world.worktrees.status import own_git_dir, read, shown


def merge(root: Path, branch: str, base_branch: str, message: str) -> str:
    """Merges a local branch into another one by a merge commit, and returns the base's commit then.

    Where the base is checked out, the merge is made there with the user's hooks; its tracked files must be
    clean. Else it is made without a worktree, for which there are no hooks. What is already merged changes
    nothing. Uncommitted work in the branch's own worktree is not looked at: see `loss`.
    Raises `GitRefused` on conflicts, naming the files, or where the base is not in a state to be merged into;
    nothing has changed then. Raises `GitFailed` or `GitMissing`.
    """
    for name in (branch, base_branch):
        check_branch_name(name)
    repository = open_repository(root)
    with repository.lock():
        ours, theirs = (_tip(repository, name) for name in (base_branch, branch))
        if ask(repository.root, "merge-base", "--is-ancestor", theirs, ours).code == 0:
            return ours
        place = next((each.path for each in repository.worktrees() if each.branch == base_branch), None)
        if place:
            _merge_there(repository, place, branch, base_branch, message)
        else:
            _merge_nowhere(repository, branch, base_branch, message)
        return _tip(repository, base_branch)


def _tip(repository: Repository, branch: str) -> str:
    tip = repository.branch_tip(branch)
    if not tip:
        raise GitRefused(f"there is no local branch {branch}", hint="Make it, or choose another base.")
    return tip


def _merge_there(repository: Repository, place: str, branch: str, base: str, message: str) -> None:
    tree = read(repository, place)
    if tree.operations:
        raise _not_merged(
            branch, base, f"there is {tree.operations[0]} in {place}", "End that, then try again."
        )
    if tree.changed:
        names = _listed([shown(name) for name in tree.changed])
        raise _not_merged(
            branch, base, f"{place} has uncommitted changes ({names})", "Commit them, then try again."
        )
    flags = ("--no-ff", "--commit", "--no-squash", "--no-edit", "--no-autostash", "-m", message)
    try:
        answer = ask(place, "merge", *flags, f"refs/heads/{branch}", limit=LONG, hooks=True)
    except GitFailed as late:
        _put_back(place, str(late))
        raise
    if answer.code == 0:
        return
    said = answer.last_words or answer.out.decode(errors="replace").strip()
    unmerged = git(place, "diff", "--name-only", "--diff-filter=U", "-z", doing="list the conflicts")
    if Path(own_git_dir(repository, place), "MERGE_HEAD").exists():
        _put_back(place, said)
    if unmerged:
        raise _conflicts(branch, base, unmerged)
    raise GitFailed(f"git could not merge {branch} into {base}", said, "Mend what git says, then try again.")


def _put_back(place: str, said: str) -> None:
    """Ends a merge in a worktree whose tracked files were clean before it; untracked ones are not touched."""
    answer = ask(place, "reset", "--merge", "HEAD", limit=LONG)
    if answer.code:
        raise GitFailed(
            f"there is no merge, and {place} is left in the middle of it",
            f"{said}\n{answer.last_words}",
            f"See what is there, then run: git -C {place} merge --abort",
        )


def _merge_nowhere(repository: Repository, branch: str, base: str, message: str) -> None:
    ours, theirs = _tip(repository, base), _tip(repository, branch)
    if base in repository.busy_branches():
        raise _not_merged(
            branch, base, f"a rebase or bisect of {base} is under way", "End that, then try again."
        )
    if not at_least(2, 38):
        raise _not_merged(
            branch,
            base,
            f"{base} is not checked out, and git older than 2.38 can't merge without a worktree",
            f"Check out {base} somewhere, or install a newer git.",
        )
    found = ask(
        repository.root,
        *("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs),
        limit=LONG,
    )
    if found.code > 1 or found.code < 0:
        raise GitFailed(f"git could not merge {branch} into {base}", found.last_words)
    tree, _, conflicts = found.out.partition(b"\0")
    if found.code:
        raise _conflicts(branch, base, conflicts)
    signed = ask(repository.root, "config", "--type=bool", "commit.gpgSign").out.strip() == b"true"
    arguments = ("commit-tree", *(["-S"] if signed else []), tree.decode().strip(), "-p", ours, "-p", theirs)
    doing, hint = f"merge {branch} into {base}", "Mend what git says, then try again."
    stdin = f"{message}\n".encode(errors="backslashreplace")
    out = git(repository.root, *arguments, doing=doing, hint=hint, limit=LONG, stdin=stdin)
    update = ("update-ref", "-m", f"merge {branch}", f"refs/heads/{base}", out.decode().strip(), ours)
    git(repository.root, *update, doing=doing, hint=hint)


def _conflicts(branch: str, base: str, names: bytes) -> GitRefused:
    files = _listed(sorted({shown(name) for name in names.split(b"\0") if name}))
    return _not_merged(
        branch,
        base,
        f"both changed {files}",
        f"Merge {base} into {branch} there and solve it, then try again.",
    )


def _not_merged(branch: str, base: str, why: str, hint: str) -> GitRefused:
    return GitRefused(f"{branch} was not merged into {base}", why, hint)


def _listed(names: list[str], most: int = 10) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
