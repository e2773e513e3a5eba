"""The rescues of a repository: listing, showing and restoring them."""

import os
from collections.abc import Iterator
from pathlib import Path

from orchestrator.core.worktrees.rescues import RESCUE_REFS, RescueView
from orchestrator.world.worktrees.command import LONG, ask, git, read_out
from orchestrator.world.worktrees.diffs.changes import COMPARED
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.facts import default_branch, resolve
from orchestrator.world.worktrees.repository import check_branch_name, is_there, open_repository
from orchestrator.world.worktrees.status import shown

_MOST_PATCH = 4 * 1024**2
"""Maximum bytes of a patch that are shown."""
_AT_ONCE = 100
"""Files that are written per call of git."""


def rescues(root: Path) -> tuple[RescueView, ...]:
    """All rescues in the repository, newest first. Raises what `open_repository` raises."""
    repository = open_repository(root)
    format_ = "--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(contents:body)%00%00"
    out = git(repository.root, "for-each-ref", format_, RESCUE_REFS, doing="list the rescues")
    found = []
    for entry in out.decode(errors="replace").split("\0\0"):
        if entry.strip():
            ref, commit, at, body = entry.lstrip("\n").split("\0", 3)
            card = ref.removeprefix(RESCUE_REFS).rpartition("/")[0]
            said = " ".join(body.partition("\n\n")[0].partition("To get it back:")[0].split())
            found.append(RescueView(ref, repository.root, card, commit, int(at or 0), said))
    return tuple(sorted(found, key=lambda each: (-each.at, each.ref)))


def rescued_files(root: Path, ref: str) -> tuple[tuple[str, str], ...]:
    """(`A`, `M`, `D` or `T`, path) of each file in the rescue besides its commits."""
    out = git(
        str(root), *_compared("--name-status", "-z"), *ends_of(root, ref), doing=f"read {ref}", limit=LONG
    )
    words = out.split(b"\0")
    return tuple((kind.decode(), shown(name)) for kind, name in zip(words[::2], words[1::2], strict=False))


def rescued_patch(root: Path, ref: str) -> str:
    """The same as a patch; a long one ends with a line that says so."""
    flags = ("-p", "--no-color", "--no-ext-diff", "--no-textconv")
    out = git(str(root), *_compared(*flags), *ends_of(root, ref), doing=f"read {ref}", limit=LONG)
    more = f"\n… {len(out) - _MOST_PATCH:,} bytes more" if len(out) > _MOST_PATCH else ""
    return out[:_MOST_PATCH].decode(errors="replace") + more


def compared_with(root: Path, ref: str, base: str = "") -> tuple[str, str]:
    """The commit that a patch of the rescue is made against, and the rescue's own: where its work left `base`
    (empty: the default branch), or that of the rescued worktree where they have no commit in common.

    Raises `GitRefused` where there is no such rescue or base."""
    repository = open_repository(root)
    first, last = ends_of(root, ref)
    tip = resolve(repository, base or default_branch(repository))
    if base and not tip:
        raise GitRefused(f"no branch or commit {base!r}", hint="Choose another: --base BRANCH")
    answer = ask(repository.root, "merge-base", tip, last, limit=LONG) if tip else None
    fork = answer.out.decode().split("\n")[0] if answer and answer.code == 0 else ""
    return fork or first, last


def whole_patch(root: Path, against: str, commit: str) -> Iterator[bytes]:
    """Everything that differs between the two commits, binary files included, bit by bit, for `git apply`.
    Raises `GitFailed`."""
    words = (*COMPARED, "--patch", "--binary", against, commit, "--")
    return read_out(str(root), *words, doing="write the patch", limit=LONG)


def restore(root: Path, ref: str, path: Path, branch: str) -> None:
    """Adds a worktree at `path` on the new `branch`, at the commit of the rescued worktree, with the rescued
    files in it, byte for byte, uncommitted.

    Raises `GitRefused` if the path or the branch is taken, `GitFailed` or `GitMissing`; nothing of it is left
    then. The rescue is kept.
    """
    check_branch_name(branch)
    repository = open_repository(root)
    if is_there(path):
        raise GitRefused(f"{path} already exists", hint="Choose another directory: --to PATH")
    if repository.branch_tip(branch):
        raise GitRefused(f"the branch {branch} already exists", hint="Choose another: --branch NAME")
    with repository.lock():
        first, last = ends_of(root, ref)
        whole = repository.commit(first)
        words = ("worktree", "add", "--quiet", "--no-track", "-b", branch, "--", str(path), whole or last)
        git(repository.root, *words, doing=f"add a worktree at {path}", limit=LONG)
        try:
            if whole:
                write_files(str(path), first, last)
        except (GitFailed, OSError) as error:
            ask(repository.root, "worktree", "remove", "--force", "--", str(path), limit=LONG)
            ask(repository.root, "update-ref", "--no-deref", "-d", f"refs/heads/{branch}", whole)
            if isinstance(error, GitFailed):
                raise
            hint = "Nothing was restored; the rescue is kept. Fix the cause, then retry."
            raise GitFailed("cannot write the rescued files", str(error), hint) from error


