"""Has `orch demo` cleared up after, however it ends: by itself, by a signal, or by one that it can't hear."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator.cli.demo.sandbox import Stage


@contextmanager
def guarded(stage: Stage) -> Iterator[None]:
    """Afterwards nothing of the stage is left, also where this process is killed meanwhile."""
    guard = _start(stage)
    try:
        yield
    finally:
        if _release(guard):  # it was killed itself
            _release(_start(stage))


def _start(stage: Stage) -> subprocess.Popen[bytes]:
    """A process in a session of its own, which no key and no closed terminal ends. It goes to work at the end
    of its standard input, a pipe into which nobody writes and that no other process has: the end comes when
    this process is over."""
    return subprocess.Popen(
        # -P: never a folder of that name which happens to lie here
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
