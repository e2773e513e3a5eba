"""Hubs, and verbs, forked from a process that has imported them already.

A hub takes two seconds of CPU to import its modules, and its tests start hundreds. Here it is still a process
of its own, opened by `hub.boot` in a real window and supervised there; only how its interpreter came to be
differs. The tests of the command line, of security and of speed start it cold.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.poll import poll

_STUB = Path(__file__).with_name("stub.py")


@contextmanager
def served() -> Iterator[Path]:
    """What to run in place of Python, as long as this lasts."""
    folder = Path(tempfile.mkdtemp(prefix="orch-warm-"))
    address, program = folder / "socket", folder / "python"
    program.write_text(f"#!{sys.executable} -IS\n{_STUB.read_text()}")
    program.chmod(0o755)
    argv = [sys.executable, "-m", "tests.warm.server", str(address), str(program)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, cwd=Path(__file__).parents[2]):
        poll(address.exists, "the server of warm hubs")
        yield program
    shutil.rmtree(folder)
