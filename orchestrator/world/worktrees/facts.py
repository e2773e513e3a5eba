"""The state of a repository before anything is done in it."""

import shlex
from pathlib import Path

from orchestrator.core.worktrees.repo import RepoFacts
from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.repository import Repository, WorktreeEntry, open_repository

_ORIGIN = "refs/remotes/origin/"
_USUAL = ("main", "master", "trunk", "develop")


def look(path: Path, base: str = "") -> RepoFacts:
    """The repository that a path belongs to, with `base` (or its default branch) resolved to a commit.

    `refusal` says why no worktree can be added there. A path in a submodule belongs to the submodule. Raises
    `GitFailed` or `GitMissing`.
    """
    try:
        repository = open_repository(path.absolute())
    except GitRefused as refused:
        return RepoFacts(str(path), "", "", frozenset(), (), refusal=str(refused))
    refs = _refs(repository)
    entries = repository.worktrees()
    branches = frozenset(name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/"))
    default = _default(repository, refs, entries[0].branch)
    nothing = not refs and not repository.commit("HEAD")
    return RepoFacts(
        root=repository.root,
        default_branch=default,
        base=resolve(repository, base or default or "HEAD", refs),
        branches=branches,
        checked_out=_checked_out(entries),
        refusal=_without_a_commit(repository) if nothing else "",
    )


def resolve(repository: Repository, name: str, refs: dict[str, str] | None = None) -> str:
    """The commit of a user's base: a local branch first, then any revision, then a branch of origin. Empty if
    there is none, or it looks like an option."""
    if not name or name.startswith("-") or not name.isprintable():
        return ""
    refs = _refs(repository) if refs is None else refs
    if f"refs/heads/{name}" in refs:
        return repository.branch_tip(name)
    return repository.commit(name) or repository.commit(f"{_ORIGIN}{name}")


def default_branch(repository: Repository) -> str:
    """The default branch's local name; empty for none."""
    return _default(repository, _refs(repository), repository.worktrees()[0].branch)


def _default(repository: Repository, refs: dict[str, str], current: str) -> str:
    """origin's default branch, if it exists: after a rename `origin/HEAD` may name the old branch. Else the
    branch of HEAD of the main worktree, or of a bare repository; if that has no commit, the only branch, or
    one with a usual name. Empty with a detached HEAD."""
    told = refs.get(f"{_ORIGIN}HEAD", "").removeprefix(_ORIGIN)
    if told and _there(refs, told):
        return told
    current = current or _symbolic_head(repository)
    if not current or _there(refs, current):
        return current
    local = [name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/")]
    return next(
        (name for name in (*(local if len(local) == 1 else ()), *_USUAL) if _there(refs, name)), current
    )


def _without_a_commit(repository: Repository) -> str:
    if repository.worktrees()[0].bare:
        return f"{repository.root} has no commit yet. Push a branch to it first."
    way = f"git -C {shlex.quote(repository.root)} commit --allow-empty -m First"
    return f"{repository.root} has no commit yet. Create one, such as: {way}"


def _there(refs: dict[str, str], name: str) -> bool:
    return f"refs/heads/{name}" in refs or f"{_ORIGIN}{name}" in refs


def _symbolic_head(repository: Repository) -> str:
    answer = ask(repository.root, "symbolic-ref", "--quiet", "HEAD")
    name = answer.out.decode(errors="surrogateescape").strip() if answer.code == 0 else ""
    return name.removeprefix("refs/heads/")


def _refs(repository: Repository) -> dict[str, str]:
    """Local and remote branches, each with its target if it is symbolic."""
    out = git(
        repository.root,
        "for-each-ref",
        "--format=%(refname) %(symref)",
        "refs/heads",
        "refs/remotes",
        doing="list the branches",
    )
    lines = out.decode(errors="surrogateescape").splitlines()
    return dict(line.partition(" ")[::2] for line in lines)


def _checked_out(entries: tuple[WorktreeEntry, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((entry.branch, entry.path) for entry in entries if entry.branch)
