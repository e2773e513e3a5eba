"""What would be lost with a worktree and its branch."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.core.model import Landed
from orchestrator.core.worktrees.rebuildable import Rebuildable
from orchestrator.core.worktrees.repo import Loss
from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.facts import default_branch, resolve
from orchestrator.world.worktrees.landing.proof import has, prove
from orchestrator.world.worktrees.repository import (
    Repository,
    WorktreeEntry,
    check_branch_name,
    exact,
    is_there,
    open_repository,
    registered,
)
from orchestrator.world.worktrees.status import WorkingTree, read, shown
from orchestrator.world.worktrees.unseen.hidden import Hidden, hidden, work_inside
from orchestrator.world.worktrees.unseen.private import Private, private, stashes

_MOST_COMMITS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """A snapshot of a worktree and its branch, and what would be lost with them."""

    entry: WorktreeEntry | None
    """git's registration; `None` for none."""
    tree: WorkingTree | None
    """`None` if the folder is missing."""
    tip: str
    """The branch's commit; empty if there is no such branch."""
    loss: Loss
    beyond_rescue: tuple[str, ...]
    """The part of the loss that a rescue cannot save, as text."""
    hidden: Hidden = field(default_factory=Hidden)
    """Ignored files that would be lost."""
    loose: tuple[str, ...] = ()
    """Commits that no branch has: of refs of this worktree alone, and those that were reset away."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The commits with the work: HEAD first, then the branch and those of operations in progress."""
        head = self.tree.head if self.tree else self.entry.head if self.entry else ""
        others = (self.tip, *(self.tree.heads if self.tree else ()), *self.loose)
        return tuple(dict.fromkeys(commit for commit in (head, *others) if commit))


def loss(
    root: Path,
    path: Path,
    branch: str,
    base: str,
    *,
    branch_stays: bool = False,
    spare: Rebuildable | None = None,
    since: str = "",
    landed: Landed | None = None,
    merged: str = "",
) -> Loss:
    """What would be lost if the worktree at `path` and its branch were removed; changes nothing.

    A commit counts as lost unless the base (empty: the default branch), the default branch or a
    remote-tracking branch contains it, or one of the former holds the content of the whole branch, which
    began at the commit `since`; so do those of which `landed` is the record, as long as the base has its
    commit, and the commit `merged`, which a change request has brought into its base. With `branch_stays`
    only the worktree would go. `spare` says which ignored files are no loss. Of a folder that is gone only
    commits count.
    Raises `GitRefused` when something else stands at the path, `GitFailed` or `GitMissing`.
    """
    repository = open_repository(root)
    return examine(
        repository,
        path,
        branch,
        base,
        branch_stays=branch_stays,
        spare=spare,
        since=since,
        landed=landed,
        merged=merged,
    ).loss


def examine(
    repository: Repository,
    path: Path,
    branch: str,
    base: str,
    *,
    branch_stays: bool,
    spare: Rebuildable | None = None,
    since: str = "",
    landed: Landed | None = None,
    merged: str = "",
) -> Finding:
    """As `loss`, with everything that a removal or a rescue needs to know; `branch` may be empty."""
    spare = spare or Rebuildable()
    if branch:
        check_branch_name(branch)
    entries = repository.worktrees()
    entry = registered(entries, path)
    there = is_there(path)
    if there and (entry is None or path.is_symlink()):
        raise GitRefused(
            f"{path} is not a worktree of {repository.root}",
            "git has none registered there",
            "Check its contents; move it away if you need it, then retry.",
        )
    tree = read(repository, entry.path) if entry and there else None
    tip = repository.branch_tip(branch) if branch else ""
    head = tree.head if tree else entry.head if entry else ""
    safe = _safe_refs(repository, branch, base)
    recorded = [landed.tip] if landed and any(has(repository, each, landed) for each in safe) else []
    recorded += [merged] if merged and repository.commit(merged) else []
    unseen = hidden(tree.path, repository.root, spare) if tree else Hidden()
    nested = _nested(entries, tree, unseen, spare) if tree else {}
    own = private(repository, tree.path, tree.git_dir, [tip, head, *safe]) if tree else Private()
    loose = (*own.heads, *(commit for commit, _ in own.reset))
    commits = _commits(
        repository, [tip, head, *own.heads], [*safe, *recorded, *([tip] if branch_stays else [])]
    )
    elsewhere = _elsewhere(repository, entry, tree, branch, [*safe, tip])
    beyond = (
        *_beyond_rescue(entries, entry, tree),
        *(f"a nested repository ({shown(name)})" for name in nested),
        *own.odd,
        *_too_large(unseen, spare),
    )
    claimed: tuple[str, ...] = ()
    if tip and tip not in recorded and not branch_stays and not own.heads and head in ("", tip):
        held, claimed = _merged(repository, tip, safe, since)
        commits = () if held else commits
    return Finding(
        entry=entry,
        tree=tree,
        tip=tip,
        loss=Loss(
            changed=tuple(shown(name) for name in tree.changed) if tree else (),
            untracked=tuple(
                shown(name) for name in (*tree.untracked, *(name for name in tree.nested if name in nested))
            )
            if tree
            else (),
            commits=commits,
            other=tuple(dict.fromkeys((*(tree.operations if tree else ()), *elsewhere, *claimed, *beyond))),
            ignored=tuple(shown(name) for name in unseen.largest(len(unseen.files))),
            reset=tuple(words for _, words in own.reset),
            notes=_notes(repository, branch, unseen),
        ),
        beyond_rescue=beyond,
        hidden=unseen,
        loose=loose,
    )


