"""Whether git can merge two cards."""

from orchestrator.core.overlaps.changes import CardChanges
from orchestrator.core.overlaps.overlap import OLD_GIT, Merge
from orchestrator.core.text.clean import one_line
from orchestrator.world.worktrees.command import LONG, ask, at_least
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.errors import WorktreeError
from orchestrator.world.worktrees.looks import OF_A_LOOK, without_merge_programs
from orchestrator.world.worktrees.repository import is_object_id
from orchestrator.world.worktrees.status import shown

_CLEAN, _CONFLICT = 0, 1
"""git's exit codes; any other is a failure, which says nothing about conflicts."""


def merge(store: ObjectStore, one: CardChanges, other: CardChanges) -> Merge:
    """Their commits merged in memory. Merge drivers of the repository's own configuration don't run, and
    nothing is fetched (see `looks`). Raises nothing."""
    try:
        if not at_least(2, 38):
            return Merge("unknown", why=OLD_GIT)
        root = store.repository.root
        env = {**store.env(), **OF_A_LOOK}
        words = (
            "merge-tree",
            "--write-tree",
            "--name-only",
            "--no-messages",
            "-z",
            "--allow-unrelated-histories",
        )
        found = ask(
            root, *without_merge_programs(root), *words, one.commit, other.commit, limit=LONG, env=env
        )
        tree, _, names = found.out.partition(b"\0")
        if found.code == _CLEAN:
            result = tree.decode().strip()
            return Merge("clean", "first" if result == one.tree else "second" if result == other.tree else "")
        if found.code == _CONFLICT and is_object_id(tree.decode()):  # without one a commit is missing
            files = {shown(name) for name in names.split(b"\0") if name}
            return Merge("conflict", conflicts=tuple(sorted(files)))
        gone = any(ask(root, "cat-file", "-e", each, env=env).code for each in (one.commit, other.commit))
        said = found.last_words.splitlines()[-1:] or [f"it exited with code {found.code}"]
        return Merge("unknown", why=one_line(f"git cannot tell: {said[0]}"), gone=gone)
    except (WorktreeError, OSError) as error:
        return Merge("unknown", why=one_line(f"git cannot tell: {error}"))
