"""What a repository is like before anything is done in it."""

from pathlib import Path

from orchestrator.core.repo import RepoFacts
from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.repository import Entry, Repository, open_repository

_ORIGIN = "refs/remotes/origin/"


def look(path: Path, base: str = "") -> RepoFacts:
    """The repository that a path belongs to, with `base` (or its default branch) resolved to a commit.

    What forbids a worktree there is in `refusal`. A path in a submodule belongs to the submodule.
    Raises `GitFailed` or `GitMissing`.
    """
    try:
        repository = open_repository(path.absolute())
    except GitRefused as refused:
        return RepoFacts(str(path), "", "", frozenset(), (), refusal=str(refused))
    refs = _refs(repository)
    entries = repository.worktrees()
    branches = frozenset(name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/"))
    default = refs.get(f"{_ORIGIN}HEAD", "").removeprefix(_ORIGIN) or entries[0].branch
    nothing = not refs and not repository.commit("HEAD")
    return RepoFacts(
        root=repository.root,
        default_branch=default,
        base=resolve(repository, base or default or "HEAD", refs),
        branches=branches,
        checked_out=_checked_out(entries),
        refusal=f"{repository.root} has no commit yet. Make a first commit there." if nothing else "",
    )


def resolve(repository: Repository, name: str, refs: dict[str, str] | None = None) -> str:
    """The commit that a user's word for a base means: a local branch first, then any revision, then
    a branch of origin. Empty when it means none, or reads as an option."""
    if not name or name.startswith("-") or not name.isprintable():
        return ""
    refs = _refs(repository) if refs is None else refs
    if f"refs/heads/{name}" in refs:
        return repository.branch_tip(name)
    return repository.commit(name) or repository.commit(f"{_ORIGIN}{name}")


def default_branch(repository: Repository) -> str:
    """The default branch's local name; empty when there is none."""
    answer = ask(repository.root, "symbolic-ref", "--quiet", f"{_ORIGIN}HEAD")
    name = answer.out.decode(errors="replace").strip() if answer.code == 0 else ""
    return name.removeprefix(_ORIGIN) or repository.worktrees()[0].branch


def _refs(repository: Repository) -> dict[str, str]:
    """Local and remote branches, each with the ref that it points to if it is symbolic."""
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


def _checked_out(entries: tuple[Entry, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((entry.branch, entry.path) for entry in entries if entry.branch)
