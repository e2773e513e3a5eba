"""One whole orch for each test."""

import os
import shlex
import signal
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.paths import Home
from tests.calls import Client
from tests.e2e.claude_home import ClaudeHome, find_claude
from tests.e2e.messages_api import MessagesApi
from tests.e2e.sessions.world import World

_REPO = Path(__file__).parents[3]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure in a world of real sessions is told with what went on there."""
    report = yield
    world = getattr(item, "funcargs", {}).get("world")
    if report.when == "call" and report.failed and world is not None:
        report.sections.append(("The board when it failed", world.account()))
    return report


@pytest.fixture
def trusted() -> bool:
    """Whether the user has trusted the repository; a test that asks about that says no."""
    return True


@pytest.fixture
def program() -> Path | None:
    """The claude of all tests; a file may say that its tests are run with several versions."""
    return find_claude()


@pytest.fixture
def options() -> tuple[str, ...]:
    """What the user has written behind the program in `agent.command`."""
    return ()


@pytest.fixture
def world(
    home: Home,
    repo: Path,
    trusted: bool,
    program: Path | None,
    options: tuple[str, ...],
    warm_python: Path,
) -> Iterator[World]:
    """A hub, a repository, and what the model will say."""
    claude = program
    if claude is None:
        if os.environ.get("ORCH_TEST_REQUIRE_CLAUDE"):
            pytest.fail("no claude was found, and ORCH_TEST_REQUIRE_CLAUDE asks for one")
        pytest.skip("no claude program was found (set ORCH_TEST_CLAUDE, or install it)")
    user = ClaudeHome.make(home.root / "user", trusted=(repo,) if trusted else ())
    (home.root / "user/.gitconfig").write_text("[user]\n\tname = A Person\n\temail = person@example.org\n")
    with MessagesApi() as api:
        environment = user.environment(
            api.url,
            ORCH_HOME=str(home.root),
            ORCH_TMUX_SOCKET=home.tmux_socket,
            ORCH_CONFIG=str(home.root / "config.toml"),
            ORCH_AGENT__COMMAND=shlex.join((str(claude), *options)),
            ORCH_SESSION_MEMORY_MB="0",
            TMUX_TMPDIR=os.environ["TMUX_TMPDIR"],
            PYTHONPATH=str(_REPO),
            CLAUDE_CODE_MAX_RETRIES="4",
        )
        world = World(home, repo, api, environment, Client(home), str(warm_python))
        world.orch("hub", "start")
        yield world
        world.orch("hub", "stop", check=False)
        for pid in world.tmux("list-panes", "-a", "-F", "#{pane_pid}").split():
            with suppress(
                ProcessLookupError
            ):  # now and then a claude whose terminal is gone spins for minutes
                os.kill(int(pid), signal.SIGKILL)
