"""The lines that differ between two trees, as a patch: the bytes that git prints."""

from collections.abc import Iterable, Iterator

from orchestrator.world.worktrees.command import LONG, read_out
from orchestrator.world.worktrees.diffs.changes import COMPARED, IGNORE_SPACE, check_trees, names
from orchestrator.world.worktrees.diffs.store import ObjectStore


def cut_patch(
    store: ObjectStore,
    old: str,
    new: str,
    paths: Iterable[str] = (),
    *,
    most: int,
    ignore_space: bool = False,
    context: int = 3,
) -> tuple[bytes, bool]:
    """At most `most` bytes of the patch, cut at the end of a line where it can be; and whether it was cut.

    Of binary files it tells only that they differ. Without `paths` it is of all files; of a renamed file
    both names are to be given. Raises `GitFailed`.
    """
    options = (f"--unified={max(0, context)}", *((IGNORE_SPACE,) if ignore_space else ()))
    held = bytearray()
    for part in _read(store, old, new, paths, options):
        held += part
        if len(held) > most:
            at = held.rfind(b"\n", 0, most)
            return bytes(held[: at + 1 if at > 0 else most]), True
    return bytes(held), False


def patch_parts(store: ObjectStore, old: str, new: str, paths: Iterable[str] = ()) -> Iterator[bytes]:
    """The whole patch, bit by bit, binary files included: `git apply` makes the new tree of the old one.
    Raises `GitFailed`."""
    return _read(store, old, new, paths, ("--binary",))


def _read(
    store: ObjectStore, old: str, new: str, paths: Iterable[str], options: tuple[str, ...]
) -> Iterator[bytes]:
    check_trees(old, new)
    return read_out(
        store.repository.root,
        *(*COMPARED, "--patch", *options, old, new, "--", *_names(store, old, new, paths)),
        doing="compare",
        limit=LONG,
        env={**store.env(), "GIT_LITERAL_PATHSPECS": "1"},
    )


def _names(store: ObjectStore, old: str, new: str, paths: Iterable[str]) -> list[str]:
    """What to call the files in a command, which takes a byte that is no UTF-8 as a surrogate."""
    given = list(paths)
    if not any("\\x" in path for path in given):
        return given
    known = names(store, old, new)
    return [known[path].decode(errors="surrogateescape") if path in known else path for path in given]
