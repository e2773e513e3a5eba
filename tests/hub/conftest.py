"""A real hub in its tmux window, with scripted agents."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestrator.client import start
from orchestrator.paths import Home
from tests.calls import Client
from tests.hub.stage import Stage

_CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def stage(
    home: Home, repo: Path, monkeypatch: pytest.MonkeyPatch, warm_python: Path, warm_orch: list[str]
) -> Stage:
    """`stage.start()` starts the hub, with the environment as it is then."""
    monkeypatch.setattr(start, "sys", SimpleNamespace(executable=str(warm_python)))
    config_dir = home.root / "agent"
    config_dir.mkdir(parents=True)
    trusted = {"projects": {str(repo.parent): {"hasTrustDialogAccepted": True}}}
    (config_dir / ".claude.json").write_text(json.dumps(trusted))
    for name, value in {
        "PYTHONPATH": str(_CHECKOUT),
        "CLAUDE_CONFIG_DIR": str(config_dir),
        "ORCH_AGENT__COMMAND": f"{sys.executable} -m orchestrator.demo",
        "ORCH_SESSION_MEMORY_MB": "0",
    }.items():
        monkeypatch.setenv(name, value)
    return Stage(home, repo, Client(home), monkeypatch.setenv, warm_orch)
