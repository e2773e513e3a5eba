"""A worktree as it is now, as a tree."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.status import (
    hidden_by_flags,
    index_copy,
    operations,
    own_git_dir,
    readable_lines,
    shown,
)

LARGEST = 100_000_000
"""Bytes. A file above this that is not committed is listed, and not read."""

_WRITES = ("-c", "core.safecrlf=false", "-c", "core.looseCompression=1")
"""Line ends that git would warn of, or refuse, when somebody commits are nothing to a look."""
_FIELDS = {b"1": 8, b"2": 9, b"u": 10}


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A file that was left out for its size, as it is on disk."""

    mode: int
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    tree: str
    head: str
    """The commit that is checked out; empty on a branch without one."""
    branch: str
    """Empty where HEAD is detached."""
    untracked: frozenset[bytes] = frozenset()
    unmerged: tuple[bytes, ...] = ()
    large: dict[bytes, LargeFile] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """In words, what the tree leaves out, and what is under way."""


def snapshot(store: ObjectStore, path: Path) -> Snapshot:
    """Every tracked file as it is on disk, and every untracked one that git does not ignore, as a commit of
    all of it would hold them.

    Files with conflicts are taken as they are on disk; of a submodule its HEAD; nothing of a repository
    inside that is none. Filters of the repository's own configuration don't run (see `looks`). Raises
    `GitRefused` where the folder is none of the repository's worktrees, `GitFailed`, or `OSError`.
    """
    place = str(path)
    if not path.is_dir():
        raise GitRefused(f"the worktree {path} is missing", "it was moved or removed")
    git_dir = own_git_dir(store.repository, place)
    with index_copy(git_dir) as index:
        env = {**index, **store.env()}
        for flag, names in hidden_by_flags(place, git_dir, env).items():
            if names:
                _feed(place, env, names, flag)
        found = _Found()
        lines, found.unopened = readable_lines(place, env)
        for line in lines:
            found.take(line)
        fit, gone = found.fit_to_read(place)
        if gone:
            _feed(place, env, gone, "--force-remove")
        if fit:
            _feed(place, env, fit, "--add", "--remove", "--replace")
        out = git(place, *_WRITES, "write-tree", "--missing-ok", doing=f"read {place}", env=env, limit=LONG)
    head, branch = _head(place)
    return Snapshot(
        out.decode().strip(),
        head,
        branch,
        frozenset(found.untracked),
        tuple(found.unmerged),
        found.large,
        (*operations(git_dir), *found.notes()),
    )


def of_branch(store: ObjectStore, branch: str) -> Snapshot:
    """What a branch holds that no worktree has checked out. Raises `GitRefused` where there is none."""
    head = store.repository.branch_tip(branch)
    if not head:
        raise GitRefused(
            f"no branch named {branch!r}",
            "it was removed, and so was its worktree",
            "Work that was saved before: orch rescue list. Work that was merged: git log of its base.",
        )
    return of_commit(store, head, branch)


def of_commit(store: ObjectStore, commit: str, branch: str) -> Snapshot:
    """What a commit holds, of a branch that may be gone. Raises `GitFailed`."""
    out = git(
        store.repository.root, "rev-parse", f"{commit}^{{tree}}", doing=f"read {branch}", env=store.env()
    )
    return Snapshot(out.decode().strip(), commit, branch)


def _feed(path: str, env: dict[str, str], names: Iterable[bytes], *flags: str) -> None:
    stdin = b"\0".join(names) + b"\0"
    words = (*_WRITES, "update-index", *flags, "-z", "--stdin")
    git(path, *words, doing=f"read {path}", env=env, stdin=stdin, limit=LONG)


def _head(path: str) -> tuple[str, str]:
    """HEAD's commit and branch, each empty where there is none."""
    commit = ask(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    name = ask(path, "symbolic-ref", "--quiet", "--short", "HEAD")
    said = [each.out.decode(errors="replace").strip() if each.code == 0 else "" for each in (commit, name)]
    return said[0], said[1]


def too_large(files: Mapping[bytes, LargeFile]) -> Iterator[str]:
    """A note for each."""
    for name, file in files.items():
        yield f"{shown(name)} is too large to be shown ({file.size / 1e6:,.0f} MB)"


class _Found:
    """What `git status` tells, sorted."""

    def __init__(self) -> None:
        self.changed: list[bytes] = []
        self.untracked: list[bytes] = []
        self.unmerged: list[bytes] = []
        self.nested: list[bytes] = []
        self.dirty_submodules: list[bytes] = []
        self.unread: list[bytes] = []
        self.unopened: list[str] = []
        self.large: dict[bytes, LargeFile] = {}

    def take(self, line: bytes) -> None:
        kind, _, rest = line.partition(b" ")
        if kind == b"?":
            (self.nested if rest.endswith(b"/") else self.untracked).append(rest)
            return
        *fields, name = line.split(b" ", _FIELDS[kind])
        if kind == b"u":
            self.unmerged.append(name)
        elif fields[1][1:] != b".":
            self.changed.append(name)
        if fields[2][:1] == b"S" and fields[2][2:] != b"..":
            self.dirty_submodules.append(name)

    def fit_to_read(self, path: str) -> tuple[list[bytes], list[bytes]]:
        """Those of which git is to read what is on disk, and those whose folder is a link now: git refuses to
        look behind it. The others are noted."""
        fit: list[bytes] = []
        gone: list[bytes] = []
        top = os.fsencode(path)

        @cache
        def linked(folder: bytes) -> bool:
            above = os.path.dirname(folder)  # noqa: PTH120 (bytes)
            return bool(folder) and (linked(above) or os.path.islink(os.path.join(top, folder)))  # noqa: PTH114, PTH118

        for name in (*self.changed, *self.unmerged, *self.untracked):
            if linked(os.path.dirname(name)):  # noqa: PTH120
                gone.append(name)
                continue
            file = os.path.join(top, name)  # noqa: PTH118
            try:
                seen = os.lstat(file)
            except OSError:
                fit.append(name)  # gone, or its folder is a file now: git finds out which
                continue
            if stat.S_ISREG(seen.st_mode):
                if seen.st_size > LARGEST:
                    mode = 0o100755 if seen.st_mode & stat.S_IXUSR else 0o100644
                    self.large[name] = LargeFile(mode, seen.st_size, seen.st_mtime_ns)
                    continue
                if not os.access(file, os.R_OK):
                    self.unread.append(name)
                    continue
            fit.append(name)
        return fit, gone

    def notes(self) -> Iterable[str]:
        for name in self.nested:
            yield f"{shown(name)} is a repository of its own, and is not shown"
        for name in self.dirty_submodules:
            yield f"uncommitted changes inside the submodule {shown(name)} are not shown"
        for path in (*map(shown, self.unread), *self.unopened):
            yield f"{path} cannot be read, and is not shown"
        yield from too_large(self.large)
