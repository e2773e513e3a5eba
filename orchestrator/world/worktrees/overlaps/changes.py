"""What a card changes, by names and contents."""

from orchestrator.core.diff.files import NO_MODE
from orchestrator.core.overlaps.changes import GONE, CardChanges
from orchestrator.world.worktrees.command import LONG, git
from orchestrator.world.worktrees.diffs.compare import merge_base
from orchestrator.world.worktrees.diffs.snapshots import Snapshot
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.facts import default_branch, resolve
from orchestrator.world.worktrees.status import shown

_IDENTITY = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "orch"), ("EMAIL", "orch@localhost"), ("DATE", "@0 +0000"))
}


def base_tip(store: ObjectStore, base: str) -> str:
    """The commit of a base, or of the default branch; empty for none. Raises `GitFailed`."""
    repository = store.repository
    name = base or default_branch(repository)
    return (name and repository.branch_tip(name)) or resolve(repository, name)


def fork(store: ObjectStore, head: str, tip: str, began_at: str) -> str:
    """The commit at which a branch left its base, whose commit is `tip`. `began_at` is where the branch
    began, for when the base tells nothing. All may be empty, and so may the result. Raises `GitFailed`."""
    return (head and tip and merge_base(store, tip, head)) or began_at or tip


def changes(store: ObjectStore, now: Snapshot, since: str) -> CardChanges:
    """What the snapshot changes since the commit `since`; everything where that is empty. The same worktree
    is the same commit each time. Raises `GitFailed`."""
    files: dict[str, str] = {}
    added = set()
    for path, before, after in _differing(store, since, now.tree):
        files[path] = after
        if before == GONE:
            added.add(path)
    large = {shown(name): f"{file.size:x}-{file.mtime_ns:x}" for name, file in now.large.items()}
    return CardChanges(
        commit=_commit(store, now),
        tree=now.tree,
        head=now.head,
        files={**files, **large},
        added=frozenset(added),
        unread=frozenset(large),
    )


def _differing(store: ObjectStore, old: str, new: str) -> list[tuple[str, str, str]]:
    """Path, content before and content after of each file; a renamed file is two. Everything where there is
    no `old`."""
    if not old:
        return [(path, GONE, after) for path, after in _listed(store, new)]
    words = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-relative", old, new, "--")
    env = store.env()
    out = git(store.repository.root, *words, doing="list the changed files", limit=LONG, env=env)
    fields = out.split(b"\0")
    found = []
    for about, name in zip(fields[0::2], fields[1::2], strict=False):
        old_mode, new_mode, old_id, new_id, _ = about[1:].decode().split(" ")
        found.append((shown(name), _content(old_mode, old_id), _content(new_mode, new_id)))
    return found


def _listed(store: ObjectStore, tree: str) -> list[tuple[str, str]]:
    words = ("ls-tree", "-r", "-z", "--full-tree", tree)
    out = git(store.repository.root, *words, doing="list the files", limit=LONG, env=store.env())
    found = []
    for entry in out.split(b"\0"):
        about, _, name = entry.partition(b"\t")
        if name:
            mode, _, content = about.decode().split(" ")
            found.append((shown(name), _content(mode, content)))
    return found


def _content(mode: str, content: str) -> str:
    return GONE if mode == NO_MODE else f"{mode} {content}"


def _commit(store: ObjectStore, now: Snapshot) -> str:
    words = ("commit-tree", now.tree, *(("-p", now.head) if now.head else ()))
    out = git(
        store.repository.root,
        *words,
        doing="read the worktree",
        stdin=b"A worktree\n",
        env={**store.env(), **_IDENTITY},
    )
    return out.decode().strip()
