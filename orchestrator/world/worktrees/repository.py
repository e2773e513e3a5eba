"""Which repository a path belongs to, its worktrees, its lock, and valid names in it."""

import os
import re
import shlex
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.world.worktrees.command import LONG, ask, at_least, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused

_OLDEST = (2, 31)
_LOOKS_AGAIN_AFTER = (0.05, 0.1, 0.2, 0.4)
"""Seconds. Git cannot list worktrees while one of them is just being added or removed."""
_locks: dict[str, threading.Lock] = {}
_locks_guard = threading.Lock()

_OID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class WorktreeEntry:
    """A worktree as git has it registered. `head` and `branch` are empty for none."""

    path: str
    head: str = ""
    branch: str = ""
    bare: bool = False
    locked: str | None = None
    """The reason of its lock, which may be empty; `None` if it is not locked."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a main worktree at `root`; `common` is the git directory its worktrees share.

    For a bare repository `root` is the git directory itself, or the folder whose `.git` file names it.
    """

    root: str
    common: str

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held during everything that changes the repository; only one thread of this process at a time."""
        with _locks_guard:
            lock = _locks.setdefault(self.common, threading.Lock())
        if not lock.acquire(timeout=2 * LONG):
            raise GitFailed(
                f"{self.root} is busy", "another operation on it is still running", "Retry later."
            )
        try:
            yield
        finally:
            lock.release()

    def worktrees(self) -> tuple[WorktreeEntry, ...]:
        """Every registered worktree, the main one first."""
        first, *others = list_worktrees(self.common)
        return (replace(first, path=self.root), *others)

    def branch_tip(self, branch: str) -> str:
        """The commit of a local branch; empty if there is no such branch."""
        return self.commit(f"refs/heads/{branch}")

    def commit(self, revision: str) -> str:
        """The commit of a full ref name, an id or `HEAD`; empty for none."""
        answer = ask(self.root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        said = answer.out.decode(errors="replace").strip()
        return said if answer.code == 0 and _OID.fullmatch(said) else ""

    def contains(self, commit: str, wanted: str) -> bool:
        """Whether the history of a commit has the other one."""
        return ask(self.root, "merge-base", "--is-ancestor", wanted, commit).code == 0

    def busy_branches(self) -> frozenset[str]:
        """Branches that a rebase or bisect in progress in some worktree will return to."""
        names = ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START")
        common = Path(self.common)
        found = [file for name in names for file in (common / name, *common.glob(f"worktrees/*/{name}"))]
        texts = (file.read_text(errors="replace").strip() for file in found if file.is_file())
        return frozenset(text.removeprefix("refs/heads/") for text in texts)


def open_repository(path: Path) -> Repository:
    """The repository of a path in any of its worktrees.

    Raises `GitRefused` if there is none, or git is too old or refuses to use it.
    """
    if not at_least(*_OLDEST):
        raise GitRefused("git is too old", "orch needs 2.31 or newer", "Install a newer git.")
    if not is_there(path):
        raise GitRefused(f"{path} does not exist", hint="Use the path of a git repository.")
    folder = str(path if path.is_dir() else path.parent)
    words = ["--git-common-dir", "--absolute-git-dir", "--is-bare-repository", "--is-inside-work-tree"]
    answer = ask(folder, "rev-parse", "--path-format=absolute", *words, "--show-toplevel")
    if answer.code:  # also where there is a repository but no work tree: only the last word needs one
        answer = ask(folder, "rev-parse", "--path-format=absolute", *words)
        if answer.code:
            raise _unusable(path, answer.last_words)
        said = [*_lines(answer.out), ""]
    else:
        said = _lines(answer.out)
    if len(said) != len(words) + 1:
        raise GitRefused(
            f"cannot use {folder!r}", "its path contains a line break", "Rename the directory, then retry."
        )
    common, own, bare, inside, top = said
    if bare == "true":
        return _bare(common)
    if own == common and inside == "true":
        return Repository(top, os.path.realpath(common))
    first = list_worktrees(common)[0]
    if first.bare:
        return _bare(common)
    return Repository(_main_root(first.path, common), os.path.realpath(common))


def _lines(out: bytes) -> list[str]:
    return os.fsdecode(out).removesuffix("\n").split("\n")


def list_worktrees(folder: str) -> list[WorktreeEntry]:
    """git's list of registered worktrees, the main one first."""
    separator = "\0" if at_least(2, 36) else "\n"
    flags = ["-z"] if separator == "\0" else []
    entries = []
    for block in os.fsdecode(_listed(folder, flags)).split(separator * 2):
        said = dict(line.partition(" ")[::2] for line in block.split(separator) if line)
        if not said:
            continue
        head = said.get("HEAD", "")
        entries.append(
            WorktreeEntry(
                path=said["worktree"],
                head="" if set(head) == {"0"} else head,
                branch=said.get("branch", "").removeprefix("refs/heads/"),
                bare="bare" in said,
                locked=said.get("locked"),
            )
        )
    return entries


