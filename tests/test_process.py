"""A process that has ended is told from one whose end nobody has noticed."""

import os
import subprocess
import sys

import pytest

from orchestrator import process
from tests.poll import poll


def test_a_process_runs_until_it_ends_and_exists_until_its_parent_has_noticed() -> None:
    child = subprocess.Popen(["sleep", "1000"])
    assert process.runs(child.pid)
    assert process.exists(child.pid)
    child.kill()
    if sys.platform == "linux":
        poll(lambda: not process.runs(child.pid), "its end")
        assert process.exists(child.pid)
    child.wait()
    assert not process.runs(child.pid)
    assert not process.exists(child.pid)


@pytest.mark.parametrize("pid", [0, -1])
def test_what_is_no_process_does_not_run(pid: int) -> None:
    assert not process.runs(pid)
    assert not process.exists(pid)
    assert process.runs(os.getpid())
