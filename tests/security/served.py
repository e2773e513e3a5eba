"""A hub of one file's tests, and another user of the machine who looks at it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.paths import Home
from tests.calls import Client
from tests.conftest import git, home
from tests.guard import CHECKOUT
from tests.hub.stage import Stage
from tests.poll import PATIENCE

NOBODY = 65_534
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
"""One that another user can run, if there is one."""


@contextmanager
def serving(settings: dict[str, str]) -> Iterator[Stage]:
    """A running hub with scripted agents and these variables in its environment."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="orch-") as folder:
        made = home.__wrapped__(patch)  # type: ignore[attr-defined]  # the fixture of one test, for a file
        place: Home = next(made)
        repo = Path(folder) / "repo"
        repo.mkdir()
        git(repo, "init", "--quiet", "--initial-branch=main")
        git(repo, "config", "user.name", "A Person")
        git(repo, "config", "user.email", "person@example.org")
        git(repo, "commit", "--quiet", "--allow-empty", "--message", "First commit")
        agent = place.root / "agent"
        agent.mkdir()
        trusted = {"projects": {str(repo.parent): {"hasTrustDialogAccepted": True}}}
        (agent / ".claude.json").write_text(json.dumps(trusted))
        for name, value in {
            "PYTHONPATH": str(CHECKOUT),
            "CLAUDE_CONFIG_DIR": str(agent),
            "ORCH_AGENT__COMMAND": f"{sys.executable} -m orchestrator.demo",
            "ORCH_SESSION_MEMORY_MB": "0",
            **settings,
        }.items():
            patch.setenv(name, value)
        stage = Stage(place, repo, Client(place), patch.setenv)
        stage.start()
        try:
            yield stage
        finally:
            next(made, None)


def as_another_user(script: str) -> str:
    """What this Python script prints when another user of the machine runs it; skips where that needs rights
    that the tests don't have."""
    if os.getuid() != 0:
        pytest.skip("to act as another user needs root")
    done = subprocess.run(
        [
            "/usr/bin/env",
            "-i",
            "PATH=/usr/bin:/bin",
            PYTHON,
            "-I",
            "-",
        ],  # not as an argument: others would read it in turn
        input=script,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode and "Permission denied" in done.stderr and PYTHON in done.stderr:
        pytest.skip("another user can't run this Python")
    assert done.returncode == 0, done.stderr
    return done.stdout
