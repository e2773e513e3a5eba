"""Saves everything in a worktree as a commit under `refs/orch/rescue`, without changing the worktree."""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.core.worktrees.rebuildable import Rebuildable
from orchestrator.core.worktrees.rescues import RESCUE_REFS
from orchestrator.world.worktrees.command import LONG, ask, at_least, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.losses import Finding, examine
from orchestrator.world.worktrees.packing import pack
from orchestrator.world.worktrees.repository import Repository, exact, open_repository, registered
from orchestrator.world.worktrees.status import ABSENT, GITLINK, WorkingTree, index_copy, read, shown
from orchestrator.world.worktrees.unseen.hidden import Hidden

LARGEST = 2 * 1024**3
"""Bytes. A larger file is not taken into a rescue, which is then refused."""


def rescue(root: Path, path: Path, card: str, at: datetime | float, spare: Rebuildable | None = None) -> str:
    """Saves a worktree as `refs/orch/rescue/<card>/<UTC time>` and returns that name.

    The commit's tree is HEAD with all changed and untracked files as they are on disk (no filters, no hooks),
    and with the ignored ones that `spare` does not exclude; HEAD is its first parent, so its commits are kept
    too. Staged content that is neither in HEAD nor on disk is kept in a further parent. Worktree, index,
    stash and branches are unchanged. Returns only after the saved tree has been compared with the worktree.
    Raises `GitRefused` if a part of the work cannot be saved this way, `GitFailed` or `GitMissing`.
    """
    repository = open_repository(root)
    with repository.lock():
        entry = registered(repository.worktrees(), path)
        finding = examine(repository, path, entry.branch if entry else "", "", branch_stays=True, spare=spare)
        return save(repository, finding, card, at)


def save(
    repository: Repository,
    finding: Finding,
    card: str,
    at: datetime | float,
    told: Callable[[str], None] = lambda _: None,
) -> str:
    """As `rescue`, for a finding; `told` is called with the progress. The caller holds the lock."""
    when = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    name = f"{RESCUE_REFS}{card}/{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if not card or card.startswith("-") or ask("/", "check-ref-format", name).code:
        raise GitRefused(f"{card!r} is not a valid rescue name", "git does not allow it in a ref's name")
    if finding.beyond_rescue:
        raise GitRefused(
            f"cannot rescue {_where(finding)}",
            f"a rescue cannot save {' or '.join(finding.beyond_rescue)}",
            "Commit, push or move that away, then retry. Rebuildable ignored files can be listed in the "
            "configuration: [worktree] rebuildable.",
        )
    if not finding.heads and not finding.tree:
        raise GitRefused("nothing to rescue", "both the worktree and its branch are gone")
    identity = _identity(when)
    tree = finding.tree
    if tree:
        saved, expected = _write_tree(repository, tree, finding.hidden, told)
        parents = [*_minimal(repository, finding.heads), *_staged(repository, tree, identity)]
    else:
        saved, expected = f"{finding.heads[0]}^{{tree}}", {}
        saved = git(repository.root, "rev-parse", saved, doing="find the commit to rescue").decode().strip()
        parents = _minimal(repository, finding.heads)
    commit = _commit(repository, saved, parents, _message(finding, card), identity)
    if tree:
        told("checking the rescue")
        _verify(repository, tree, commit, expected)
    return _name(repository, name, commit)


def _write_tree(
    repository: Repository, tree: WorkingTree, unseen: Hidden, told: Callable[[str], None]
) -> tuple[str, dict[bytes, tuple[int, str]]]:
    """The tree's id, and for each path its mode and blob, `ABSENT` and empty if it must not exist."""
    expected: dict[bytes, tuple[int, str]] = {
        name: (ABSENT, "") for name, mode in tree.changed.items() if mode == ABSENT
    }
    wanted = [*(name for name, mode in tree.changed.items() if mode != ABSENT)]
    wanted += [*tree.untracked, *unseen.files]
    gitlinks = [name for name in wanted if tree.changed.get(name) == GITLINK]
    files = sorted(set(wanted) - set(gitlinks))
    modes = _check_files(repository, tree.path, files)
    for name in set(files) - set(modes):  # a pipe or socket in place of a tracked file
        expected[name] = (ABSENT, "")
    files = [name for name in files if name in modes]
    for name in gitlinks:
        head = git(_at(tree.path, name), "rev-parse", "HEAD", doing=f"read the submodule {shown(name)}")
        expected[name] = (GITLINK, head.decode().strip())
    with tempfile.TemporaryDirectory(prefix="orch-rescue-") as scratch:
        blobs = _store(repository, tree.path, modes, files, told)
        expected.update((name, (modes[name], blob)) for name, blob in zip(files, blobs, strict=True))
        env = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        start = tree.head or "--empty"
        git(tree.path, "read-tree", start, doing="begin the rescue", env=env, limit=LONG)
        zero = "0" * len(tree.head or "0" * 40)
        lines = [
            b"%o %s\t%s\0" % (mode, (blob or zero).encode(), name) for name, (mode, blob) in expected.items()
        ]
        if lines:
            stdin = b"".join(lines)
            arguments = ("update-index", "-z", "--index-info")
            git(tree.path, *arguments, doing="list the rescued files", env=env, stdin=stdin, limit=LONG)
        out = git(tree.path, *_durable(), "write-tree", doing="write the rescue", env=env, limit=LONG)
    return out.decode().strip(), expected


