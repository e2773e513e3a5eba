"""What is said of a file that is wrong."""

from pathlib import Path

import pytest

from orchestrator.config import ConfigError, load


def complaint(repo: Path | None = None) -> str:
    """The words with which the files are refused; fails when they are not."""
    with pytest.raises(ConfigError) as caught:
        load(repo)
    return str(caught.value)
