"""Both stores, each as a `Bench`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.mail.bench import Bench, redis_bench, sqlite_bench
from tests.store.mail.redis_server import RedisServer, running


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for all tests that only need some Redis; each of them has a name of its own in it."""
    with running(tmp_path_factory.mktemp("shared") / "redis") as server:
        yield server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One that the test may kill."""
    with running(tmp_path / "redis") as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    if request.param == "sqlite":
        return sqlite_bench(tmp_path)
    return redis_bench(request.getfixturevalue("redis_server").url)
