"""Stores many files as one pack, which is synced to disk once."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from orchestrator.world.worktrees.command import LONG, feed, git
from orchestrator.world.worktrees.errors import GitFailed
from orchestrator.world.worktrees.repository import Repository
from orchestrator.world.worktrees.status import shown

_CHUNK = 1024**2
_TOLD_EVERY = 500
"""Number of files between two progress reports."""
_INCOMING = "tmp_objdir-orch-"
"""git's own name for an incomplete pack: `git gc` removes what a crash left."""

File = tuple[bytes, str, bool]
"""A path for display, its path on disk, and whether it is a symlink, which is stored as its target."""


def pack(repository: Repository, files: Sequence[File], told: Callable[[str], None]) -> list[str]:
    """Stores files as they are on disk, and returns the blobs' ids in the same order.

    `told` is called with the progress, as text. Raises `GitFailed`; nothing of it is left then.
    """
    if not files:
        return []
    said = git(repository.root, "rev-parse", "--show-object-format", doing="begin the rescue")
    ids: list[str] = []
    objects = Path(repository.common, "objects")
    incoming = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=objects))
    try:
        env = {
            "GIT_OBJECT_DIRECTORY": str(incoming),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(str(objects)),
        }
        settings = ("core.fsync=none", "fastimport.unpackLimit=0", "pack.compression=1", "core.compression=1")
        words = [word for setting in settings for word in ("-c", setting)]
        stream = _stream(files, said.decode().strip(), ids, told)
        answer = feed(
            repository.root, *words, "fast-import", "--quiet", "--done", chunks=stream, limit=LONG, env=env
        )
        if answer.code:
            raise GitFailed(
                "cannot save the files of the rescue",
                answer.last_words,
                "Nothing was removed. Fix the cause (is the disk full?), then retry.",
            )
        _move_in(incoming / "pack", objects / "pack")
    except OSError as error:
        raise GitFailed(
            "cannot save the files of the rescue",
            str(error),
            "Nothing was removed. Fix the cause (is the disk full?), then retry.",
        ) from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
        for report in Path(repository.common).glob("fast_import_crash_*"):
            report.unlink(missing_ok=True)
    return ids


def _stream(
    files: Sequence[File], format_: str, ids: list[str], told: Callable[[str], None]
) -> Iterator[bytes]:
    for number, (name, place, link) in enumerate(files):
        if number % _TOLD_EVERY == 0:
            told(f"rescuing file {number + 1:,} of {len(files):,}")
        kept = hashlib.new(format_, usedforsecurity=False)
        if link:
            target = os.readlink(os.fsencode(place))  # noqa: PTH115 (bytes kept)
            kept.update(b"blob %d\0" % len(target) + target)
            yield b"blob\ndata %d\n%b\n" % (len(target), target)
            ids.append(kept.hexdigest())
            continue
        with open(place, "rb", buffering=0) as file:  # noqa: PTH123 (names that are no UTF-8 kept)
            size = left = os.fstat(file.fileno()).st_size
            kept.update(b"blob %d\0" % size)
            yield b"blob\ndata %d\n" % size
            while left:
                chunk = file.read(min(_CHUNK, left))
                if not chunk:
                    raise GitFailed(
                        f"{shown(name)} changed while it was being saved",
                        "it became shorter",
                        "Stop whatever writes to it, then retry.",
                    )
                left -= len(chunk)
                kept.update(chunk)
                yield chunk
            yield b"\n"
        ids.append(kept.hexdigest())
    yield b"done\n"


def _quoted(path: str) -> str:
    """A path in the form that git needs in a list separated by colons."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _move_in(made: Path, packs: Path) -> None:
    """Moves the packs to the others, the index last, as git does; returns when they are on disk."""
    if not made.is_dir():
        return
    packs.mkdir(exist_ok=True)
    files = sorted(made.glob("pack-*"), key=lambda file: file.suffix == ".idx")
    for file in files:
        with file.open("rb") as open_:
            os.fsync(open_.fileno())
    for file in files:
        file.rename(packs / file.name)
    folder = os.open(packs, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
