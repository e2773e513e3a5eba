"""A worktree on a host as it is now, its objects brought here."""

import os

from orchestrator.world.hosts import ssh
from orchestrator.world.hosts.carrying import LONG_THERE, Copy, over_ssh
from orchestrator.world.worktrees import diffs
from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.diffs.snapshots import LARGEST, LargeFile

_FETCH = (
    *("-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-prune"),
    *("--no-write-fetch-head", "--no-recurse-submodules"),
)


def snapshot(copy: Copy, store: diffs.ObjectStore) -> diffs.Snapshot | None:
    """As `diffs.snapshot`, of a worktree there; `None` where there is none. Raises `GitFailed`, and what
    `ssh.ask` raises."""
    said = ssh.ask(
        copy.host,
        "snapshot",
        limit=LONG_THERE,
        base=copy.base,
        repo=copy.repo,
        tree=copy.tree,
        largest=LARGEST,
    )
    if not said["there"]:
        return None
    if ask(str(copy.root), "cat-file", "-e", said["tree"], env=store.env()).code:
        url = f"host:{copy.base}/repos/{copy.repo}.git"
        ref = f"refs/orch/snapshot/{copy.tree}"
        what = f"bring the changes of {copy.branch} from {copy.host.name}"
        over_ssh(copy, *_FETCH, url, ref, doing=what, env=store.env())
    large = {
        os.fsencode(name): LargeFile(mode, size, time) for name, (mode, size, time) in said["large"].items()
    }
    return diffs.Snapshot(
        said["tree"],
        said["head"],
        said["branch"],
        frozenset(map(os.fsencode, said["untracked"])),
        large=large,
        notes=tuple(diffs.too_large(large)),
    )