def _store(
    repository: Repository,
    path: str,
    modes: dict[bytes, int],
    files: list[bytes],
    told: Callable[[str], None],
) -> list[str]:
    return pack(repository, [(name, _at(path, name), modes[name] == 0o120000) for name in files], told)


def _check_files(repository: Repository, path: str, files: list[bytes]) -> dict[bytes, int]:
    modes, total = {}, 0
    for name in files:
        try:
            seen = os.lstat(_at(path, name))
        except OSError as error:
            raise GitFailed(
                f"cannot read {shown(name)}", str(error), "Nothing was removed; retry."
            ) from error
        if stat.S_ISLNK(seen.st_mode):
            modes[name] = 0o120000
        elif stat.S_ISREG(seen.st_mode):
            modes[name] = 0o100755 if seen.st_mode & stat.S_IXUSR else 0o100644
        else:
            continue
        if seen.st_size > LARGEST:
            raise GitRefused(
                f"cannot rescue {shown(name)}",
                f"it has {seen.st_size / 1024**3:.1f} GiB, and the limit is {LARGEST / 1024**3:.1f}",
                "Move it away or delete it, then retry.",
            )
        total += seen.st_size
    if total > shutil.disk_usage(repository.common).free:
        raise GitFailed(
            "not enough space for the rescue",
            f"it needs up to {total / 1024**2:.0f} MiB in {repository.common}",
            "Free some space, then retry.",
        )
    return modes


def _staged(repository: Repository, tree: WorkingTree, identity: dict[str, str]) -> list[str]:
    """A commit of what is staged, if that is neither in HEAD nor on disk."""
    if not tree.staged_apart:
        return []
    with index_copy(tree.git_dir) as env:
        if tree.unmerged:
            stdin = b"\0".join(tree.unmerged) + b"\0"
            arguments = ("update-index", "--force-remove", "-z", "--stdin")
            git(tree.path, *arguments, doing="read what is staged", env=env, stdin=stdin)
        out = git(tree.path, *_durable(), "write-tree", doing="save what is staged", env=env, limit=LONG)
    parents = [tree.head] if tree.head else []
    return [_commit(repository, out.decode().strip(), parents, "orch: what was staged\n", identity)]


def _minimal(repository: Repository, heads: tuple[str, ...]) -> list[str]:
    """The first commit, and those of the others whose history the rest does not contain."""
    if len(heads) < 2:
        return list(heads)
    out = git(repository.root, "merge-base", "--independent", *heads, doing="compare the commits to rescue")
    apart = out.decode().split()
    return [heads[0], *(commit for commit in heads[1:] if commit in apart)]


def _commit(
    repository: Repository, tree: str, parents: list[str], message: str, identity: dict[str, str]
) -> str:
    flags = [word for parent in parents for word in ("-p", parent)]
    out = git(
        repository.root,
        *_durable(),
        *("-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, *flags),
        doing="write the rescue",
        env=identity,
        stdin=message.encode(errors="backslashreplace"),
    )
    return out.decode().strip()


def _verify(
    repository: Repository, tree: WorkingTree, commit: str, expected: dict[bytes, tuple[int, str]]
) -> None:
    """Raises `GitFailed` unless the commit has every path as it is on disk now."""
    out = git(repository.root, "ls-tree", "-r", "-z", commit, doing="check the rescue", limit=LONG)
    held = {}
    for line in out.split(b"\0"):
        about, _, name = line.partition(b"\t")
        if name:
            mode, _, blob = about.split()
            held[name] = (int(mode, 8), blob.decode())
    wrong = [name for name, wanted in expected.items() if held.get(name, (ABSENT, "")) != wanted]
    reported = {*tree.changed, *tree.untracked}
    if wrong or reported - set(expected) or read(repository, tree.path) != tree:
        raise GitFailed(
            f"{tree.path} was not rescued",
            f"{shown(wrong[0])} differs" if wrong else "it changed while it was being saved",
            "Stop whatever writes to it, then retry.",
        )


def _name(repository: Repository, name: str, commit: str) -> str:
    out = git(repository.root, "for-each-ref", "--format=%(refname)", name, f"{name}-*", doing="list rescues")
    taken = out.decode(errors="replace").split()
    free, number = name, 2
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    nothing = "0" * len(commit)
    git(repository.root, *_durable(), "update-ref", free, commit, nothing, doing="name the rescue")
    return free


def _durable() -> tuple[str, ...]:
    """Saved data is synced to disk before anything is removed."""
    if at_least(2, 37):
        return ("-c", "core.fsync=all", "-c", "core.fsyncMethod=batch")
    return ("-c", "core.fsync=all" if at_least(2, 36) else "core.fsyncObjectFiles=true")


def _identity(when: datetime) -> dict[str, str]:
    stamp = f"@{int(when.timestamp())} +0000"
    return {
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", "orch"), ("EMAIL", "orch@localhost"), ("DATE", stamp))
    }


def _message(finding: Finding, card: str) -> str:
    lost = finding.loss.in_words() or "nothing that was not saved elsewhere"
    return (
        f"orch: rescue of {card}\n\nFrom {_where(finding)}: {lost}.\n"
        "To get it back: orch rescue restore, or git worktree add --detach <folder> <this commit>\n"
    )


def _where(finding: Finding) -> str:
    return exact(Path(finding.entry.path)) if finding.entry else "a worktree that is gone"


def _at(path: str, name: bytes) -> str:
    return os.path.join(path, os.fsdecode(name))  # noqa: PTH118 (names that are no UTF-8 kept)
