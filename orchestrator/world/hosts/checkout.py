"""A branch's worktree on a host, next to a bare repository. This runs there; see `there.py`.

Nothing is forced: a commit that a branch moves away from is kept under `refs/orch/kept`.
"""

import fcntl
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LIMIT = 900.0
_MOST = 200
"""Maximum names of files in a message."""
_OURS = {"GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": ":", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_WHO = {
    f"GIT_{who}_{what}": said
    for who in ("AUTHOR", "COMMITTER")
    for what, said in (("NAME", "orch"), ("EMAIL", "orch@localhost"))
}


class Refused(Exception):
    """What failed, why, and what to do next."""

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.hint = what, why, hint


def repository(base: Path, repo: str, who: dict[str, str]) -> dict[str, Any]:
    """Creates the bare repository if it is missing. `who` is the author of commits if git has none."""
    path = _repo(base, repo)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock(base, repo):
        if not (path / "HEAD").exists():
            _git(path, "init", "--bare", "--quiet", ".")
            _git(path, "config", "core.logAllRefUpdates", "true")
        for key, value in who.items():
            if value and not _asked(path, "config", "--get", key):
                _git(path, "config", key, value)
    return {"path": str(path)}


def check_out(
    base: Path, repo: str, *, tree: str, branch: str, commit: str, others: dict[str, str]
) -> dict[str, Any]:
    """Adds the worktree with `branch` at `commit`, or updates an existing one: uncommitted changes are kept,
    and so are commits ahead. `others` are further branches, set unless a worktree has them."""
    bare, path = _repo(base, repo), _tree(base, tree)
    with _lock(base, repo):
        _git(bare, "worktree", "prune")
        taken = _checked_out(bare)
        for name, tip in others.items():
            if name not in taken and name != branch:
                _set(bare, name, tip)
        if not (path / ".git").exists():
            _add(bare, path, branch, commit)
        else:
            _bring_to(bare, path, branch, commit)
    return {"path": str(path)}


def state(base: Path, repo: str, tree: str, rescue: str) -> dict[str, Any]:
    """The state of the worktree. Its HEAD gets the name `refs/orch/out/<tree>`; with `rescue` uncommitted
    changes are saved as a commit with that name, unless they were before."""
    bare, path = _repo(base, repo), _tree(base, tree)
    if not (path / ".git").exists():
        return {"there": False, "head": "", "changed": [], "untracked": [], "rescue": ""}
    with _lock(base, repo):
        head = _git(path, "rev-parse", "--verify", "HEAD")
        _git(bare, "update-ref", f"refs/orch/out/{tree}", head)
        lines = _git(path, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all").split("\0")
        untracked = [line[3:] for line in lines if line.startswith("?? ")]
        changed = [line[3:] for line in lines if line and not line.startswith("?? ")]
        saved = _rescue(bare, path, head, rescue) if rescue and (changed or untracked) else ""
    return {
        "there": True,
        "head": head,
        "changed": changed[:_MOST],
        "untracked": untracked[:_MOST],
        "rescue": saved,
    }


def snapshot(base: Path, repo: str, tree: str, largest: int) -> dict[str, Any]:
    """The worktree as it is now, as a commit named `refs/orch/snapshot/<tree>` on top of its HEAD. Files
    above `largest` bytes that are not committed are left out, and told with mode, size and time."""
    bare, path = _repo(base, repo), _tree(base, tree)
    if not (path / ".git").exists():
        return {"there": False}
    words = ("ls-files", "-z", "--exclude-standard")
    untracked = _names(_git(path, *words, "--others"))
    sizes = {name: _on_disk(path / name) for name in (*untracked, *_names(_git(path, *words, "--modified")))}
    large = {name: seen for name, seen in sizes.items() if seen and seen[1] > largest}
    head = _asked(path, "rev-parse", "--verify", "--quiet", "HEAD")
    with tempfile.TemporaryDirectory(prefix="orch-snapshot-") as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        own = Path(_git(path, "rev-parse", "--absolute-git-dir"), "index")
        if own.exists():
            shutil.copy2(own, index["GIT_INDEX_FILE"])
        left_out = [f":(top,exclude,literal){name}" for name in large]
        _git(path, "add", "--all", "--", ".", *left_out, env=index)
        written = _git(path, "write-tree", env=index)
    with _lock(base, repo):
        parent = ("-p", head) if head else ()
        commit = _git(bare, "commit-tree", written, *parent, "-m", "orch: snapshot", env=_WHO)
        _git(bare, "update-ref", f"refs/orch/snapshot/{tree}", commit)
    branch = _asked(path, "symbolic-ref", "--quiet", "--short", "HEAD")
    return {
        "there": True,
        "tree": written,
        "head": head,
        "branch": branch,
        "untracked": untracked,
        "large": large,
    }


def remove(base: Path, repo: str, tree: str, head: str) -> dict[str, Any]:
    """Removes the worktree if its HEAD is `head` and it is clean; else keeps it."""
    bare, path = _repo(base, repo), _tree(base, tree)
    if (path / ".git").exists():
        with _lock(base, repo):
            if _git(path, "rev-parse", "HEAD") == head:
                _git(bare, "worktree", "remove", str(path))
    return {}


def _add(bare: Path, path: Path, branch: str, commit: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep(bare, _asked(bare, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"), commit)
    _git(bare, "worktree", "add", "--quiet", "--no-track", "-B", branch, str(path), commit)


def _bring_to(bare: Path, path: Path, branch: str, commit: str) -> None:
    on = _asked(path, "symbolic-ref", "--quiet", "--short", "HEAD")
    if on != branch:
        raise Refused(
            f"{path} is not on {branch}",
            f"it is on {on or 'no branch'}",
            f"Check it, then: git -C {path} checkout {branch}",
        )
    head = _git(path, "rev-parse", "HEAD")
    if _contains(bare, head, commit):
        return
    _keep(bare, head, commit)
    try:
        _git(path, "reset", "--quiet", "--keep", commit)
    except Refused as refused:
        raise Refused(
            f"cannot update {path} to the branch",
            f"uncommitted work is in the way ({refused.why})",
            "Commit or remove it there, then retry.",
        ) from None


def _set(bare: Path, branch: str, tip: str) -> None:
    if not _asked(bare, "cat-file", "-t", tip):
        return
    _keep(bare, _asked(bare, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"), tip)
    _git(bare, "update-ref", f"refs/heads/{branch}", tip)


def _keep(bare: Path, old: str, new: str) -> None:
    if old and not _contains(bare, new, old):
        _git(bare, "update-ref", f"refs/orch/kept/{old}", old)


def _rescue(bare: Path, path: Path, head: str, name: str) -> str:
    with tempfile.TemporaryDirectory(prefix="orch-rescue-") as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        _git(path, "read-tree", head, env=index)
        _git(path, "add", "--all", "--", ".", env=index)
        tree = _git(path, "write-tree", env=index)
    before = name.rpartition("/")[0]
    latest = _git(bare, "for-each-ref", "--sort=-refname", "--count=1", "--format=%(refname)", before)
    if latest and _same(bare, latest, tree, head):
        return latest
    message = f"orch: rescue of {path}"
    commit = _git(bare, "commit-tree", tree, "-p", head, "-m", message, env=_WHO)
    _git(bare, "update-ref", name, commit, "0" * len(commit))
    return name


def _same(bare: Path, rescue: str, tree: str, head: str) -> bool:
    said = _asked(bare, "rev-parse", f"{rescue}^{{tree}}", f"{rescue}^1")
    return said.split() == [tree, head]


def _names(said: str) -> list[str]:
    return [name for name in said.split("\0") if name]


def _on_disk(file: Path) -> "tuple[int, int, int] | None":
    """Mode, size and time of a regular file."""
    try:
        seen = file.lstat()
    except OSError:
        return None
    return (seen.st_mode, seen.st_size, seen.st_mtime_ns) if stat.S_ISREG(seen.st_mode) else None


def _checked_out(bare: Path) -> set[str]:
    lines = _git(bare, "worktree", "list", "--porcelain").splitlines()
    return {line.removeprefix("branch refs/heads/") for line in lines if line.startswith("branch ")}


def _contains(bare: Path, commit: str, ancestor: str) -> bool:
    return _run(bare, "merge-base", "--is-ancestor", ancestor, commit).returncode == 0


def _git(cwd: Path, *words: str, env: "dict[str, str] | None" = None) -> str:
    done = _run(cwd, *words, env=env)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Refused(f"git {words[0]} failed in {cwd}", said[-1] if said else f"exit code {done.returncode}")
    return done.stdout.strip("\n")


def _asked(cwd: Path, *words: str) -> str:
    """git's output; empty if it fails."""
    done = _run(cwd, *words)
    return done.stdout.strip("\n") if done.returncode == 0 else ""


def _run(cwd: Path, *words: str, env: "dict[str, str] | None" = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", *words],
        cwd=cwd,
        env={**os.environ, **_OURS, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_LIMIT,
        check=False,
        encoding="utf-8",
        errors="surrogateescape",
    )


@contextmanager
def _lock(base: Path, repo: str) -> Iterator[None]:
    """Held during all operations on one repository; another call may still be running."""
    deadline = time.monotonic() + _LIMIT
    with (base / "repos" / f"{repo}.lock").open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Refused(f"{repo} is busy", "another operation on it is still running") from None
                time.sleep(0.1)
        yield


def _repo(base: Path, repo: str) -> Path:
    return base / "repos" / f"{repo}.git"


def _tree(base: Path, tree: str) -> Path:
    return base / "worktrees" / tree
