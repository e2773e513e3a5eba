"""Cleans up after `orch demo`, however it ends: normally, by a signal, or by SIGKILL."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.cli.demo.sandbox import Stage


@contextmanager
def guarded(stage: Stage) -> Iterator[None]:
    """Afterwards nothing of the demo is left, even if this process is killed meanwhile."""
    guard = _start(stage)
    try:
        yield
    finally:
        if _release(guard):  # it was killed
            _release(_start(stage))


def _start(stage: Stage) -> subprocess.Popen[bytes]:
    """A process in a session of its own, which no key and no closed terminal ends. It starts to work at the
    end of its standard input, a pipe without a writer that no other process has: the end comes when this
    process exits."""
    return subprocess.Popen(
        # -P: never a folder of that name in the current directory
        [sys.executable, "-P", "-m", "orchestrator.cli.demo.cleanup", str(stage.root), stage.tmux_socket],
        stdin=subprocess.PIPE,
        stdout=None if sys.stdout.isatty() else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _release(guard: subprocess.Popen[bytes]) -> int:
    assert guard.stdin
    guard.stdin.close()
    return guard.wait()
