"""The tests' own guard: nothing that runs here may reach the user's tmux, orch or home directory.

On import the environment becomes a private one, which every child process inherits. An audit hook then
looks at each process that is started and each file that is written; what would get out ends the run.
"""

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.poll import PATIENCE

CHECKOUT = Path(__file__).resolve().parent.parent
_REAL_HOMES = tuple(
    {os.path.realpath(each) for each in (pwd.getpwuid(os.getuid()).pw_dir, os.environ.get("HOME", "/"))}
    - {"/"}
)
# A home of two letters: tmux puts its sockets below, and a Unix socket's path has little room.
PRIVATE = Path(tempfile.mkdtemp(prefix="orch-"))
_USERS_SOCKETS = {"default", "orch"}
_FOREIGN = ("ORCH_", "CLAUDE", "ANTHROPIC", "GIT_", "XDG_", "TMUX")
_OURS_TO_KEEP = ("ORCH_TEST_", "GIT_SSL")
_SHELLS = {"sh", "bash", "dash", "zsh"}
_TMUX_OPTIONS_WITH_VALUE = "cfLST"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FILE_CHANGES = {
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.rename",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
    "sqlite3.connect",
}
_tripped: list[str] = []


def _make_private() -> None:
    # What is started in the background ignores Ctrl-C, and so would every child of it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in list(os.environ):
        if name.startswith(_FOREIGN) and not name.startswith(_OURS_TO_KEEP):
            del os.environ[name]
    home = PRIVATE / "h"
    home.mkdir()
    os.environ |= {
        "HOME": str(home),
        "ORCH_HOME": str(PRIVATE / "o"),
        "ORCH_TMUX_SOCKET": f"orch-test-{os.getpid()}",
        "ORCH_CONFIG": str(PRIVATE / "config.toml"),
        "TMUX_TMPDIR": str(PRIVATE),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


# --- processes ----------------------------------------------------------------------------------


def refusal(argv: Sequence[str | bytes], env: Mapping[str, str]) -> str:
    """Why this process may not be started, in words; empty where it may."""
    for words in _commands(argv):
        name = os.path.basename(words[0])
        if name == "tmux" and (said := _tmux_refusal(words[1:])):
            return said
        ours = name == "orch" or (
            name.startswith("python") and any("orchestrator" in each for each in words[1:4])
        )
        if ours and env.get("ORCH_TMUX_SOCKET", "orch") in _USERS_SOCKETS:
            return "it would use the tmux socket `orch` (ORCH_TMUX_SOCKET is not set for it)"
        if ours and not env.get("ORCH_HOME"):
            return "it would use the user's own state directory (ORCH_HOME is not set for it)"
        if (
            name == "claude"
            and _is_real_home(env.get("HOME", ""))
            and words[1:2] not in (["--version"], ["--help"])
        ):
            return "it would use the user's own ~/.claude"
    return ""


def _commands(argv: Sequence[str | bytes]) -> Iterator[list[str]]:
    """The command lines in an argument list: itself, what follows `env`, and what a shell is told."""
    words = [os.fsdecode(each) for each in argv]
    if not words:
        return
    yield words
    name = os.path.basename(words[0])
    if name in {"env", "nohup", "setsid", "timeout", "systemd-run"}:
        rest = next(
            (at for at, each in enumerate(words[1:], 1) if os.path.basename(each) in {"tmux", "orch"}), None
        )
        if rest is not None:
            yield from _commands(words[rest:])
    if name in _SHELLS and "-c" in words[1:-1]:
        yield from _shell_commands(words[words.index("-c") + 1])


def _shell_commands(line: str) -> Iterator[list[str]]:
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:
        words = line.split()
    for at, word in enumerate(words):
        if os.path.basename(word) == "tmux":
            yield words[at:]


def _tmux_refusal(options: Sequence[str]) -> str:
    socket, at = "", 0
    while at < len(options) and options[at].startswith("-") and len(options[at]) > 1:
        flag, value = options[at][1], options[at][2:]
        if options[at] == "-V":
            return ""
        if flag in _TMUX_OPTIONS_WITH_VALUE:
            if not value:
                at += 1
                value = options[at] if at < len(options) else ""
            if flag in "LS":
                socket = value
        at += 1
    if not socket:
        return "it names no tmux socket (-L or -S), so it would reach the user's own server"
    return f"it would reach the tmux socket `{socket}`" if os.path.basename(socket) in _USERS_SOCKETS else ""


# --- files --------------------------------------------------------------------------------------


def _is_real_home(path: str) -> bool:
    return not path or os.path.realpath(path) in _REAL_HOMES


def below_the_real_home(path: object) -> bool:
    """Whether writing there would touch the user's files; the checkout and Python's caches are not."""
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    full = os.path.abspath(os.fsdecode(path))
    if "__pycache__" in full or not full.startswith(_REAL_HOMES):
        return False
    full = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
    return _is_below(full, _REAL_HOMES) and not _is_below(full, _MAY_WRITE)


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path == each or path.startswith(f"{each}{os.sep}") for each in folders)


# Folders that may lie below the real HOME and are not the user's own files.
_MAY_WRITE = [
    folder
    for folder in [
        os.path.realpath(each) for each in (CHECKOUT, tempfile.gettempdir(), sys.prefix, sys.base_prefix)
    ]
    if _is_below(folder, _REAL_HOMES) and folder not in _REAL_HOMES
]


# --- the hook -----------------------------------------------------------------------------------


def _watch(event: str, args: tuple[Any, ...]) -> None:
    said = ""
    if event == "open":
        path, mode, flags = args
        if (set(mode) & set("wax+") if mode else flags & _WRITES) and below_the_real_home(path):
            said = f"a test would write {path!r}, below the user's real HOME"
    elif event == "subprocess.Popen":
        _, argv, _, env = args
        said = _process(argv, env)
    elif event in {"os.exec", "os.posix_spawn"}:
        said = _process(args[1], args[2])
    elif event == "os.system":
        said = _process(["sh", "-c", os.fsdecode(args[0])], None)
    elif event in _FILE_CHANGES and (bad := next(filter(below_the_real_home, args[:2]), None)):
        said = f"a test would change {bad!r}, below the user's real HOME"
    if said:
        _tripped.append(said)
        raise pytest.exit.Exception(f"The tests' guard stops the run: {said}.", 3)


def _process(argv: Any, env: Any) -> str:
    words = [argv] if isinstance(argv, str | bytes) else list(argv)
    there = os.environ if env is None else {os.fsdecode(k): os.fsdecode(v) for k, v in env.items()}
    said = refusal(words, there)
    return f"a test would start {shlex.join(map(os.fsdecode, words))[:200]}: {said}" if said else ""


def pytest_runtest_logfinish() -> None:
    """What a thread or an `except` has swallowed still ends the run."""
    if _tripped:
        pytest.exit(f"The tests' guard stops the run: {_tripped[0]}.", 3)


def pytest_unconfigure() -> None:
    sockets = PRIVATE / f"tmux-{os.getuid()}"
    for socket in sockets.iterdir() if sockets.is_dir() else ():
        subprocess.run(
            ["tmux", "-S", str(socket), "kill-server"], capture_output=True, check=False, timeout=PATIENCE
        )
    shutil.rmtree(PRIVATE, ignore_errors=True)


_make_private()
sys.addaudithook(_watch)
