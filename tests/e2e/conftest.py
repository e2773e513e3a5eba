"""The real `claude`, a scripted API for it, and a terminal to run it in."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.claude_home import ClaudeHome, find_claude
from tests.e2e.hook_ear import HookEar
from tests.e2e.messages_api import MessagesApi
from tests.e2e.real_session import RealSession
from tests.e2e.terminal import Terminal

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def claude() -> Path:
    """The program; without one the test is skipped."""
    found = find_claude()
    if found is None:
        pytest.skip("no claude to be found: put one on PATH, or name it in ORCH_TEST_CLAUDE")
    return found


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi() as server:
        yield server


@pytest.fixture
def ear() -> Iterator[HookEar]:
    with HookEar() as server:
        yield server


@pytest.fixture
def claude_home(tmp_path: Path, repo: Path) -> ClaudeHome:
    """A user's home in which the test's repository is trusted."""
    return ClaudeHome.make(tmp_path / "home", trusted=(repo,))


@pytest.fixture
def terminal(claude_home: ClaudeHome, api: MessagesApi) -> Iterator[Terminal]:
    """A terminal whose programs see a clean environment, with API calls given up after two retries."""
    env = claude_home.environment(api.url, CLAUDE_CODE_MAX_RETRIES="2", TMUX_TMPDIR=os.environ["TMUX_TMPDIR"])
    terminal = Terminal(f"orch-e2e-{os.getpid()}-{next(_numbers)}", env)
    yield terminal
    terminal.close()


@pytest.fixture
def session(
    claude: Path, claude_home: ClaudeHome, repo: Path, terminal: Terminal, ear: HookEar
) -> RealSession:
    """A session of the real program, not yet started."""
    return RealSession(claude, claude_home, repo, terminal, ear, claude_home.root.parent / "launch")
