"""Runs the user's set-up commands in a new worktree."""

import os
import re
import selectors
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.world.worktrees.command import without_inherited
from orchestrator.world.worktrees.errors import GitFailed
from orchestrator.world.worktrees.process_group import end_group

TAIL = 8 * 1024
"""Maximum bytes of output that are kept, from its end."""

_TIDY_UP = 1.0
"""Seconds that a command which timed out has to exit."""
_LAST_OUTPUT = 0.5
"""Seconds in which background processes of a command may still print."""
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC, DCS and similar, with their text
    r"|\x1b[ -/]*[0-~]"  # two-character ones
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)


@dataclass(frozen=True, slots=True)
class SetupResult:
    """The result of the set-up. `command` is the one that failed; `output` is the end of its output."""

    ok: bool
    command: str = ""
    exit_code: int | None = 0
    """`None` if the command timed out."""
    output: str = ""


def run_setup(
    path: Path,
    commands: Sequence[str],
    *,
    timeout_s: float,
    env: Mapping[str, str],
    stop: threading.Event | None = None,
) -> SetupResult:
    """Runs each command with `sh -c` in the worktree, in order, until one fails.

    `env` is added to the hub's own environment. Each command has `timeout_s` seconds, then its process group
    is ended, as it is when `stop` is set. Background processes are not waited for. Output is plain text,
    stdout and stderr mixed. Raises `GitFailed` if no command can be started there.
    """
    output = ""
    environment = without_inherited({**os.environ, **env})
    for command in commands:
        code, printed = _run(path, command, timeout_s, environment, stop or threading.Event())
        output = readable(printed)
        if code is None:
            output = f"{output.rstrip()}\n(ended after {timeout_s:g} seconds)".lstrip()
        if code != 0:
            return SetupResult(False, command, code, output)
    return SetupResult(True, output=output)


def readable(printed: bytes) -> str:
    """The end of a program's output without escape sequences, each line as last overwritten."""
    text = _ESCAPES.sub("", printed[-TAIL:].decode(errors="replace").replace("\r\n", "\n"))
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def _run(
    path: Path, command: str, limit: float, env: Mapping[str, str], stop: threading.Event
) -> tuple[int | None, bytes]:
    try:
        process = subprocess.Popen(
            ["sh", "-c", command],
            cwd=path,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise GitFailed(f"cannot start the set-up in {path}", str(error)) from error
    assert process.stdout is not None
    with process.stdout as pipe:
        printed, in_time = _read(process, pipe.fileno(), time.monotonic() + limit, stop)
        if in_time:
            return process.wait(), printed
        end_group(process, _TIDY_UP)
        return None, printed + _rest(pipe.fileno())


def _read(
    process: "subprocess.Popen[bytes]", pipe: int, deadline: float, stop: threading.Event
) -> tuple[bytes, bool]:
    """The end of the output, and whether the command ended before the deadline."""
    printed = b""
    os.set_blocking(pipe, False)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        ended_at: float | None = None
        while time.monotonic() < deadline and not stop.is_set():
            ready = selector.select(min(0.05, max(0.0, deadline - time.monotonic())))
            data = os.read(pipe, 65536) if ready else None
            if data == b"":
                selector.unregister(pipe)
                return printed, _wait(process, deadline)
            printed = (printed + (data or b""))[-TAIL:]
            if process.poll() is not None:
                ended_at = ended_at or time.monotonic()
                if data is None or time.monotonic() > ended_at + _LAST_OUTPUT:
                    return printed, True
    return printed, process.poll() is not None


def _wait(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    try:
        process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _rest(pipe: int) -> bytes:
    with suppress(BlockingIOError):
        return os.read(pipe, 65536)
    return b""
