"""One git command: its environment, its timeout, and its error.

It is run by GitPython's `Git`. Its `Repo`, `Index` and `Remote` are not used: they run git with the
repository's configuration as it is, which may name programs (see `looks`), have no time limit and no process
group to end, and keep what they have read.
"""

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from orchestrator.world.worktrees import looks
from orchestrator.world.worktrees.errors import GitFailed, GitMissing
from orchestrator.world.worktrees.process_group import end_group

QUICK = 60.0
"""Seconds for a command that only reads or writes a few small files."""
LONG = 900.0
"""Seconds for a command that checks out, merges or runs the user's hooks."""

TIDY_UP = 5.0
"""Seconds that a git which timed out has to clean up."""

_GRACE = 0.5
"""Seconds that a finished git's pipes stay open for background processes of its hooks."""
_LAST_LINES = 12
_LAST_CHARACTERS = 4000
_PART = 256 * 1024
"""Bytes that are read at once."""
_ADVICE = re.compile(r"hint:|Not committing merge; use 'git|Aborting$|Please (move|commit) |\s*\(use \"git")
"""Lines in which git says what to do next: its command was not the user's."""
_loading = threading.Lock()
_running: set["subprocess.Popen[bytes]"] = set()
_leaving = threading.Event()

# A hub that was started from a git hook or alias inherits these; each would redirect a command to another
# repository. `git rev-parse --local-env-vars` lists most of them.
_NOT_INHERITED = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REFLOG_ACTION",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_MERGE_AUTOEDIT": "no",
    "GIT_EDITOR": ":",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True, slots=True)
class GitOutput:
    """The exit code and output of a git command."""

    code: int
    out: bytes
    err: str

    @property
    def last_words(self) -> str:
        """The last lines of git's error output."""
        return _end_of(self.err)

    @property
    def said(self) -> str:
        """The same, or the last lines of its output where there is no error output."""
        return self.last_words or _end_of(self.out.decode(errors="replace"))


def _end_of(text: str) -> str:
    """The last lines, without git's advice, and without the beginning of very long ones: a hook may print
    megabytes."""
    lines = text.strip()[-_LAST_CHARACTERS:].splitlines()
    kept = [line for line in lines if not _ADVICE.match(line)] or lines
    return "\n".join(line.removeprefix("error: ") for line in kept[-_LAST_LINES:])


def ask(
    path: str,
    *arguments: str,
    limit: float = QUICK,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    hooks: bool = False,
) -> GitOutput:
    """Runs `git -C path arguments` to its end, whatever its exit code.

    With `hooks` the user's hooks run, and other programs that the repository configures, as on the command
    line; their background processes are not waited for. Without, none run (see `looks`). Raises `GitMissing`,
    or `GitFailed` after the timeout (seconds); git and its children have then been ended.
    """
    if _leaving.is_set():
        raise GitFailed(f"git {looks.verb_of(arguments)} was not started", "orch is ending")
    gitpython = _gitpython()
    try:
        # GitPython runs in its own folder if the given one is missing, and expands `$` in it: hence -C.
        running = gitpython.Git("/").execute(
            [*_unset(env or {}), "git", "-C", path, *(arguments if hooks else looks.safe(path, arguments))],
            istream=subprocess.PIPE if stdin else None,
            as_process=True,
            env={**_ENVIRONMENT, **({} if hooks else looks.environment(arguments)), **(env or {})},
            start_new_session=True,  # no terminal to ask on, and a process group to end
        )
    except gitpython.GitCommandNotFound as error:
        raise _missing() from error
    except (OSError, ValueError) as error:
        raise GitFailed(f"cannot start git {looks.verb_of(arguments)}", str(error)) from error
    process = running.proc
    assert process is not None
    _running.add(process)
    try:
        if _leaving.is_set():
            end_group(process, 0.0)
        out, err = _communicate(process, stdin, limit, hooks, looks.verb_of(arguments))
    finally:
        _running.discard(process)
    return GitOutput(process.returncode, out, err.decode(errors="replace"))


def leave() -> None:
    """Ends every git that `ask` waits for, and lets it start no more. The process is about to end, and would
    wait for threads in which a git hangs."""
    _leaving.set()
    for process in tuple(_running):
        end_group(process, 0.0)


def feed(
    path: str, *arguments: str, chunks: Iterable[bytes], limit: float, env: Mapping[str, str] | None = None
) -> GitOutput:
    """As `ask` without hooks, with a standard input that is produced in chunks; a git that ends before it has
    read all of it ends the production. Raises what `ask` and `chunks` raise, and ends git then."""
    running = _started(path, arguments, env, stdin=subprocess.PIPE)
    process: subprocess.Popen[bytes] = running.proc
    assert process.stdin is not None
    watch = threading.Timer(limit, end_group, (process, TIDY_UP))
    watch.start()
    try:
        with suppress(BrokenPipeError), process.stdin as pipe:
            for chunk in chunks:
                pipe.write(chunk)
    except BaseException:
        end_group(process, 0.0)
        raise
    finally:
        watch.cancel()
        process.stdin = None
    out, err = _communicate(process, b"", limit, hooks=False, name=looks.verb_of(arguments))
    return GitOutput(process.returncode, out, err.decode(errors="replace"))


