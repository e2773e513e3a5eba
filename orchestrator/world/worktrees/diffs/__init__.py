"""What changed in a worktree, its uncommitted and untracked files included, without touching anything in it.

The worktree is written as a tree by an index of orch's own, into a store of orch's own beside the
repository's objects: neither its index nor its objects change. Trees are compared, so that whatever is read
of them later is the same.
"""

from orchestrator.world.worktrees.diffs.changes import changes
from orchestrator.world.worktrees.diffs.compare import Scope, compare
from orchestrator.world.worktrees.diffs.contents import content_ids, contents, stored
from orchestrator.world.worktrees.diffs.patches import cut_patch, patch_parts
from orchestrator.world.worktrees.diffs.snapshots import Snapshot, of_branch, of_commit, snapshot, too_large
from orchestrator.world.worktrees.diffs.store import ObjectStore, object_store, prune

__all__ = [
    "ObjectStore",
    "Scope",
    "Snapshot",
    "changes",
    "compare",
    "content_ids",
    "contents",
    "cut_patch",
    "object_store",
    "of_branch",
    "of_commit",
    "patch_parts",
    "prune",
    "snapshot",
    "stored",
    "too_large",
]
