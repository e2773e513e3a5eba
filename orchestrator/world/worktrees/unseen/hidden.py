"""What git does not read: ignored files that cannot be rebuilt, and nested repositories."""

import filecmp
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.core.worktrees.rebuildable import Rebuildable
from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed
from orchestrator.world.worktrees.status import shown

_SAME = 64 * 1024**2
"""Maximum bytes of an ignored file that is compared with the one in the main worktree."""
_MOST = 500_000
"""Maximum ignored files that are checked."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Paths are bytes relative to the worktree. `sizes` goes with `files`; `stats` detects later writes."""

    files: tuple[bytes, ...] = ()
    sizes: tuple[int, ...] = ()
    nested: tuple[bytes, ...] = ()
    """Folders that are repositories."""
    special: tuple[bytes, ...] = ()
    """Sockets, pipes and devices: they cannot be saved."""
    stats: tuple[tuple[int, ...], ...] = ()

    def largest(self, most: int = 3) -> list[bytes]:
        """The names of the largest files."""
        pairs = sorted(zip(self.sizes, self.files, strict=True), reverse=True)
        return [name for _, name in pairs[:most]]


def hidden(path: str, main: str, spare: Rebuildable) -> Hidden:
    """The ignored files of the worktree at `path`, whatever file ignores them, except those that can be
    rebuilt and those that are identical in the main worktree at `main`.

    Raises `GitFailed` if a folder cannot be read.
    """
    words = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    out = git(path, *words, doing=f"list the ignored files of {path}", limit=LONG)
    found: dict[bytes, os.stat_result] = {}
    nested: list[bytes] = []
    special: list[bytes] = []
    walk = _Walk(path, spare, nested)
    for name in sorted(each for each in out.split(b"\0") if each):
        for each, seen in walk.at(name):
            if not (stat.S_ISREG(seen.st_mode) or stat.S_ISLNK(seen.st_mode)):
                special.append(each)
            elif main == path or not _same(path, main, each, seen):
                found[each] = seen
            if len(found) > _MOST:
                raise GitFailed(
                    f"{path} contains more than {_MOST:,} ignored files",
                    f"most of them in {shown(name)}",
                    _name_them(name),
                )
    return Hidden(
        files=tuple(found),
        sizes=tuple(seen.st_size for seen in found.values()),
        nested=tuple(nested),
        special=tuple(special),
        stats=tuple((each.st_ino, each.st_mode, each.st_size, each.st_mtime_ns) for each in found.values()),
    )


def _name_them(name: bytes) -> str:
    return (
        "Move them away or delete them; or, if rebuildable, list them in the configuration: [worktree] "
        f'rebuildable = ["{shown(name)}"]'
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk over what git ignores. Rebuildable files are left out, at any level above them."""

    path: str
    spare: Rebuildable
    nested: list[bytes]
    known: dict[bytes, bool] = field(default_factory=dict)

    def at(self, name: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
        """Every file at or below a name in git's list."""
        parts = name.rstrip(b"/").split(b"/")
        above = (b"/".join(parts[:length]) for length in range(1, len(parts)))
        if not any(self._again(folder) for folder in above):
            yield from self._below(b"/".join(parts))

    def _below(self, name: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
        try:
            seen = os.lstat(self._full(name))
        except OSError:
            return  # gone meanwhile
        if not stat.S_ISDIR(seen.st_mode):
            if not self.spare.file(os.fsdecode(name)):
                yield name, seen
            return
        if self._again(name):
            return
        names = self._names(name)
        if b".git" in names:
            self.nested.append(name + b"/")
            return
        for each in names:
            yield from self._below(name + b"/" + each)

    def _again(self, folder: bytes) -> bool:
        """Whether this folder can be rebuilt."""
        if folder not in self.known:
            beside = self._names(folder.rpartition(b"/")[0])
            within = self._names(folder)
            self.known[folder] = self.spare.folder(
                os.fsdecode(folder), map(os.fsdecode, beside), map(os.fsdecode, within)
            )
        return self.known[folder]

    def _names(self, folder: bytes) -> list[bytes]:
        try:
            return sorted(os.listdir(self._full(folder)))  # noqa: PTH208 (names that are no UTF-8 kept)
        except OSError as error:
            raise GitFailed(
                f"git cannot read all of {self.path}", str(error), "Make it readable, then retry."
            ) from error

    def _full(self, name: bytes) -> bytes:
        return os.path.join(os.fsencode(self.path), name)  # noqa: PTH118 (as above)


def _same(path: str, main: str, name: bytes, seen: os.stat_result) -> bool:
    """Whether the main worktree has the same at this path, like files that orch copied from there."""
    one, other = (os.path.join(os.fsencode(top), name) for top in (path, main))  # noqa: PTH118
    with suppress(OSError):
        there = os.lstat(other)
        if stat.S_IFMT(there.st_mode) != stat.S_IFMT(seen.st_mode) or there.st_size != seen.st_size:
            return False
        if stat.S_ISLNK(seen.st_mode):
            return os.readlink(one) == os.readlink(other)  # noqa: PTH115 (bytes kept)
        return seen.st_size <= _SAME and filecmp.cmp(one, other, shallow=False)
    return False


def work_inside(path: str, name: bytes, spare: Rebuildable) -> str:
    """What the repository in this folder has that is nowhere else, as text; empty if a clone would restore
    it."""
    folder = os.fsdecode(os.path.join(os.fsencode(path), name.rstrip(b"/")))  # noqa: PTH118
    said = ask(folder, "rev-parse", "--show-toplevel")
    top = os.fsdecode(said.out).removesuffix("\n")
    if said.code or os.path.realpath(top) != os.path.realpath(folder):
        return "which git cannot read"
    parts = []
    status = ask(folder, "status", "--porcelain", "-z", "--untracked-files=normal", limit=LONG)
    if status.code or status.out:
        parts.append("uncommitted changes")
    unpushed = ask(folder, "rev-list", "--max-count=1", "--all", "HEAD", "--not", "--remotes")
    if unpushed.code or unpushed.out.strip():
        parts.append("unpushed commits")
    if not parts and not Path(folder, ".git").is_dir():
        parts.append("a worktree of another repository")
    if not parts and hidden(folder, folder, spare).files:
        parts.append("ignored files")
    return " and ".join(parts)
