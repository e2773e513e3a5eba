"""The state of a worktree: changed and untracked files, submodules, and operations in progress."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.world.worktrees.command import LONG, ask, git
from orchestrator.world.worktrees.errors import GitFailed, GitRefused
from orchestrator.world.worktrees.repository import Repository

GITLINK = 0o160000
ABSENT = 0

_OPERATIONS = (
    ("rebase-merge", "a rebase in progress"),
    ("rebase-apply/rebasing", "a rebase in progress"),
    ("rebase-apply/applying", "a git am in progress"),
    ("MERGE_HEAD", "a merge in progress"),
    ("CHERRY_PICK_HEAD", "a cherry-pick in progress"),
    ("REVERT_HEAD", "a revert in progress"),
    ("BISECT_LOG", "a bisect in progress"),
)
_HEADS = (
    *("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"),
    *("rebase-merge/orig-head", "rebase-apply/orig-head"),
)
_FLAGGED = re.compile(rb"(?:\A|\0)([a-zS]) ([^\0]+)")
_UNOPENED = re.compile(r"could not open directory '(.*)'")
_without_flags: dict[str, tuple[int, ...]] = {}
"""The indexes, by git directory, in which no file is flagged, as they were then."""
_FIELDS = {b"1": 8, b"u": 10}
"""The number of fields before the path in the two kinds of line of `status --porcelain=v2`."""


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """A snapshot of a worktree; two equal ones have the same work.

    Paths are bytes relative to `path`. `changed` maps each tracked path that differs from HEAD to its mode on
    disk, `ABSENT` for none.
    """

    path: str
    git_dir: str
    head: str
    """HEAD's commit; empty on a branch without one."""
    changed: dict[bytes, int]
    untracked: tuple[bytes, ...]
    nested: tuple[bytes, ...]
    """Untracked folders that are repositories: git does not look inside."""
    unmerged: tuple[bytes, ...]
    staged_apart: bool
    """Something is staged that is neither in HEAD nor on disk."""
    submodules: tuple[str, ...]
    """What submodules have that is nowhere else, as text."""
    has_submodules: bool
    operations: tuple[str, ...]
    heads: tuple[str, ...]
    """The commits of operations in progress."""
    stats: tuple[tuple[int, ...], ...] = field(repr=False)
    """Inode, mode, size and times of each path, to detect later writes."""

    @property
    def clean(self) -> bool:
        """Whether there is nothing to commit; submodules and operations in progress do not count."""
        return not (self.changed or self.untracked or self.nested)


def read(repository: Repository, path: str) -> WorkingTree:
    """Reads a worktree without changing anything in it, including its index.

    Finds what the user's settings hide from `git status`: files marked assume-unchanged or skip-worktree,
    ignored submodules, `status.showUntrackedFiles=no`. Ignored files are not read. Raises `GitRefused` if the
    folder is no longer a worktree of this repository.
    """
    git_dir = own_git_dir(repository, path)
    gitlinks, hidden = _index(path)
    with _index_without(path, git_dir, hidden) as env:
        lines = status_lines(path, env)
    changed: dict[bytes, int] = {}
    unmerged: list[bytes] = []
    others: list[bytes] = []
    staged_apart = False
    for line in lines:
        kind, _, rest = line.partition(b" ")
        if kind == b"?":
            others.append(rest)
            continue
        *fields, name = line.split(b" ", _FIELDS[kind])
        xy, mode = fields[1], fields[5] if kind == b"1" else fields[6]
        changed[name] = int(mode, 8)
        if kind == b"u":
            unmerged.append(name)
        elif xy[:1] not in b".D" and xy[1:] != b".":
            staged_apart = True
    untracked = tuple(name for name in others if not name.endswith(b"/"))
    return WorkingTree(
        path=path,
        git_dir=git_dir,
        head=_head(path),
        changed=changed,
        untracked=untracked,
        nested=tuple(name for name in others if name.endswith(b"/")),
        unmerged=tuple(unmerged),
        staged_apart=staged_apart,
        submodules=tuple(dict.fromkeys([*_submodules(path, gitlinks), *_modules(git_dir)])),
        has_submodules=bool(gitlinks) or Path(git_dir, "modules").is_dir(),
        operations=operations(git_dir),
        heads=_heads(git_dir),
        stats=tuple(_stat(path, name) for name in (*changed, *untracked)),
    )


