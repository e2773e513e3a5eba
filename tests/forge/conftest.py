"""A stand-in for GitHub, and orch's client for it."""

from collections.abc import Iterator

import pytest

from orchestrator.core.forge.repository import ItemRef, RepositoryRef
from orchestrator.world.forge.github.client import GitHub
from orchestrator.world.forge.github.token import Token
from tests.forge.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """One for each test, that nothing was asked of, or answered by, which GitHub does not describe."""
    made = Server()
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def github(server: Server) -> Iterator[GitHub]:
    """Ada's client."""
    made = GitHub(server.api, lambda: Token("ghp_ada_secret", "a test"))
    yield made
    made.close()


def shop(server: Server, path: str = "ada/shop") -> RepositoryRef:
    """The reference to a repository of the stand-in."""
    owner, _, name = path.partition("/")
    return RepositoryRef(f"127.0.0.1:{server.port}", owner, name)


def issue(server: Server, number: int) -> ItemRef:
    """The reference to an issue in `ada/shop`."""
    return ItemRef(shop(server), number)
