"""What the tests of the command line share: a played hub, and `orch` in this process."""

import os
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import root
from orchestrator.paths import Home
from tests.cli.stand_in import StandIn, serving


@pytest.fixture
def hub(home: Home) -> Iterator[StandIn]:
    stand_in = StandIn(home)
    with serving(stand_in):
        yield stand_in


@pytest.fixture(autouse=True)
def _no_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests may themselves be run by GitHub Actions."""
    for name in [each for each in os.environ if each.startswith("GITHUB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def orch() -> Callable[..., Result]:
    """Runs `orch` with these words in this process."""

    def run(*words: str, text: str | None = None) -> Result:
        return CliRunner().invoke(root, words, input=text, prog_name="orch")

    return run