def restore_branch(root: Path, ref: str, branch: str) -> None:
    """Adds the new `branch` at the rescue's own commit, whose tree holds the rescued files.

    Raises `GitRefused` where the branch is taken, `GitFailed` or `GitMissing`. The rescue stays.
    """
    check_branch_name(branch)
    repository = open_repository(root)
    _, last = ends_of(root, ref)
    with repository.lock():
        if repository.branch_tip(branch):
            raise GitRefused(f"the branch {branch} already exists", hint="Choose another: --branch NAME")
        words = ("branch", "--no-track", "--", branch, last)
        git(repository.root, *words, doing=f"add the branch {branch}")


def drop(root: Path, ref: str, commit: str) -> None:
    """Removes the rescue, if it is still this commit. Raises `GitFailed`."""
    git(str(root), "update-ref", "--no-deref", "-d", _checked(ref), commit, doing=f"remove {ref}")


def _checked(ref: str) -> str:
    if not ref.startswith(RESCUE_REFS) or ask("/", "check-ref-format", ref).code:
        raise GitRefused(f"{ref!r} is not a rescue", hint="List rescues: orch rescue list")
    return ref


def ends_of(root: Path, ref: str) -> tuple[str, str]:
    """The commit of the rescued worktree, or the empty tree; and the rescue's own."""
    ref = _checked(ref)
    last = ask(str(root), "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").out.decode().strip()
    if not last:
        raise GitRefused(f"no {ref} in {root}", hint="List rescues: orch rescue list")
    first = ask(str(root), "rev-parse", "--verify", "--quiet", f"{ref}^1").out.decode().strip()
    if not first:
        first = git(str(root), "hash-object", "-t", "tree", "/dev/null", doing="begin").decode().strip()
    return first, last


def _compared(*flags: str) -> tuple[str, ...]:
    return ("diff-tree", "-r", "--no-renames", *flags)


def write_files(path: str, first: str, last: str) -> None:
    """Writes what differs between the two commits into the worktree, over what is there; may be repeated.
    Raises `GitFailed` or `OSError`."""
    out = git(
        path, *_compared("--raw", "-z", "--no-abbrev"), first, last, doing="read the rescue", limit=LONG
    )
    words = out.split(b"\0")
    entries = [(about.split(), name) for about, name in zip(words[::2], words[1::2], strict=False)]
    for _, name in entries:  # what becomes a folder, a symlink or nothing must be removed first
        place = _place(path, name)
        if os.path.islink(place) or os.path.isfile(place):  # noqa: PTH113, PTH114 (bytes kept)
            os.unlink(place)  # noqa: PTH108
            _drop_empty(path, os.path.dirname(place))  # noqa: PTH120
    files = [(about[1], about[3], name) for about, name in entries if about[1] not in (b"000000", b"160000")]
    for start in range(0, len(files), _AT_ONCE):
        some = files[start : start + _AT_ONCE]
        stdin = b"".join(blob + b"\n" for _, blob, _ in some)
        data = git(path, "cat-file", "--batch", doing="read the rescued files", stdin=stdin, limit=LONG)
        at = 0
        for mode, _, name in some:
            head, _, _ = data[at : at + 200].partition(b"\n")
            size = int(head.split()[2])
            at += len(head) + 1
            _put(path, name, mode, data[at : at + size])
            at += size + 1


def _put(path: str, name: bytes, mode: bytes, content: bytes) -> None:
    place = _place(path, name)
    os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120 (bytes kept)
    if mode == b"120000":
        os.symlink(content, place)  # noqa: PTH211
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(place, flags, 0o777 if mode == b"100755" else 0o666), "wb") as file:
        file.write(content)


def _drop_empty(path: str, folder: bytes) -> None:
    while len(folder) > len(os.fsencode(path)):
        try:
            os.rmdir(folder)  # noqa: PTH106
        except OSError:
            return
        folder = os.path.dirname(folder)  # noqa: PTH120


def _place(path: str, name: bytes) -> bytes:
    return os.path.join(os.fsencode(path), name)  # noqa: PTH118 (names that are no UTF-8 kept)
