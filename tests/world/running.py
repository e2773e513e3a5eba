"""What the tests of processes share: where a process runs, and waiting for what becomes of it."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from orchestrator.world.processes import Outcome, look, start

T = TypeVar("T")


def until(seen: Callable[[], T], what: str) -> T:
    """The first true value that `seen` returns; fails the test after 20 seconds."""
    deadline = time.monotonic() + 20
    while not (value := seen()):
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.01)
    return value


def begin(folder: Path, line: str, **how: object) -> Outcome:
    """Begins a shell's command line there, in the folder's parent."""
    return start(folder, ["sh", "-c", line], folder.parent, **how)  # type: ignore[arg-type]


def ended(folder: Path) -> Outcome:
    """Waits until it runs no more."""
    until(lambda: look(folder).state != "running", f"the end of what runs in {folder}")
    return look(folder)


def caller(folder: Path, line: str) -> list[str]:
    """The command of a process that begins that command line there, says so, and waits to be killed."""
    code = (
        "import sys; from pathlib import Path; from orchestrator.world.processes import start\n"
        "print('up', flush=True)\n"
        "start(Path(sys.argv[1]), ['sh', '-c', sys.argv[2]], Path(sys.argv[1]).parent)\n"
        "print('begun', flush=True); sys.stdin.read()"
    )
    return [sys.executable, "-c", code, str(folder), line]


def calling() -> dict[str, str]:
    """The environment of such a process: it finds this checkout."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
