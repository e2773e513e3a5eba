"""Signs that a worktree or a base may have changed, from the times of files alone: git is not run."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from orchestrator.world.worktrees.looks import git_dir_of

_OF_A_WORKTREE = ("HEAD", "index", "logs/HEAD")
"""A commit, a checkout and `git add` write at least one of them."""

_NOT_UTF_8 = re.compile(r"\\x([89a-f][0-9a-f])")

Sign = tuple[tuple[int, int, int, int], ...]
"""Inode, size and times of each file; zeros where there is none."""


def sign_of_worktree(path: str, names: Iterable[str]) -> Sign:
    """Of a worktree's own git files, and of the files in it with these names, which are relative to it."""
    own = git_dir_of(Path(path))
    if own is None:
        return ()
    files = (_stat(str(own / name)) for name in _OF_A_WORKTREE)
    return (*files, *(_stat_shown(path, name) for name in names))


def sign_of_base(common: str, base: str) -> Sign:
    """Of the refs by which a base is known; `common` is the repository's git directory."""
    names = ("packed-refs", "HEAD", f"refs/heads/{base}", f"refs/remotes/origin/{base}")
    return tuple(_stat(os.path.join(common, name)) for name in names)  # noqa: PTH118 (as above)


def _stat_shown(path: str, name: str) -> tuple[int, int, int, int]:
    """Of a file whose name is as `shown` writes it."""
    found = _stat(os.path.join(path, name))  # noqa: PTH118 (thousands of them)
    if found[0] or "\\x" not in name:
        return found
    name = _NOT_UTF_8.sub(lambda byte: chr(0xDC00 + int(byte[1], 16)), name)
    return _stat(os.path.join(path, name))  # noqa: PTH118


def _stat(path: str) -> tuple[int, int, int, int]:
    try:
        seen = os.lstat(path)
    except (OSError, ValueError):
        return (0, 0, 0, 0)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