def _nested(
    entries: tuple[WorktreeEntry, ...], tree: WorkingTree, unseen: Hidden, spare: Rebuildable
) -> dict[bytes, str]:
    """Nested repositories with content of their own, and what it is; worktrees of this one are listed
    separately."""
    known = {each.path for each in entries}
    names = [
        name
        for name in (*tree.nested, *unseen.nested)
        if os.path.join(tree.path, os.fsdecode(name)).rstrip("/") not in known  # noqa: PTH118
    ]
    return {name: words for name in names if (words := work_inside(tree.path, name, spare))}


def _too_large(unseen: Hidden, spare: Rebuildable) -> tuple[str, ...]:
    total = sum(unseen.sizes)
    if total <= spare.limit:
        return ()
    names = ", ".join(shown(name) for name in unseen.largest())
    return (
        f"ignored files of {total / 1024**2:,.0f} MiB, above the limit of {spare.limit / 1024**2:,.0f} "
        f"(the largest: {names})",
    )


def _merged(repository: Repository, tip: str, safe: list[str], since: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a base has the content of the branch; else, that its history claims so, as text."""
    proofs = [prove(repository, tip, each, since) for each in dict.fromkeys(safe)]
    if any(proof.held for proof in proofs):
        return True, ()
    hollow = next((proof.hollow for proof in proofs if proof.hollow), "")
    words = f"changes that the merge {hollow[:12]} lists as merged but does not contain"
    return False, (words,) if hollow else ()


def _notes(repository: Repository, branch: str, unseen: Hidden) -> tuple[str, ...]:
    kept = stashes(repository, branch) if branch else ()
    count = f"{len(kept)} stash{'' if len(kept) == 1 else 'es'} made on {branch}"
    special = ", ".join(shown(name) for name in unseen.special[:3])
    return (
        *(
            (f"{count} stay{'s' if len(kept) == 1 else ''} in the repository ({', '.join(kept[:3])})",)
            if kept
            else ()
        ),
        *((f"sockets and pipes cannot be saved ({special})",) if special else ()),
    )


def _safe_refs(repository: Repository, branch: str, base: str) -> list[str]:
    """Commits whose history is not lost: those of the base and the default branch, unless only the branch
    itself has them."""
    default = default_branch(repository)
    names = sorted({base or default, default} - {"", branch})
    found = ((name, resolve(repository, name)) for name in names)
    return [commit for name, commit in found if commit and _stays(repository, name, commit, branch)]


def _stays(repository: Repository, name: str, commit: str, branch: str) -> bool:
    if ask(repository.root, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").code == 0:
        return True
    arguments = ("for-each-ref", "--format=%(refname)", f"--contains={commit}", "refs/heads", "refs/tags")
    holders = git(repository.root, *arguments, doing=f"see what contains {name}").decode(errors="replace")
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
    repository: Repository,
    entry: WorktreeEntry | None,
    tree: WorkingTree | None,
    branch: str,
    safe: list[str],
) -> tuple[str, ...]:
    """That commits of the worktree's HEAD are not on its branch, as text."""
    head = tree.head if tree else entry.head if entry else ""
    if not entry or entry.branch == branch or not _commits(repository, [head], safe):
        return ()
    if entry.branch:
        return (f"another branch ({entry.branch}) checked out, with commits of its own",)
    return ("a detached HEAD with commits of its own",)


def _beyond_rescue(
    entries: tuple[WorktreeEntry, ...], entry: WorktreeEntry | None, tree: WorkingTree | None
) -> tuple[str, ...]:
    if not entry or not tree:
        return ()
    inside = [each.path for each in entries if each.path.startswith(f"{exact(Path(entry.path))}/")]
    return (
        *(f"another worktree inside it ({path})" for path in inside),
        *tree.submodules,
        *(word for word in tree.operations if word == "a git am in progress"),
    )
