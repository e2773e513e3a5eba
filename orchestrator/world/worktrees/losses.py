"""What would be gone with a worktree and its branch."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.repo import Loss
from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.facts import default_branch, resolve
from orchestrator.world.worktrees.repository import (
    Entry,
    Repository,
    check_branch_name,
    exact,
    is_there,
    open_repository,
    registered,
)
from orchestrator.world.worktrees.status import WorkingTree, read, shown

_MOST_COMMITS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """A worktree and its branch as they were when looked at, and what would be lost with them."""

    entry: Entry | None
    """How git has it registered; `None` when it doesn't."""
    tree: WorkingTree | None
    """`None` when the folder is gone."""
    tip: str
    """The branch's commit; empty when there is no such branch."""
    loss: Loss
    beyond_rescue: tuple[str, ...]
    """In words, the part of the loss that a rescue can't save."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The commits that hold the work: HEAD first, then the branch and what operations were about."""
        head = self.tree.head if self.tree else self.entry.head if self.entry else ""
        others = (self.tip, *(self.tree.heads if self.tree else ()))
        return tuple(dict.fromkeys(commit for commit in (head, *others) if commit))


def loss(root: Path, path: Path, branch: str, base: str, *, branch_stays: bool = False) -> Loss:
    """What would be lost if the worktree at `path` and its branch were removed; changes nothing.

    A commit counts as lost unless the base (empty: the default branch), the default branch or a
    remote-tracking branch contains it; so a squash-merged branch counts. With `branch_stays` only the
    worktree would go. Ignored files are no loss. Of a folder that is gone only commits count.
    Raises `GitRefused` when something else stands at the path, `GitFailed` or `GitMissing`.
    """
    return examine(open_repository(root), path, branch, base, branch_stays=branch_stays).loss


def examine(repository: Repository, path: Path, branch: str, base: str, *, branch_stays: bool) -> Finding:
    """As `loss`, with everything that a removal or a rescue needs to know; `branch` may be empty."""
    if branch:
        check_branch_name(branch)
    entries = repository.worktrees()
    entry = registered(entries, path)
    there = is_there(path)
    if there and (entry is None or path.is_symlink()):
        raise GitRefused(
            f"{path} is not a worktree of {repository.root}",
            "git has none registered there",
            "See what is in it; move it away if you need it, then try again.",
        )
    tree = read(repository, entry.path) if entry and there else None
    tip = repository.branch_tip(branch) if branch else ""
    head = tree.head if tree else entry.head if entry else ""
    safe = _safe_refs(repository, branch, base)
    commits = _commits(repository, [tip, head], [*safe, *([tip] if branch_stays else [])])
    elsewhere = _elsewhere(repository, entry, tree, branch, [*safe, tip])
    beyond = _beyond_rescue(entries, entry, tree)
    return Finding(
        entry=entry,
        tree=tree,
        tip=tip,
        loss=Loss(
            changed=tuple(shown(name) for name in tree.changed) if tree else (),
            untracked=tuple(shown(name) for name in (*tree.untracked, *tree.nested)) if tree else (),
            commits=commits,
            other=tuple(dict.fromkeys((*(tree.operations if tree else ()), *elsewhere, *beyond))),
        ),
        beyond_rescue=beyond,
    )


def _safe_refs(repository: Repository, branch: str, base: str) -> list[str]:
    """Commits whose history is not lost: those of the base and the default branch, unless only the branch
    itself holds them."""
    default = default_branch(repository)
    names = sorted({base or default, default} - {"", branch})
    found = ((name, resolve(repository, name)) for name in names)
    return [commit for name, commit in found if commit and _stays(repository, name, commit, branch)]


def _stays(repository: Repository, name: str, commit: str, branch: str) -> bool:
    if ask(repository.root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").code == 0:
        return True
    arguments = ("for-each-ref", "--format=%(refname)", f"--contains={commit}", "refs/heads", "refs/tags")
    holders = git(repository.root, *arguments, doing=f"see what holds {name}").decode(errors="replace")
    return bool({*holders.split()} - {f"refs/heads/{branch}"})


def _commits(repository: Repository, tips: list[str], safe: list[str]) -> tuple[str, ...]:
    wanted = [tip for tip in dict.fromkeys(tips) if tip]
    if not wanted:
        return ()
    out = git(
        repository.root,
        *("log", "-z", "--no-color", "--no-decorate", "--encoding=UTF-8"),
        *("--format=%h %s", f"--max-count={_MOST_COMMITS}"),
        *(*wanted, "--not", *filter(None, safe), "--remotes"),
        doing="list the commits that would be lost",
    )
    return tuple(line.decode(errors="replace") for line in out.split(b"\0") if line)


def _elsewhere(
    repository: Repository, entry: Entry | None, tree: WorkingTree | None, branch: str, safe: list[str]
) -> tuple[str, ...]:
    """In words, that commits of the worktree's HEAD are not on its branch."""
    head = tree.head if tree else entry.head if entry else ""
    if not entry or entry.branch == branch or not _commits(repository, [head], safe):
        return ()
    if entry.branch:
        return (f"another branch ({entry.branch}) checked out, with commits of its own",)
    return ("a detached HEAD with commits of its own",)


def _beyond_rescue(
    entries: tuple[Entry, ...], entry: Entry | None, tree: WorkingTree | None
) -> tuple[str, ...]:
    if not entry or not tree:
        return ()
    inside = [each.path for each in entries if each.path.startswith(f"{exact(Path(entry.path))}/")]
    return (
        *(f"another worktree inside it ({path})" for path in inside),
        *(f"a repository of its own inside it ({shown(name)})" for name in tree.nested),
        *tree.submodules,
        *(word for word in tree.operations if word == "a git am under way"),
    )