def own_git_dir(repository: Repository, path: str) -> str:
    """The git directory of this worktree alone. Raises `GitRefused` if the folder is not ours."""
    words = "--show-toplevel --git-common-dir --absolute-git-dir"
    answer = ask(path, "rev-parse", "--path-format=absolute", *words.split())
    said = os.fsdecode(answer.out).removesuffix("\n").split("\n")
    if answer.code == 0 and len(said) == 3:
        top, common, own = said
        if os.path.realpath(top) == os.path.realpath(path) and os.path.realpath(common) == repository.common:
            return own
    raise GitRefused(
        f"{path} is no longer a worktree of {repository.root}",
        "its .git file is missing or points elsewhere",
        "Check the directory; move it away if you need it, then retry.",
    )


def operations(git_dir: str) -> tuple[str, ...]:
    """In words, what is under way in a worktree, such as a rebase."""
    return tuple(dict.fromkeys(word for name, word in _OPERATIONS if Path(git_dir, name).exists()))


def shown(name: bytes) -> str:
    """A path's text for display; bytes that are not UTF-8 are written as `\xff`."""
    return name.decode(errors="backslashreplace")


@contextmanager
def index_copy(git_dir: str) -> Iterator[dict[str, str]]:
    """The environment in which git works on a copy of a worktree's index, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="orch-index-") as folder:
        copy = Path(folder, "index")
        index = Path(git_dir, "index")
        if index.exists():
            # with its time, by which git tells which files may have been written since
            shutil.copy2(index, copy)
        # a split index would leave its larger half in the worktree's git directory
        yield {"GIT_INDEX_FILE": str(copy), "GIT_CONFIG_PARAMETERS": "'core.splitIndex=false'"}


def status_lines(path: str, env: dict[str, str], *more: str) -> list[bytes]:
    """The lines of `git status --porcelain=v2` without headers and renames. Raises `GitFailed` unless all was
    seen."""
    lines, unopened = readable_lines(path, env, *more)
    if unopened:
        raise _unread(path, f"it cannot open {', '.join(unopened[:3])}")
    return lines


def readable_lines(path: str, env: dict[str, str], *more: str) -> tuple[list[bytes], list[str]]:
    """The same of what can be read, and the folders that cannot. Raises `GitFailed`."""
    answer = ask(
        path,
        *("status", "--porcelain=v2", "-z", "--untracked-files=all"),
        *("--ignore-submodules=none", "--no-renames", *more),
        limit=LONG,
        env=env,
    )
    if answer.code:
        raise _unread(path, answer.last_words)
    lines = [line for line in answer.out.split(b"\0") if line and not line.startswith(b"#")]
    return lines, _UNOPENED.findall(answer.err)


def _unread(path: str, why: str) -> GitFailed:
    return GitFailed(f"git cannot read all of {path}", why, "Fix the cause, then retry.")


def _index(path: str) -> tuple[list[bytes], dict[str, list[bytes]]]:
    """The submodules in the index, and the paths that a flag hides from status."""
    out = git(path, "ls-files", "-s", "-v", "-z", doing=f"read the index of {path}", limit=LONG)
    gitlinks = []
    hidden: dict[str, list[bytes]] = {"--no-assume-unchanged": [], "--no-skip-worktree": []}
    for entry in out.split(b"\0"):
        about, _, name = entry.partition(b"\t")
        tag, mode = about[:1], about[2:8]
        if mode == b"160000":
            gitlinks.append(name)
        if tag.islower():
            hidden["--no-assume-unchanged"].append(name)
        if tag.upper() == b"S" and os.path.lexists(os.path.join(os.fsencode(path), name)):  # noqa: PTH118
            hidden["--no-skip-worktree"].append(name)
    return gitlinks, hidden


def hidden_by_flags(path: str, git_dir: str, env: dict[str, str]) -> dict[str, list[bytes]]:
    """The paths that a flag hides from status though they are on disk, by the option that takes it away. An
    index without flags is read once: `env` has a copy of it."""
    sign = _stat(git_dir, b"index")
    if sign and _without_flags.get(git_dir) == sign:
        return {}
    out = git(path, "ls-files", "-v", "-z", doing=f"read the index of {path}", limit=LONG, env=env)
    hidden: dict[str, list[bytes]] = {}
    flagged = False
    for found in _FLAGGED.finditer(out):
        flagged = True
        tag, name = found[1], found[2]
        if tag.islower():
            hidden.setdefault("--no-assume-unchanged", []).append(name)
        if tag.upper() == b"S" and os.path.lexists(os.path.join(os.fsencode(path), name)):  # noqa: PTH118
            hidden.setdefault("--no-skip-worktree", []).append(name)
    copied = Path(env["GIT_INDEX_FILE"]).stat() if sign and not flagged else None
    if copied and (copied.st_size, copied.st_mtime_ns) == sign[2:4]:
        _without_flags[git_dir] = sign
    return hidden


@contextmanager
def _index_without(path: str, git_dir: str, hidden: dict[str, list[bytes]]) -> Iterator[dict[str, str]]:
    if not any(hidden.values()):
        yield {}
        return
    with index_copy(git_dir) as env:
        for flag, names in hidden.items():
            if names:
                stdin = b"\0".join(names) + b"\0"
                arguments = ("update-index", flag, "-z", "--stdin")
                git(path, *arguments, doing=f"read the index of {path}", env=env, stdin=stdin)
        yield env


def _submodules(path: str, gitlinks: list[bytes]) -> list[str]:
    said = []
    for name in gitlinks:
        folder = os.fsdecode(os.path.join(os.fsencode(path), name))  # noqa: PTH118
        if not Path(folder, ".git").exists():
            if Path(folder).is_dir() and any(Path(folder).iterdir()):
                said.append(f"files in the submodule {shown(name)}, which is not initialised")
            continue
        if status_lines(folder, {}):
            said.append(f"uncommitted changes in the submodule {shown(name)}")
        if _only_here(folder):
            said.append(f"unpushed commits in the submodule {shown(name)}")
        said += _submodules(folder, _index(folder)[0])
    return said


def _modules(git_dir: str) -> list[str]:
    """Unpushed work in submodules' git directories, also of those that are no longer checked out."""
    said = []
    modules = Path(git_dir, "modules")
    for head in sorted(modules.rglob("HEAD")):
        folder = head.parent
        if (folder / "objects").is_dir() and _only_here(str(folder), f"--git-dir={folder}"):
            said.append(f"unpushed commits in the submodule {folder.relative_to(modules)}")
    return said


def _only_here(folder: str, *options: str) -> bool:
    arguments = ("rev-list", "--max-count=1", "--all", "HEAD", "--not", "--remotes")
    answer = ask(folder, *options, *arguments)
    return answer.code != 0 or bool(answer.out.strip())


def _head(path: str) -> str:
    answer = ask(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return answer.out.decode().strip() if answer.code == 0 else ""


def _heads(git_dir: str) -> tuple[str, ...]:
    texts = (file.read_text() for name in _HEADS if (file := Path(git_dir, name)).is_file())
    return tuple(dict.fromkeys(re.findall(r"^[0-9a-f]{40,64}$", "\n".join(texts), re.MULTILINE)))


def _stat(path: str, name: bytes) -> tuple[int, ...]:
    try:
        seen = os.lstat(os.path.join(os.fsencode(path), name))  # noqa: PTH118
    except OSError:
        return ()
    return (seen.st_ino, seen.st_mode, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
