"""The files that differ between two trees, as git's machine formats tell them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.core.diff.files import NO_MODE, SUBMODULE, ChangedFile, FileStatus
from orchestrator.world.worktrees.command import LONG, git
from orchestrator.world.worktrees.diffs.store import ObjectStore
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.repository import is_object_id
from orchestrator.world.worktrees.status import shown

COMPARED = (
    *("diff-tree", "-r", "-M", "--full-index", "--no-color", "--no-relative", "-O/dev/null"),
    *("--submodule=short", "--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/"),
)
"""Everything that a user's configuration could change of the result is said."""
IGNORE_SPACE = "--ignore-all-space"

_STATUS: dict[str, FileStatus] = {
    "A": "added",
    "C": "copied",
    "D": "deleted",
    "M": "modified",
    "R": "renamed",
    "T": "type changed",
}


@dataclass(frozen=True, slots=True)
class _Raw:
    """One entry of `--raw`; names are bytes."""

    file: ChangedFile
    name: bytes


def changes(store: ObjectStore, old: str, new: str, *, ignore_space: bool = False) -> tuple[ChangedFile, ...]:
    """Sorted by path. Raises `GitRefused` for what is no id of a tree, and `GitFailed`."""
    check_trees(old, new)
    options = (IGNORE_SPACE,) if ignore_space else ()
    out = git(
        store.repository.root,
        *(*COMPARED, "--raw", "--numstat", "-z", *options, old, new, "--"),
        doing="compare",
        limit=LONG,
        env=store.env(),
    )
    fields = iter(out.split(b"\0"))
    raw: list[_Raw] = []
    counts: dict[bytes, tuple[int | None, int | None]] = {}
    for field in fields:
        if field.startswith(b":"):
            raw.append(_raw(field, fields))
        elif field:
            added, removed, name = field.split(b"\t", 2)
            if not name:  # of a rename both names follow
                next(fields)
                name = next(fields)
            before = counts.get(name, (0, 0))
            counts[name] = _sum(before[0], _number(added)), _sum(before[1], _number(removed))
    sizes = _sizes(store, raw, counts)
    return tuple(
        replace(
            each.file,
            added=counts.get(each.name, (0, 0))[0],
            removed=counts.get(each.name, (0, 0))[1],
            old_size=sizes.get(each.file.old_id),
            new_size=sizes.get(each.file.new_id),
        )
        for each in sorted(raw, key=lambda each: each.name)
    )


def check_trees(*trees: str) -> None:
    """Raises `GitRefused` unless all are full ids."""
    for tree in trees:
        if not is_object_id(tree):
            raise GitRefused(f"{tree!r} is not the id of a tree", hint="Read the diff again.")


def names(store: ObjectStore, old: str, new: str) -> dict[str, bytes]:
    """The names of all files that differ, by what is shown of them."""
    out = git(
        store.repository.root,
        *("diff-tree", "-r", "--no-renames", "--no-relative", "--name-only", "-z", old, new, "--"),
        doing="list the files",
        limit=LONG,
        env=store.env(),
    )
    return {shown(name): name for name in out.split(b"\0") if name}


def _raw(field: bytes, fields: Iterator[bytes]) -> _Raw:
    old_mode, new_mode, old_id, new_id, letter = field[1:].decode().split(" ")
    name = next(fields)
    before = None
    if letter[0] in "RC":
        before, name = shown(name), next(fields)
    file = ChangedFile(
        path=shown(name),
        status=_STATUS.get(letter[0], "modified"),
        old_path=before,
        old_mode=old_mode,
        new_mode=new_mode,
        old_id="" if old_mode == NO_MODE else old_id,
        new_id="" if new_mode == NO_MODE else new_id,
    )
    return _Raw(file, name)


def _sizes(
    store: ObjectStore, raw: list[_Raw], counts: dict[bytes, tuple[int | None, int | None]]
) -> dict[str, int]:
    """Bytes of the contents of binary files, by id: of a text the lines say more."""
    wanted = {
        content
        for each in raw
        if counts.get(each.name, (0, 0))[0] is None
        for mode, content in (
            (each.file.old_mode, each.file.old_id),
            (each.file.new_mode, each.file.new_id),
        )
        if content and mode != SUBMODULE
    }
    if not wanted:
        return {}
    out = git(
        store.repository.root,
        *("cat-file", "--batch-check=%(objectname) %(objectsize)"),
        doing="read the sizes of files",
        stdin="\n".join(sorted(wanted)).encode() + b"\n",
        env=store.env(),
    )
    lines = (line.split(" ") for line in out.decode().splitlines())
    return {content: int(size) for content, size in lines if size.isdecimal()}


def _number(said: bytes) -> int | None:
    return int(said) if said.isdigit() else None


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
