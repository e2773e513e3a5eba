"""Where every picture is taken."""

from pathlib import Path

import pytest

from tests.cheap_screens import cheap_screens  # noqa: F401 (a fixture of every test here)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The forms offer the repository around the current directory."""
    monkeypatch.chdir(tmp_path)
