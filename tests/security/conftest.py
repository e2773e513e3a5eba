"""A hub that serves one file's tests, with a session whose shell does what a test says."""

import json
import sys
from collections.abc import Iterator

import pytest

from orchestrator.paths import Home
from tests.calls import Client
from tests.conftest import git
from tests.guard import CHECKOUT
from tests.hub.stage import Stage
from tests.security.shell import AGENT, Shell

from tests.conftest import home as _home  # isort: skip


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


@pytest.fixture(scope="module")
def stage(patch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub that runs, and lets sessions use `orch new`."""
    made = _home.__wrapped__(patch)  # type: ignore[attr-defined]  # the fixture of one test, for a file
    home: Home = next(made)
    tmp = tmp_path_factory.mktemp("room")
    repo = tmp / "repo"
    repo.mkdir()
    git(repo, "init", "--quiet", "--initial-branch=main")
    git(
        repo,
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "1",
    )
    agent = tmp / "agent"
    agent.write_text(AGENT)
    for name, value in {
        "PYTHONPATH": str(CHECKOUT),
        "ORCH_AGENT__KIND": "plain",
        "ORCH_AGENT__COMMAND": json.dumps(["/bin/sh", str(agent)]),
        "ORCH_AGENT__PERMISSION_MODE": "default",
        "ORCH_SESSIONS__MAY": '["new"]',
        "ORCH_SESSION_MEMORY_MB": "0",
    }.items():
        patch.setenv(name, value)
    stage = Stage(home, repo, Client(home), patch.setenv)
    stage.start()
    yield stage
    next(made, None)


@pytest.fixture(scope="module")
def shell(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The shell of the session of c1."""
    pipe = tmp_path_factory.mktemp("shell")
    shell = Shell(stage, pipe, sys.executable)
    shell.begin()
    return shell
