"""Worktrees to dig in, and ways to see all that a folder or a commit holds."""

import os
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.worktrees import Removal, add, look, loss, remove
from tests.conftest import git

AT = 1_769_860_800.0
STAMP = "20260131T120000Z"

Content = tuple[int, bytes]
"""A git mode, and a file's bytes or a link's target."""


@dataclass(frozen=True)
class Plot:
    """A repository with a worktree on a branch of its own, as a card has it."""

    repo: Path
    path: Path
    branch: str

    def remove(self, *, rescue: bool = False, made_branch: bool = True) -> Removal:
        return remove(
            self.repo,
            self.path,
            self.branch,
            made_branch=made_branch,
            base="main",
            rescue_as="c1" if rescue else None,
            at=AT,
        )

    @property
    def lost(self) -> str:
        """What a removal would lose, in words."""
        return loss(self.repo, self.path, self.branch, "main").in_words()

    def write(self, name: str | bytes, text: str | bytes = "work\n") -> Path:
        file = self.path / os.fsdecode(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def commit(self, name: str = "work.txt", text: str = "work\n") -> str:
        self.write(name, text)
        git(self.path, "add", "--", name)
        git(self.path, "commit", "--quiet", "--message", f"Add {name}")
        return git(self.path, "rev-parse", "HEAD")


def plot(repo: Path, name: str = "a") -> Plot:
    """A fresh worktree beside the repository."""
    path = repo.parent / "repo-orch" / name
    add(repo, path, f"orch/{name}", look(repo).base, existing=False)
    return Plot(repo, path, f"orch/{name}")


def on_disk(folder: Path, ignored: frozenset[bytes] = frozenset()) -> dict[bytes, Content]:
    """Everything below a folder but `.git` and what is ignored."""
    top = os.fsencode(folder)
    found: dict[bytes, Content] = {}
    for where, folders, files in os.walk(top):
        folders[:] = [each for each in folders if each != b".git"]
        links = [each for each in folders if (Path(os.fsdecode(where)) / os.fsdecode(each)).is_symlink()]
        for each in [*files, *links]:
            file = Path(os.fsdecode(where), os.fsdecode(each))
            name = os.fsencode(file.relative_to(folder))
            if name == b".git" or name in ignored:
                continue
            mode = file.lstat().st_mode
            if stat.S_ISLNK(mode):
                found[name] = (0o120000, os.fsencode(file.readlink()))
            else:
                found[name] = (0o100755 if mode & 0o100 else 0o100644, file.read_bytes())
    return found


def in_commit(repo: Path, commit: str) -> dict[bytes, Content]:
    """Everything that a commit's tree holds, byte for byte."""
    found: dict[bytes, Content] = {}
    for line in raw_git(repo, "ls-tree", "-r", "-z", commit).split(b"\0"):
        about, _, name = line.partition(b"\t")
        if name:
            mode, kind, blob = about.split()
            text = raw_git(repo, "cat-file", "blob", blob.decode()) if kind == b"blob" else blob
            found[name] = (int(mode, 8), text)
    return found


def raw_git(folder: Path, *words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True).stdout


def refs(repo: Path) -> dict[str, str]:
    """Every ref with its commit."""
    lines = git(repo, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split() for line in lines)