def _listed(folder: str, flags: list[str]) -> bytes:
    for pause in _LOOKS_AGAIN_AFTER:
        answer = ask(folder, "worktree", "list", "--porcelain", *flags)
        if not answer.code:
            return answer.out
        if "failed to read" not in answer.err:
            break
        time.sleep(pause)
    return git(folder, "worktree", "list", "--porcelain", *flags, doing=f"list the worktrees of {folder}")


def exact(path: Path) -> str:
    """A path as git registers it: symlinks in its parents resolved, its own name unchanged."""
    return os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118 (surrogates kept)


def registered(entries: tuple[WorktreeEntry, ...], path: Path) -> WorktreeEntry | None:
    """The worktree registered at exactly this path."""
    wanted = exact(path)
    return next((entry for entry in entries if entry.path == wanted), None)


def is_there(path: Path) -> bool:
    """Whether anything, even a dangling symlink, is at this path.

    Raises `GitFailed` if that cannot be determined.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise GitFailed(f"cannot inspect {path}", str(error)) from error
    return True


def is_folder(path: Path) -> bool:
    """Whether the path is a directory and not a symlink to one."""
    return is_there(path) and stat.S_ISDIR(path.lstat().st_mode)


def check_branch_name(branch: str, what: str = "branch") -> None:
    """Raises `GitRefused` unless git allows a local branch with this name."""
    odd = branch.startswith("-") or branch == "HEAD" or not branch.isprintable() or "@{" in branch
    if odd or ask("/", "check-ref-format", f"refs/heads/{branch}").code:
        raise GitRefused(
            f"{branch!r} is not a valid {what} name",
            "git does not allow it",
            "Use letters, digits, dots, dashes and slashes.",
        )


def is_object_id(said: str) -> bool:
    """Whether this is the full id of an object."""
    return _OID.fullmatch(said) is not None


def check_commit_id(commit: str) -> None:
    """Raises `GitRefused` unless this is the full id of a commit."""
    if not _OID.fullmatch(commit):
        raise GitRefused(
            f"{commit!r} is not a full commit id", hint="Choose a base branch or commit that exists."
        )


def _main_root(listed: str, common: str) -> str:
    if Path(listed, ".git").exists():
        return listed
    # A submodule's git directory is in its parent's and names the worktree in its config.
    answer = ask(common, "config", "--file", os.path.join(common, "config"), "core.worktree")  # noqa: PTH118
    if answer.code == 0:
        return os.path.realpath(Path(common, os.fsdecode(answer.out).removesuffix("\n")))
    raise GitRefused(
        "cannot find the main worktree",
        f"its git directory {common} is elsewhere and does not name it",
        "Use the path of the main worktree.",
    )


def _bare(common: str) -> Repository:
    """With a `.git` file next to the git directory, worktrees are next to the folder that contains both."""
    common = os.path.realpath(common)
    folder = Path(common).parent
    answer = ask(str(folder), "rev-parse", "--path-format=absolute", "--git-common-dir")
    named = os.fsdecode(answer.out).removesuffix("\n")
    pointed = (folder / ".git").is_file() and not answer.code and os.path.realpath(named) == common
    return Repository(str(folder) if pointed else common, common)


def _unusable(path: Path, said: str) -> GitRefused | GitFailed:
    if "not a git repository" in said:
        return GitRefused(
            f"{path} is not in a git repository",
            hint="Choose another directory, or run git init there first.",
        )
    if "dubious ownership" in said:
        return GitRefused(
            f"git does not trust {path}",
            "another user owns it",
            f"If you trust its contents, run: git config --global --add safe.directory {_owned(path, said)}",
        )
    return GitFailed(f"git cannot read {path}", said)


def _owned(path: Path, said: str) -> str:
    """The folder for git's safe.directory, which is the top of the repository, quoted for a shell."""
    found = re.search(r"repository at '(.+)'", said)
    return shlex.quote(found[1] if found else str(path))
