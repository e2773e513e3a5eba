"""A user's file of the test's own."""

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's file is looked for; not there yet."""
    path = tmp_path / "user.toml"
    monkeypatch.setenv("ORCH_CONFIG", str(path))
    return path
