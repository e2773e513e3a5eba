"""The guard is tried out in a pytest of its own, so that stopping the run stops only that one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guard import CHECKOUT, refusal
from tests.poll import PATIENCE

PRIVATE = {"ORCH_HOME": "/tmp/o", "ORCH_TMUX_SOCKET": "orch-test-1", "HOME": "/tmp/h"}


def run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    """A pytest with the guard whose first test does `body`, and whose second must not be reached."""
    (folder / "users_home").mkdir()
    (folder / "test_it.py").write_text(
        "import os, pathlib, subprocess, threading\n"
        f"REAL_HOME = pathlib.Path({str(folder / 'users_home')!r})\n"
        f"def test_first(tmp_path):\n    {body}\n"
        "def test_second():\n    print('reached')\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "tests.guard", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={
            **os.environ,
            "HOME": str(folder / "users_home"),
            "PYTHONPATH": str(CHECKOUT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "body",
    [
        "subprocess.run(['tmux', 'ls'])",
        "subprocess.run(['tmux', '-L', 'orch', 'ls'])",
        "subprocess.run('tmux -u ls', shell=True)",
        "os.system('tmux -L default ls')",
        "subprocess.Popen(['env', '-u', 'TMUX', 'tmux', 'ls'])",
        "subprocess.run(['orch', 'ls'], env={'PATH': os.environ['PATH']})",
        "(REAL_HOME / '.claude.json').write_text('{}')",
        "(REAL_HOME / '.claude').mkdir()",
        "thread = threading.Thread(target=lambda: (REAL_HOME / 'x').touch()); thread.start(); thread.join()",
    ],
)
def test_what_would_reach_the_user_ends_the_run(tmp_path: Path, body: str) -> None:
    done = run(tmp_path, body)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "guard stops the run" in done.stdout + done.stderr
    assert "reached" not in done.stdout
    assert not list((tmp_path / "users_home").iterdir())


def test_private_things_are_let_through(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "assert subprocess.run(['tmux', '-V'], check=True); (tmp_path / 'x').write_text(''); "
        "subprocess.run(['tmux', '-L', 'orch-test-x', 'kill-server']); "
        "pathlib.Path(os.environ['HOME'], 'y').write_text('')",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reached" in done.stdout


@pytest.mark.parametrize(
    ("argv", "allowed"),
    [
        (["tmux", "-u", "-L", "orch-test-1", "ls"], True),
        (["tmux", "-Lorch-test-1", "ls"], True),
        (["tmux", "-S", "/tmp/x/sock", "ls"], True),
        (["tmux", "-S", "/tmp/tmux-0/default", "ls"], False),
        (["tmux", "-f", "-L", "ls"], False),
        (["tmux", "new-session", "-L", "x"], False),
        (["/usr/bin/tmux", "-Lorch"], False),
        (["bash", "-c", "cd / && tmux kill-server"], False),
        (["bash", "-c", "tmux -L orch-test-1 ls"], True),
        (["git", "commit", "-m", "tmux kill-server"], True),
        (["claude", "--version"], True),
    ],
)
def test_a_process_is_judged_by_the_socket_it_names(argv: list[str], allowed: bool) -> None:
    assert (refusal(argv, PRIVATE) == "") is allowed


def test_orch_and_claude_need_private_homes() -> None:
    assert "ORCH_TMUX_SOCKET" in refusal([sys.executable, "-m", "orchestrator.cli"], {"ORCH_HOME": "/tmp/o"})
    assert "ORCH_HOME" in refusal(["orch", "ls"], {"ORCH_TMUX_SOCKET": "orch-test-1"})
    assert ".claude" in refusal(["claude"], {})
    assert refusal(["orch", "ls"], PRIVATE) == refusal(["claude"], PRIVATE) == ""


def test_the_environment_of_the_tests_is_private() -> None:
    assert "TMUX" not in os.environ
    assert os.environ["ORCH_TMUX_SOCKET"].startswith("orch-test-")
    for name in ("HOME", "ORCH_HOME", "ORCH_CONFIG", "TMUX_TMPDIR"):
        assert Path(os.environ[name]).is_relative_to("/tmp"), name
    assert not [name for name in os.environ if name.startswith(("CLAUDE", "ANTHROPIC"))]
