"""What the tests of processes share: where a process runs, and waiting for what becomes of it."""

import os
import sys
from pathlib import Path

from orchestrator.world.processes import Outcome, look, start
from tests.poll import poll


def begin(folder: Path, line: str, **how: object) -> Outcome:
    """Begins a shell's command line there, in the folder's parent."""
    return start(folder, ["sh", "-c", line], folder.parent, **how)  # type: ignore[arg-type]


def ended(folder: Path) -> Outcome:
    """Waits until it runs no more."""
    poll(lambda: look(folder).state != "running", f"the end of what runs in {folder}")
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
