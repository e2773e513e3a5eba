"""The guard, and the two things that most rooms' tests stand on: a state directory and a repository."""

import gc
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from _pytest.unraisableexception import gc_collect_iterations_key
from hypothesis import settings

from orchestrator.paths import Home
from tests import warm
from tests.examples import examples
from tests.poll import PATIENCE

# A busy machine is no failure.
settings.register_profile("orch", deadline=None, max_examples=examples(100))
settings.load_profile("orch")

pytest_plugins = ["tests.guard", "tests.tiers", "tests.rewriting"]

# Hundreds of programs are started: compiling the modules for each would be a third of the time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_numbers = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int | None:
    """Half as many again as there are processors: a test waits for about a third of its time."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_configure(config: pytest.Config) -> None:
    """One search for what was never awaited or closed at the end; pytest's five take a worker 5 seconds."""
    config.stash[gc_collect_iterations_key] = 1


def pytest_make_parametrize_id(val: object) -> str | None:
    """A name that a terminal can show, for a case that is a text of thousands of characters."""
    return ascii(val[:40]) + "..." if isinstance(val, str | bytes) and len(val) > 60 else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keeps what is imported and collected out of every search for garbage: it stays anyway."""
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return collected


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A state directory of its own on a short path, with its own tmux socket; the environment names both.

    Afterwards its tmux server is ended, and whatever is left of it fails the test.
    """
    with state_directory(monkeypatch) as home:
        monkeypatch.setenv("ORCH_TRUST__REPOSITORIES", "*")  # tests/security/test_trust.py goes without
        yield home


@contextmanager
def state_directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The same for a further one: what is started from then on belongs to it."""
    root = Path(tempfile.mkdtemp(prefix="orch-"))
    home = Home(root, f"orch-test-{os.getpid()}-{next(_numbers)}")
    monkeypatch.setenv("ORCH_HOME", str(home.root))
    monkeypatch.setenv("ORCH_TMUX_SOCKET", home.tmux_socket)
    yield home
    left = _wait_for_the_end(home)
    for process in left:
        process.kill()
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(home.socket.parent, ignore_errors=True)
    assert not left, f"still running after the test: {[each.info['cmdline'] for each in left]}"


def _wait_for_the_end(home: Home) -> list[psutil.Process]:
    """What still runs. The tmux server is ended each time: a call that was under way starts another."""
    deadline = time.monotonic() + PATIENCE
    end = ["tmux", "-L", home.tmux_socket, "kill-server"]
    pause = 0.05
    subprocess.run(end, capture_output=True, check=False, timeout=PATIENCE)
    while (left := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(1.5 * pause, 1.0)
        subprocess.run(end, capture_output=True, check=False, timeout=PATIENCE)
    return left


def processes_of(home: Home) -> list[psutil.Process]:
    """Every process that was started for this state directory, save this one."""
    mark = str(home.root)
    found = []
    for process in psutil.process_iter(["cmdline", "uids", "status"]):
        info = process.info
        if process.pid == os.getpid() or not info["uids"] or info["uids"].real != os.getuid():
            continue
        if info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            named = process.environ().get("ORCH_HOME", "") == mark
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if named or any(mark in word or word == home.tmux_socket for word in info["cmdline"] or ()):
            found.append(process)
    return found


@pytest.fixture(scope="session")
def warm_python() -> Iterator[Path]:
    """What to run in place of Python where a hub or a verb need not start cold."""
    with warm.served() as program:
        yield program


@pytest.fixture
def warm_orch(warm_python: Path) -> list[str]:
    """The program `orch` for tests that are not about its start: it, and a hub that it starts, are warm."""
    return [str(warm_python), "-m", "orchestrator.cli"]


def git(folder: Path, *words: str) -> str:
    """What git prints; fails the test with git's own words."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
    return done.stdout.strip()


@pytest.fixture(scope="session")
def first_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each `repo` is a copy of."""
    folder = tmp_path_factory.mktemp("first") / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "A Person")
    git(folder, "config", "user.email", "person@example.org")
    (folder / "README.md").write_text("A repository.\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "First commit")
    return folder


@pytest.fixture
def repo(first_repo: Path, tmp_path: Path) -> Path:
    """A git repository on branch `main` with one commit and an identity."""
    folder = tmp_path / "repo"
    shutil.copytree(first_repo, folder)
    git(folder, "update-index", "--refresh")  # the copied files are others, and look changed
    return folder
