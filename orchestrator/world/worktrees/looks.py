"""Inspecting a repository runs none of the programs that it configures, and uses no network.

A clone has no configuration of its own, but a folder that was copied or unpacked does, and so does a session
that writes to `.git/config`. What a person requests (adding a worktree, merging) runs with the repository's
hooks and filters, as on the command line.
"""

import os
import subprocess
from pathlib import Path

from orchestrator.regular_file import read
from orchestrator.world.worktrees.errors import GitFailed

_LOOKS = frozenset(
    (
        *(
            "branch",
            "cat-file",
            "check-ref-format",
            "config",
            "diff",
            "diff-files",
            "diff-index",
            "diff-tree",
        ),
        *("for-each-ref", "grep", "log", "ls-files", "ls-tree", "merge-base", "name-rev", "read-tree"),
        *("rev-list", "rev-parse", "show", "show-ref", "status", "symbolic-ref", "update-index", "version"),
        "write-tree",
    )
)
"""Commands that read. `worktree list` is one, too."""

_COMPARE = frozenset(("diff", "diff-files", "diff-index", "diff-tree", "log", "show"))

OFF = tuple(
    word
    for setting in ("core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false")
    for word in ("-c", setting)
)
"""The options of every command that must run no configured programs."""

_NOTHING, _NO, _MERGE = "ORCH_GIT_NOTHING", "ORCH_GIT_NO", "ORCH_GIT_MERGE"
"""Variables that contain values for `--config-env`."""

OF_A_LOOK = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    _NOTHING: "",
    _NO: "false",
    _MERGE: "git merge-file --quiet %A %O %B",
}
"""The environment of every command that only reads. A partial clone fetches missing objects whenever
something reads them; `core.sshCommand` and credential helpers run with that. Older gits know only the
first."""

_FILTER_PROGRAMS = ("clean", "smudge", "process")
_LFS = frozenset(
    (
        *("git-lfs clean -- %f", "git-lfs smudge -- %f", "git-lfs smudge --skip -- %f"),
        *("git-lfs filter-process", "git-lfs filter-process --skip"),
    )
)
"""What `git lfs install --local` writes; without it every file in LFS would look changed."""
_LIMIT = 30.0
_MOST_LINE = 10_000
_MOST_CONFIG = 1_000_000
_MOST_MODULES = 200


def is_look(arguments: tuple[str, ...]) -> bool:
    """Whether this git command only reads."""
    verb = verb_of(arguments)
    return verb in _LOOKS or (verb == "worktree" and "list" in arguments)


def verb_of(arguments: tuple[str, ...]) -> str:
    """The first word that is neither an option nor the value of `-c`; empty for none."""
    before = ("", *arguments)
    return next(
        (word for last, word in zip(before, arguments, strict=False) if last != "-c" and word[:1] != "-"), ""
    )


def environment(arguments: tuple[str, ...]) -> dict[str, str]:
    """What a command's environment needs in addition."""
    return OF_A_LOOK if is_look(arguments) else {}


def safe(path: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The words after `git -C path` with which the command runs no program that the repository configures."""
    if not is_look(arguments):
        return (*OFF, *arguments)
    verb = verb_of(arguments)
    if verb in _COMPARE:
        at = arguments.index(verb) + 1
        arguments = (*arguments[:at], "--no-ext-diff", "--no-textconv", *arguments[at:])
    return (*OFF, *(without_filters(path) if verb in _READ_FILES else ()), *arguments)


_READ_FILES = frozenset(
    ("diff", "diff-files", "diff-index", "ls-files", "status", "update-index", "write-tree")
)
"""Commands that may read files of a worktree, and so run clean filters. `write-tree` does when it rewrites an
index whose files have just changed."""


def without_filters(path: str) -> tuple[str, ...]:
    """Options that disable the filters of the repository's own configuration, or of its submodules; those of
    the user's configuration stay."""
    names = dict.fromkeys(name for file in _configs(path) for name in _filters(file))
    # not with `-c`, where a name ends at its first "="
    settings = (*((each, _NOTHING) for each in _FILTER_PROGRAMS), ("required", _NO))
    return tuple(
        f"--config-env=filter.{name}.{setting}={value}" for name in names for setting, value in settings
    )


def without_merge_programs(path: str) -> tuple[str, ...]:
    """Options, for a command with the environment `OF_A_LOOK`, with which merges run none of the programs of
    the repository's own configuration: git's own merge of lines is in their place."""
    names = dict.fromkeys(
        name for file in _configs(path) for name, _ in _programs(file, "merge", ("driver",))
    )
    return tuple(f"--config-env=merge.{name}.driver={_MERGE}" for name in names)


def _configs(path: str) -> list[Path]:
    own = git_dir_of(Path(path))
    if own is None:
        return []
    common = own
    if said := _line(own / "commondir"):
        common = own / said
    files = [common / "config", own / "config.worktree", common / "config.worktree"]
    for modules in (own / "modules", common / "modules"):
        if modules.is_dir():
            for number, file in enumerate(modules.rglob("config")):
                if number >= _MOST_MODULES:
                    break
                files.append(file)
    return [file for file in dict.fromkeys(files) if file.is_file()]


def git_dir_of(path: Path) -> Path | None:
    """The git directory of the folder, found as git finds it."""
    try:
        for folder in (path, *path.absolute().parents):
            there = folder / ".git"
            if there.is_dir():
                return there
            if said := _line(there):
                return folder / said.removeprefix("gitdir:").strip()
            if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
                return folder
    except (OSError, ValueError):
        return None
    return None


def _line(file: Path) -> str:
    """The content of the small file; empty if it is missing."""
    try:
        return os.fsdecode(read(file, _MOST_LINE)).strip()
    except OSError:
        return ""


def _filters(file: Path) -> list[str]:
    """The names of the filters in a configuration file whose programs are not those of Git LFS."""
    return [name for name, program in _programs(file, "filter", _FILTER_PROGRAMS) if program not in _LFS]


def _programs(file: Path, section: str, settings: tuple[str, ...]) -> list[tuple[str, str]]:
    """The name and the program of each such setting in a configuration file."""
    try:
        text = read(file, _MOST_CONFIG).lower()
    except OSError as error:
        raise GitFailed(f"cannot read {file}", error.strerror or str(error)) from error
    if f"[{section}".encode() not in text and b"include" not in text:
        return []  # which saves a process
    pattern = rf"^{section}\..*\.({'|'.join(settings)})$"
    words = ["git", "config", "--file", str(file), "--includes", "-z", "--get-regexp", pattern]
    try:
        done = subprocess.run(words, capture_output=True, check=False, timeout=_LIMIT, cwd="/")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitFailed(f"git cannot read {file}", str(error)) from error
    found = []
    for entry in done.stdout.split(b"\0"):
        key, _, program = os.fsdecode(entry).partition("\n")
        if name := key.removeprefix(f"{section}.").rpartition(".")[0]:
            found.append((name, program))
    return found
