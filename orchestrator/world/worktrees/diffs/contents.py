"""What files hold in a tree."""

from collections.abc import Iterable

from orchestrator.world.worktrees.command import LONG, git
from orchestrator.world.worktrees.diffs.changes import check_trees
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.status import shown

_LARGEST = 50_000_000
"""Maximum bytes of a file that is read."""


def contents(store: ObjectStore, tree: str, paths: Iterable[str]) -> dict[str, bytes]:
    """By path, as a diff shows it. Files that are not there are left out, and so are links, submodules and
    large ones. Raises `GitRefused` for what is no id of a tree, and `GitFailed`."""
    check_trees(tree)
    wanted = set(paths)
    if not wanted:
        return {}
    ids = {path: content for path, content in _listed(store, tree, wanted) if path in wanted}
    out = (
        git(
            store.repository.root,
            *("cat-file", "--batch"),
            doing="read files",
            stdin="".join(f"{content}\n" for content in ids.values()).encode(),
            env=store.env(),
            limit=LONG,
        )
        if ids
        else b""
    )
    found = {}
    at = 0
    for path in ids:
        head, _, _ = out[at : at + 200].partition(b"\n")
        size = int(head.split(b" ")[2])
        at += len(head) + 1
        found[path] = out[at : at + size]
        at += size + 1
    return found


def _listed(store: ObjectStore, tree: str, wanted: set[str]) -> Iterable[tuple[str, str]]:
    """Path and id of the files of the tree, those that are wanted at the least."""
    names = [] if any("\\x" in path for path in wanted) else sorted(wanted)
    words = ("ls-tree", "-r", "-l", "-z", "--full-tree", tree, "--", *names)
    out = git(store.repository.root, *words, doing="list files", env=store.env(), limit=LONG)
    for entry in out.split(b"\0"):
        about, _, name = entry.partition(b"\t")
        if name:
            mode, _, content, size = about.split()
            if mode in (b"100644", b"100755") and size.isdigit() and int(size) <= _LARGEST:
                yield shown(name), content.decode()