def read_out(
    path: str, *arguments: str, doing: str, limit: float, env: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """What `git -C path arguments` prints, bit by bit; it is ended where the reader stops. Raises as `git`
    does, once it has ended."""
    running = _started(path, arguments, env)
    process: subprocess.Popen[bytes] = running.proc
    assert process.stdout is not None
    watch = threading.Timer(limit, end_group, (process, TIDY_UP))
    watch.start()
    read = False
    try:
        while part := process.stdout.read(_PART):
            yield part
        read = True
    finally:
        watch.cancel()
        if not read:
            end_group(process, 0.0)
            _close_pipes(process)
    _, err = _communicate(process, b"", limit, hooks=False, name=looks.verb_of(arguments))
    if process.returncode:
        said = GitOutput(process.returncode, b"", err.decode(errors="replace")).last_words
        raise GitFailed(f"git could not {doing}", said or f"it exited with code {process.returncode}")


def git(
    path: str,
    *arguments: str,
    doing: str,
    hint: str = "",
    limit: float = QUICK,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> bytes:
    """The output of `git -C path arguments`.

    Raises `GitFailed` (`git could not <doing>`) on failure, and what `ask` raises.
    """
    answer = ask(path, *arguments, limit=limit, stdin=stdin, env=env)
    if answer.code:
        raise GitFailed(
            f"git could not {doing}", answer.last_words or f"it exited with code {answer.code}", hint
        )
    return answer.out


def version() -> str:
    """Git's version, such as `2.39.5`. Raises `GitMissing`."""
    said = git("/", "version", doing="tell its version").decode(errors="replace")
    found = re.search(r"\d+(\.\d+)+", said)
    return found[0] if found else said.strip()


@cache
def at_least(major: int, minor: int) -> bool:
    """Whether git has this version or a newer one."""
    return tuple(int(part) for part in version().split(".")[:2]) >= (major, minor)


def without_inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would redirect a git command to another repository."""
    return {name: value for name, value in environment.items() if name not in _NOT_INHERITED}


def _started(
    path: str, arguments: tuple[str, ...], env: Mapping[str, str] | None, stdin: int | None = None
) -> Any:
    """A git without hooks whose input or output is handled bit by bit, as `proc` of what is to be held as
    long: GitPython ends it with that."""
    gitpython = _gitpython()
    try:
        return gitpython.Git("/").execute(
            [*_unset(env or {}), "git", "-C", path, *looks.safe(path, arguments)],
            istream=stdin,
            as_process=True,
            env={**_ENVIRONMENT, **looks.environment(arguments), **(env or {})},
            start_new_session=True,
        )
    except gitpython.GitCommandNotFound as error:
        raise _missing() from error
    except (OSError, ValueError) as error:
        raise GitFailed(f"cannot start git {looks.verb_of(arguments)}", str(error)) from error


def _gitpython() -> ModuleType:
    """Loaded by the first call: it takes 100 ms, and its import cycles are not thread-safe."""
    with _loading:
        try:
            import git.cmd
        except ModuleNotFoundError:
            raise
        except ImportError as error:  # what it raises without a git program
            raise _missing() from error
    return git.cmd


def _unset(env: Mapping[str, str]) -> list[str]:
    leaked = [name for name in _NOT_INHERITED if name in os.environ and name not in env]
    return ["env", *(word for name in leaked for word in ("-u", name))] if leaked else []


def _missing() -> GitMissing:
    return GitMissing("cannot start git", "git is not on the PATH", "Install git 2.31 or newer.")


def _communicate(
    process: "subprocess.Popen[bytes]", stdin: bytes, limit: float, hooks: bool, name: str
) -> tuple[bytes, bytes]:
    deadline = time.monotonic() + limit
    to_send: bytes | None = stdin or None
    lingering = False
    while True:
        left = max(0.0, deadline - time.monotonic())
        try:
            return process.communicate(to_send, timeout=min(_GRACE, left) if hooks else left)
        except subprocess.TimeoutExpired as late:
            to_send = None
            ended = process.poll() is not None
            if ended and lingering:
                _close_pipes(process)
                return late.output or b"", late.stderr or b""
            if hooks and (ended or time.monotonic() < deadline):
                lingering = ended
                continue
            if not ended:
                end_group(process, TIDY_UP)
            _close_pipes(process)
            raise GitFailed(
                f"git {name} timed out after {limit:g} seconds",
                "it was stopped",
                "Check whether a hook, a filter or the network hangs, then retry.",
            ) from late


def _close_pipes(process: "subprocess.Popen[bytes]") -> None:
    """Those of a process that is no longer waited for; its background processes may hold their other ends."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
