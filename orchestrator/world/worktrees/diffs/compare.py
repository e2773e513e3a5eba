"""The summary of a diff: what is compared with what, and which files changed."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from orchestrator.core.diff.files import ChangedFile, Commit, Diff
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.diffs.changes import changes
from orchestrator.world.worktrees.diffs.snapshots import Snapshot
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.facts import default_branch, resolve
from orchestrator.world.worktrees.status import shown

_MOST_COMMITS = 200
EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""Git knows these without having them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is compared: with `all` everything since the branch left its base, with `uncommitted` what is not
    in HEAD, with `unseen` everything since the tree `seen`, with `commit` that commit alone."""

    what: Literal["all", "uncommitted", "unseen", "commit"] = "all"
    commit: str = ""
    seen: str = ""
    base: str = ""
    """Any revision; empty for the repository's default branch."""
    began_at: str = ""
    """The commit at which the branch began, for when the base tells nothing; may be empty."""
    asked: bool = False
    """The user named the base: one that does not exist is refused."""


@dataclass(frozen=True, slots=True)
class _Sides:
    old: str
    """A commit or a tree."""
    new: str
    base: str
    commits: tuple[Commit, ...] = ()
    more_commits: int = 0
    notes: tuple[str, ...] = ()


def compare(store: ObjectStore, now: Snapshot, scope: Scope, *, ignore_space: bool = False) -> Diff:
    """What is new in a worktree as it is `now`. Its card, path and host are left empty.

    Raises `GitRefused` for a base or commit that does not exist, and `GitFailed`.
    """
    sides = _sides(store, now, scope)
    old, new = (_tree(store, each) for each in (sides.old, sides.new))
    files = changes(store, old, new, ignore_space=ignore_space)
    notes = sides.notes
    if sides.new == now.tree:
        files = _with_worktree(files, now)
        notes = (*notes, *now.notes)
    return Diff(
        card="",
        base=sides.base,
        old_tree=old,
        new_tree=new,
        head=now.head,
        commits=sides.commits,
        files=files,
        at=time.time(),
        branch=now.branch,
        unmerged=tuple(shown(name) for name in now.unmerged),
        notes=notes,
        more_commits=sides.more_commits,
    )


def _sides(store: ObjectStore, now: Snapshot, scope: Scope) -> _Sides:
    root = store.repository.root
    empty = EMPTY_TREE[
        git(root, "rev-parse", "--show-object-format", doing="read the repository").decode().strip()
    ]
    match scope.what:
        case "uncommitted":
            return _Sides(now.head or empty, now.tree, "HEAD")
        case "commit":
            commit = _named_commit(store, scope.commit)
            parent = _commit(store, f"{commit}^")
            base = parent[:12] or "nothing"
            return _Sides(parent or empty, commit, base, _log(store, commit, "--max-count=1"))
        case "unseen":
            if scope.seen and ask(root, "cat-file", "-e", scope.seen, env=store.env()).code == 0:
                return _Sides(scope.seen, now.tree, "what you saw last")
            whole = _sides(store, now, replace(scope, what="all"))
            why = "what you saw last is no longer stored" if scope.seen else "you have not seen it before"
            return replace(whole, notes=(*whole.notes, f"{why}: everything is shown"))
        case "all":
            return _since_base(store, now, scope, empty)


