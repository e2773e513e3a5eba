"""A worktree to look at, and what is seen of it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.diff.files import ChangedFile, Diff
from orchestrator.world.worktrees import diffs
from tests.world.plots import Plot, plot


@dataclass(frozen=True)
class Look:
    there: Plot
    store: diffs.ObjectStore

    def snapshot(self) -> diffs.Snapshot:
        return diffs.snapshot(self.store, self.there.path)

    def diff(self, scope: diffs.Scope | None = None, *, ignore_space: bool = False) -> Diff:
        scope = scope or diffs.Scope(base="main")
        return diffs.compare(self.store, self.snapshot(), scope, ignore_space=ignore_space)

    def files(self) -> dict[str, ChangedFile]:
        return {each.path: each for each in self.diff().files}

    def patch(self, diff: Diff) -> bytes:
        return b"".join(diffs.patch_parts(self.store, diff.old_tree, diff.new_tree))

    def applied(self, old: str, patch: bytes, scratch: Path) -> str:
        """The tree that `git apply` makes of a tree."""
        env = {**self.store.env(), "GIT_INDEX_FILE": str(scratch / "index")}
        self.git("read-tree", old, env=env)
        if patch:
            self.git("apply", "--cached", "--whitespace=nowarn", "-", env=env, stdin=patch)
        return self.git("write-tree", env=env).decode().strip()

    def git(self, *words: str, env: dict[str, str], stdin: bytes = b"") -> bytes:
        done = subprocess.run(
            ["env", *(f"{name}={value}" for name, value in env.items()), "git", *words],
            cwd=self.there.repo,
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def look(repo: Path, folder: Path) -> Look:
    return Look(plot(repo), diffs.object_store(repo, folder / "objects"))
