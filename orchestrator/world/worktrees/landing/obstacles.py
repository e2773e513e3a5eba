"""What is on disk where a file is about to be written."""

import os
from collections.abc import Iterator, Set

from orchestrator.world.worktrees.command import LONG, git
from orchestrator.world.worktrees.status import shown


def in_the_way(place: str, before: str, after: str) -> tuple[str, ...]:
    """The untracked and ignored files in the checkout `place` of `before` that going to `after` would
    overwrite; both are commits or trees. Raises `GitFailed`."""
    words = ("diff-tree", "-r", "-z", "--no-renames", "--name-status", before, after)
    parts = git(place, *words, doing="see which files are added", limit=LONG).split(b"\0")
    changes = list(zip(parts[1::2], parts[::2], strict=False))
    going = {name for name, status in changes if status == b"D"}
    added = [name for name, status in changes if status == b"A"]
    return tuple(shown(name) for name in added if obstructed(place, name, going))


def obstructed(top: str, name: bytes, going: Set[bytes]) -> bool:
    """Whether writing the file would overwrite anything but the files `going`, which git removes first: a
    file of that name, a file or link in place of one of its folders, or files in a folder of that name. All
    names are relative to `top`."""
    for folder in _above(name):
        if folder in going:
            return False
        place = _at(top, folder)
        if os.path.islink(place) or not os.path.isdir(place):  # noqa: PTH112, PTH114 (bytes)
            return os.path.lexists(place)
    place = _at(top, name)
    if os.path.islink(place) or not os.path.isdir(place):  # noqa: PTH112, PTH114
        return os.path.lexists(place)
    return any(each not in going for each in _below(top, name))


def _above(name: bytes) -> Iterator[bytes]:
    """The folders that it is in, the outermost first."""
    parts = name.split(b"/")
    return (b"/".join(parts[:count]) for count in range(1, len(parts)))


def _below(top: str, folder: bytes) -> Iterator[bytes]:
    """Everything in the folder that is not a folder itself."""
    with os.scandir(_at(top, folder)) as entries:
        for entry in entries:
            name = folder + b"/" + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _below(top, name)
            else:
                yield name


def _at(top: str, name: bytes) -> bytes:
    return os.path.join(os.fsencode(top), name)  # noqa: PTH118 (bytes)
