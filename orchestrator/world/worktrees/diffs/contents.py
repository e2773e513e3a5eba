"""What files hold in a tree."""

import re
from collections.abc import Iterable

from orchestrator.world.worktrees.command import LONG, git
from orchestrator.world.worktrees.diffs.changes import check_trees
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.status import shown

_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LARGEST = 50_000_000
"""Maximum bytes of a file that is read."""


def contents(store: ObjectStore, tree: str, paths: Iterable[str]) -> dict[str, bytes]:
    """By path, as a diff shows it. Files that are not there are left out, and so are links, submodules and
    large ones. Raises `GitRefused` for what is no id of a tree, and `GitFailed`."""
    ids = content_ids(store, tree, paths)
    held = stored(store, ids.values())
    return {path: held[content] for path, content in ids.items() if content in held}


def content_ids(store: ObjectStore, tree: str, paths: Iterable[str]) -> dict[str, str]:
    """The ids of what these files hold, by path; of the same files as `contents`, and as it raises."""
    check_trees(tree)
    wanted = set(paths)
    if not wanted:
        return {}
    return {path: content for path, content in _listed(store, tree, wanted) if path in wanted}


def stored(store: ObjectStore, ids: Iterable[str]) -> dict[str, bytes]:
    """Contents by their ids; those that are no longer stored are left out. Raises `GitFailed`."""
    wanted = [each for each in dict.fromkeys(ids) if _ID.fullmatch(each)]
    if not wanted:
        return {}
    out = git(
        store.repository.root,
        *("cat-file", "--batch"),
        doing="read files",
        stdin="".join(f"{content}\n" for content in wanted).encode(),
        env=store.env(),
        limit=LONG,
    )
    found = {}
    at = 0
    for content in wanted:
        head, _, _ = out[at : at + 200].partition(b"\n")
        at += len(head) + 1
        if head.endswith(b" missing"):
            continue
        size = int(head.split(b" ")[2])
        found[content] = out[at : at + size]
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