def _since_base(store: ObjectStore, now: Snapshot, scope: Scope, empty: str) -> _Sides:
    repository = store.repository
    name = scope.base or default_branch(repository)
    tip = resolve(repository, name)
    began = _commit(store, scope.began_at) if scope.began_at else ""
    notes: tuple[str, ...] = ()
    if not tip and _unborn(store, name):
        commits = _log(store, now.head, f"--max-count={_MOST_COMMITS}") if now.head else ()
        return _Sides(empty, now.tree, name, commits, notes=(f"{name} has no commit yet",))
    if not tip:
        notes = (f"{name or 'the base'} does not exist: compared with the commit where the branch began",)
        if not began or scope.asked:
            raise GitRefused(
                f"cannot compare with {name!r}" if name else "cannot tell what to compare with",
                "there is no such branch or commit" if name else "the repository has no default branch",
                "Name another: --base BRANCH",
            )
        tip = began
    if not now.head:
        return _Sides(tip or empty, now.tree, name, notes=(*notes, "the branch has no commit yet"))
    old = merge_base(store, tip, now.head)
    if not old:
        old = began if began and merge_base(store, began, now.head) == began else tip
        cut = Path(repository.common, "shallow").exists()
        why = "the history is cut short (a shallow clone)" if cut else "they have no commit in common"
        notes = (*notes, f"compared with {name if old == tip else 'where the branch began'}: {why}")
    commits = _log(store, now.head, f"^{tip}", f"--max-count={_MOST_COMMITS}")
    more = _count(store, now.head, f"^{tip}") - len(commits) if len(commits) == _MOST_COMMITS else 0
    return _Sides(old, now.tree, name, commits, more, notes)


def _unborn(store: ObjectStore, branch: str) -> bool:
    """Whether the repository is on that branch, which has no commit."""
    head = ask(store.repository.root, "symbolic-ref", "--quiet", "HEAD")
    return bool(branch) and head.out.decode(errors="replace").strip() == f"refs/heads/{branch}"


def merge_base(store: ObjectStore, one: str, other: str) -> str:
    """The commit that two histories have in common; empty for none."""
    answer = ask(store.repository.root, "merge-base", one, other, limit=LONG, env=store.env())
    return answer.out.decode().split("\n")[0] if answer.code == 0 else ""


def _commit(store: ObjectStore, revision: str) -> str:
    words = ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    answer = ask(store.repository.root, *words, env=store.env())
    return answer.out.decode().strip() if answer.code == 0 else ""


def _named_commit(store: ObjectStore, named: str) -> str:
    found = "" if named.startswith("-") or not named.isprintable() else _commit(store, named)
    if not found:
        raise GitRefused(f"no commit {named!r}", hint="List the card's commits: orch diff CARD --json")
    return found


def _log(store: ObjectStore, *revisions: str) -> tuple[Commit, ...]:
    out = git(
        store.repository.root,
        *("log", "-z", "--no-color", "--encoding=UTF-8", "--format=%H%n%ct%n%an%n%s", *revisions, "--"),
        doing="list the commits",
        limit=LONG,
        env=store.env(),
    )
    found = []
    for entry in out.decode(errors="replace").split("\0"):
        if entry:
            commit, at, author, subject = entry.split("\n", 3)
            found.append(Commit(commit, subject, author, float(at)))
    return tuple(found)


def _count(store: ObjectStore, *revisions: str) -> int:
    words = ("rev-list", "--count", *revisions, "--")
    return int(git(store.repository.root, *words, doing="count the commits", limit=LONG, env=store.env()))


def _tree(store: ObjectStore, revision: str) -> str:
    out = git(
        store.repository.root,
        *("rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}"),
        doing="read what is compared",
        env=store.env(),
    )
    return out.decode().strip()


def _with_worktree(files: tuple[ChangedFile, ...], now: Snapshot) -> tuple[ChangedFile, ...]:
    """With what only the worktree knows: which files are untracked, and those too large to be read."""
    untracked = {shown(name) for name in now.untracked}
    found = {
        each.path: replace(each, untracked=each.path in untracked and each.status == "added")
        for each in files
    }
    for name, file in now.large.items():
        path = shown(name)
        before = found.get(path)
        found[path] = ChangedFile(
            path,
            "added" if name in now.untracked else "modified",
            old_mode=before.old_mode if before else "000000" if name in now.untracked else "100644",
            new_mode=f"{file.mode:o}",
            old_id=before.old_id if before else "",
            new_id=f"{file.size:x}-{file.mtime_ns:x}",
            new_size=file.size,
            untracked=name in now.untracked,
            too_large=True,
        )
    return tuple(found[path] for path in sorted(found))
