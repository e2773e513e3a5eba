"""Starts a process, once."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.world.processes.outcome import Outcome, look
from orchestrator.world.processes.output import KEPT

_SECONDS = 30.0
_ROOT = Path(__file__).parents[3]
# Without the user's packages and Python variables a start takes a few hundredths of a second.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
    "from orchestrator.world.processes.runner import main; main()"
)


class NotStarted(Exception):
    """The runner failed; says why. `look` says whether anything was started."""


def start(
    folder: Path,
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    *,
    stdin: Path | None = None,
    apart: bool = False,
    kept: int = KEPT,
) -> Outcome:
    """Starts the command unless this folder has had its process, and returns its state.

    However often it is called, even by processes that are killed in between, the command starts at most once.
    It has no terminal, leads a session of its own and outlives its caller. It reads from the file `stdin`, or
    nothing. The last `kept` bytes of its output stay in the folder (0700); with `apart` its stderr is a
    separate stream, `errors`. `env` is its whole environment; by default the caller's. Raises `NotStarted`.
    """
    job = {
        "argv": list(argv),
        "cwd": str(cwd),
        "env": dict(os.environ if env is None else env),
        "stdin": str(stdin) if stdin else "",
        "apart": apart,
        "kept": kept,
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        before = look(folder)
        if before.state != "absent":
            return before
        done = subprocess.run(
            runner(folder), input=json.dumps(job).encode(), capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotStarted(f"{argv[0]} did not start within {_SECONDS:g} seconds (see {folder})") from None
    except OSError as why:
        raise NotStarted(f"cannot start {argv[0]}: {why}") from why
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise NotStarted(f"cannot start {argv[0]}: {said.splitlines()[-1]}")
    return look(folder)


def runner(folder: Path) -> list[str]:
    """The command that runs the runner; it reads its job as JSON from stdin."""
    return [sys.executable, "-I", "-S", "-c", _BOOT, str(_ROOT), str(folder.absolute())]
