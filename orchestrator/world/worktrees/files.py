"""Single files as they were committed, for references."""

from pathlib import Path, PurePosixPath

from orchestrator.world.worktrees.command import ask, git
from orchestrator.world.worktrees.errors import GitRefused
from orchestrator.world.worktrees.repository import check_commit_id

LARGEST = 8 * 1024 * 1024
"""Maximum bytes of a file that is read."""


def committed(tree: Path, path: str) -> tuple[str, str, bytes]:
    """(path from the worktree's top, HEAD's commit, content) of a file in the worktree at `tree`.

    `path` is relative to its top, or absolute. Raises `GitRefused` if it is outside, has uncommitted changes,
    or is too large; else git's errors.
    """
    name = _within(tree, path)
    said = git(str(tree), "rev-parse", "--verify", "HEAD^{commit}", doing="find the worktree's commit")
    commit = said.decode().strip()
    changed = ask(str(tree), "--literal-pathspecs", "status", "--porcelain", "--", name)
    if changed.code or changed.out.strip():
        raise GitRefused(
            f"{name} has uncommitted changes",
            "the recipient would not find them",
            "Commit it first.",
        )
    return name, commit, file_at(tree, commit, name)


def file_at(folder: Path, commit: str, path: str) -> bytes:
    """The file's content at that commit, in the repository of any folder in it. Raises `GitRefused` if there
    was none, or one larger than `LARGEST`."""
    check_commit_id(commit)
    name = _relative(path)
    there = f"{commit}:{name}"
    size = ask(str(folder), "cat-file", "-s", there)
    kind = ask(str(folder), "cat-file", "-t", there).out.strip()
    if size.code or kind != b"blob":
        raise GitRefused(f"no file {name} at commit {commit[:12]}")
    if int(size.out) > LARGEST:
        raise GitRefused(f"{name} has {int(size.out):,} bytes", f"the limit is {LARGEST:,}")
    return git(str(folder), "cat-file", "blob", there, doing=f"read {name}")


def diff_at(folder: Path, since: str, commit: str, path: str) -> str:
    """The difference of the file at that commit from where the branch began, as a unified diff."""
    check_commit_id(since)
    check_commit_id(commit)
    arguments = ["--literal-pathspecs", "diff", "--no-color"]
    out = git(str(folder), *arguments, f"{since}...{commit}", "--", _relative(path), doing=f"compare {path}")
    return out.decode(errors="replace")


def last_commit_at(tree: Path) -> float:
    """The end of the second in which HEAD of this worktree was committed: git stores whole seconds.

    0 if unknown.
    """
    answer = ask(str(tree), "log", "-1", "--format=%ct", "HEAD", "--")
    said = answer.out.strip()
    return float(said) + 1.0 if answer.code == 0 and said.isdigit() else 0.0


def _within(tree: Path, path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute():
        for top in (tree, tree.resolve()):
            if pure.is_relative_to(top):
                return _relative(str(pure.relative_to(top)))
        raise GitRefused(f"{path} is outside your worktree", f"that is {tree}")
    return _relative(path)


def _relative(path: str) -> str:
    pure = PurePosixPath(path)
    if not pure.parts or pure.is_absolute() or ".." in pure.parts or "\0" in path or pure.parts[0] == ".git":
        raise GitRefused(
            f"{path!r} is not a file path in the worktree", hint="Use a path relative to the worktree."
        )
    return str(pure)
