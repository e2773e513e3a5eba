"""Copies untracked files, such as `.env`, from the main worktree into a new one."""

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from orchestrator.world.worktrees.command import ask
from orchestrator.world.worktrees.errors import GitFailed, GitRefused


def copy_files(root: Path, path: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    """Copies the main worktree's untracked files (also ignored ones) that match a glob such as `.env*`,
    `config/*.local` or `**/.env` into the worktree at `path`; returns their paths.

    `*` stays within one folder, and a folder's name means all files in it. Modes are kept. Existing files are
    never overwritten; symlinks are copied as symlinks, and only those that stay inside the repository. Raises
    `GitRefused` for a pattern that leaves the repository, `GitFailed` or `GitMissing`.
    """
    if not patterns:
        return ()
    for pattern in patterns:
        if not pattern or "\0" in pattern or pattern.startswith("/") or ".." in Path(pattern).parts:
            raise GitRefused(
                f"cannot copy {pattern!r} into a worktree",
                "it points outside the repository",
                "Write it relative to the repository's top folder.",
            )
    globs = [f":(top,glob){pattern}" for pattern in patterns]
    answer = ask(str(root), "ls-files", "--others", "-z", "--", *globs)
    if answer.code:
        raise GitFailed(f"git cannot list the files to copy in {root}", answer.last_words)
    copied = []
    for name in sorted(os.fsdecode(each) for each in answer.out.split(b"\0") if each):
        try:
            if not name.endswith("/") and _copy(root, path, name):
                copied.append(name)
        except FileExistsError:  # never overwritten
            continue
        except OSError as error:
            raise GitFailed(f"cannot copy {name} to {path}", str(error), "Fix that, then retry.") from error
    return tuple(copied)


def _copy(root: Path, path: Path, name: str) -> bool:
    source, copy = root / name, path / name
    if not _plain(path, copy.parent):
        return False
    seen = source.lstat()
    if stat.S_ISLNK(seen.st_mode):
        target = source.readlink()
        inside = source.resolve().is_relative_to(root.resolve())
        if target.is_absolute() or not inside:
            return False
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(target)
        return True
    if not stat.S_ISREG(seen.st_mode):
        return False
    # it may have been replaced since: a symlink is not followed, a pipe is not waited for
    opened = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(opened, "rb") as given:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            return False
        copy.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(copy, flags, 0o600), "wb") as made:
            shutil.copyfileobj(given, made)
            os.fchmod(made.fileno(), stat.S_IMODE(seen.st_mode) & 0o777)
    return True


def _plain(top: Path, folder: Path) -> bool:
    """Whether no symlink is between the worktree's top and this folder, as far as that exists."""
    return folder.resolve() == top.resolve() / folder.relative_to(top)
