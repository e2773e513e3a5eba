"""A worktree in which a process works is never removed, and the words name the process."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.client import Refused
from orchestrator.world import machine
from tests.hub.stage import Stage
from tests.poll import poll


@pytest.mark.parametrize("below", ["", "src/deep"])
def test_a_process_is_found_in_its_folder_and_below(tmp_path: Path, below: str) -> None:
    (tmp_path / "tree" / below).mkdir(parents=True)
    (tmp_path / "tree-2").mkdir()
    with (
        subprocess.Popen(["sleep", "1000"], cwd=tmp_path / "tree" / below) as inside,
        subprocess.Popen(["sleep", "1000"], cwd=tmp_path / "tree-2") as beside,
    ):
        try:
            (found,) = machine.inside(tmp_path / "tree")
            assert str(found) == f"sleep (process {inside.pid})"
            assert machine.inside(tmp_path / "tree", but=[inside.pid]) == ()
            (tmp_path / "link").symlink_to(tmp_path / "tree")
            assert machine.inside(tmp_path / "link") == (found,)
        finally:
            inside.kill()
            beside.kill()
    assert machine.empty_within(tmp_path / "tree", 10.0) == ()


def test_an_agent_that_has_gone_elsewhere_still_holds_its_worktree(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    code = (
        "import fcntl, os, sys, time; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX);"
        "f.write(str(os.getpid())); f.flush(); os.chdir('/'); print(flush=True); time.sleep(1000)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE) as agent:
        assert agent.stdout
        agent.stdout.readline()
        (tmp_path / "tree").mkdir()
        assert [each.pid for each in machine.inside(tmp_path / "tree", lock)] == [agent.pid]
        assert machine.inside(tmp_path / "tree", lock, but=[agent.pid]) == ()
        agent.kill()
    assert machine.empty_within(tmp_path / "tree", 10.0, lock) == ()
    with lock.open("w") as mine:  # what looks leaves no lock behind
        fcntl.lockf(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_neither_rm_nor_finish_takes_a_worktree_from_under_a_process(stage: Stage) -> None:
    stage.set("ORCH_AGENT__KIND", "plain")
    stage.set("ORCH_AGENT__COMMAND", "sleep 1000")
    stage.start()
    stage.new("Lived in")
    poll(lambda: stage.card("c1").pid, "the session")
    tree = stage.card("c1").worktree
    with subprocess.Popen(["sleep", "1000"], cwd=tree) as theirs:
        try:
            named = rf"sleep \(process {theirs.pid}\) works in it"
            with pytest.raises(Refused, match=named):
                stage.client.remove("c1", rescue=True, force=True)
            with pytest.raises(Refused, match=named):
                stage.client.finish("c1", "discard", rescue=True)
            with pytest.raises(Refused, match=named):
                stage.client.finish("c1", "merge")
            card = stage.card("c1")
            assert card.pid
            os.kill(card.pid, 0)  # the session goes on
        finally:
            theirs.kill()
    stage.client.remove("c1", rescue=True, force=True)
    assert not Path(str(tree)).exists()
