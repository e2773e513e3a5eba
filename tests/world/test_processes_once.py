"""A command is begun once, whoever is killed in the meantime, and whoever else wants it begun."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.world.processes import end, look
from orchestrator.world.processes.identity import identity
from orchestrator.world.processes.starting import runner
from tests.poll import PATIENCE, poll
from tests.world.running import begin, caller, calling, ended

APPEND = "echo ran >> effect; sleep 0.1; echo over >> effect"


def test_a_second_start_finds_the_first(tmp_path: Path) -> None:
    first = begin(tmp_path / "run", APPEND)
    assert begin(tmp_path / "run", APPEND).pid == first.pid
    ended(tmp_path / "run")
    assert begin(tmp_path / "run", APPEND).state == "ended"
    assert (tmp_path / "effect").read_text() == "ran\nover\n"


def test_of_many_who_start_it_at_once_one_does(tmp_path: Path) -> None:
    command = caller(tmp_path / "run", APPEND)
    everybody = [
        subprocess.Popen(command, env=calling(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [each.wait(PATIENCE) for each in everybody] == [0] * 4
    assert ended(tmp_path / "run").exit_code == 0
    assert (tmp_path / "effect").read_text() == "ran\nover\n"


def test_it_outlives_the_one_who_began_it(tmp_path: Path) -> None:
    line = "while [ ! -e go ]; do sleep 0.02; done; echo went; exit 6"
    with subprocess.Popen(
        caller(tmp_path / "run", line),
        env=calling(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() + parent.stdout.readline() == b"up\nbegun\n"
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            os.killpg(parent.pid, number)
    assert look(tmp_path / "run").state == "running"
    (tmp_path / "go").touch()
    assert ended(tmp_path / "run").exit_code == 6


def test_the_runner_is_deaf_to_hangups_and_sigterm(tmp_path: Path) -> None:
    begin(tmp_path / "run", "while [ ! -e go ]; do sleep 0.02; done; exit 6")
    runner = _runner(tmp_path / "run")
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        os.kill(runner, number)
    (tmp_path / "go").touch()
    assert ended(tmp_path / "run").exit_code == 6


def test_without_its_runner_it_runs_and_then_nobody_knows_how_it_ended(tmp_path: Path) -> None:
    begin(tmp_path / "run", "while [ ! -e go ]; do sleep 0.02; done; echo ran >> effect")
    os.kill(_runner(tmp_path / "run"), signal.SIGKILL)
    poll(lambda: not _lives(_runner(tmp_path / "run")), "the runner's end")
    assert look(tmp_path / "run").state == "running"
    (tmp_path / "go").touch()
    outcome = ended(tmp_path / "run")
    assert (outcome.state, outcome.exit_code) == ("unknown", None)
    assert begin(tmp_path / "run", "echo ran >> effect").state == "unknown"
    assert (tmp_path / "effect").read_text() == "ran\n"


def test_without_its_runner_it_can_be_ended(tmp_path: Path) -> None:
    begun = begin(tmp_path / "run", "exec sleep 60")
    os.kill(_runner(tmp_path / "run"), signal.SIGKILL)
    assert end(tmp_path / "run", 10).state == "unknown"
    poll(lambda: not _lives(begun.pid), "its end")


@pytest.mark.sample(4)
@pytest.mark.parametrize("seed", range(12))
def test_killed_at_any_moment_and_started_again_it_ran_once(tmp_path: Path, seed: int) -> None:
    """The caller is killed, and what of the runner is still in its group; now and then the runner, too."""
    folder = tmp_path / "run"
    with subprocess.Popen(
        caller(folder, APPEND),
        env=calling(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        assert parent.stdout
        parent.stdout.readline()
        time.sleep(0.007 * seed)  # the moment that this test is about
        os.killpg(parent.pid, signal.SIGKILL)
    if its_runner := seed % 3 == 0 and _runner(folder):
        os.kill(its_runner, signal.SIGKILL)
    begin(folder, APPEND)
    outcome = ended(folder)
    begin(folder, APPEND)
    if its_runner:
        assert outcome.state in ("unknown", "ended")
        assert _effect(tmp_path) in ("", "ran\n", "ran\nover\n")
    else:
        assert (outcome.state, outcome.exit_code) == ("ended", 0)
        assert _effect(tmp_path) == "ran\nover\n"


def test_a_job_that_came_only_in_part_begins_nothing(tmp_path: Path) -> None:
    """Its caller died while telling it."""
    (tmp_path / "run").mkdir()
    done = subprocess.run(
        runner(tmp_path / "run"), input=b'{"argv": ["touch", "eff', capture_output=True, check=False
    )
    assert done.returncode
    assert look(tmp_path / "run").state == "absent"


def _runner(folder: Path) -> int:
    """Its pid; 0 before it has taken the folder."""
    try:
        pid = json.loads((folder / "began").read_text())["pid"]
    except FileNotFoundError:
        return 0
    assert isinstance(pid, int)
    return pid


def _lives(pid: int) -> bool:
    return bool(identity(pid))


def _effect(place: Path) -> str:
    file = place / "effect"
    return file.read_text() if file.exists() else ""


def test_the_runner_starts_without_any_library(tmp_path: Path) -> None:
    boot = "import sys; sys.path.insert(0, sys.argv[1]); import orchestrator.world.processes.runner"
    argv = [sys.executable, "-I", "-S", "-c", boot, str(Path(__file__).parents[2])]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
