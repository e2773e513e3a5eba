"""A hub that is killed at any moment has lost nothing that it had said was stored, and doubles nothing."""

from pathlib import Path

import pytest

from tests.store.mail.kill import killed_again_and_again
from tests.store.mail.redis_server import RedisServer

pytestmark = pytest.mark.slow


COUNT = 2_000
KILLS = 4


@pytest.mark.long
def test_a_killed_sender_loses_and_doubles_nothing_in_sqlite(tmp_path: Path) -> None:
    assert killed_again_and_again(str(tmp_path / "mail.db"), COUNT, KILLS, seed=1)["s"] > COUNT


@pytest.mark.long
def test_a_killed_sender_loses_and_doubles_nothing_in_redis(own_redis: RedisServer) -> None:
    assert killed_again_and_again(own_redis.url, COUNT, KILLS, seed=2)["s"] > COUNT
