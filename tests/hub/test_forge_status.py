"""What a card does shows on its issue, by the real hub."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from orchestrator.client import OrchError
from orchestrator.core.requests.cards import Finish, Start
from tests.conftest import git
from tests.forge.server import Server
from tests.forge.state import Item
from tests.hub.stage import Stage
from tests.hub.test_issues import TOKEN, orch
from tests.poll import poll


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def forge(stage: Stage, server: Server, tmp_path: Path) -> Server:
    """The repository's `origin` is there, and can be pushed to."""
    server.world.repo()
    bare = tmp_path / "shop.git"
    git(tmp_path, "init", "--bare", "--quiet", str(bare))
    git(stage.repo, "remote", "add", "origin", f"http://127.0.0.1:{server.port}/ada/shop.git")
    git(stage.repo, "config", "remote.origin.pushurl", str(bare))
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(TOKEN)
    stage.set("ORCH_GITHUB__BASE_URL", server.api)
    stage.set("ORCH_GITHUB__TOKEN_FILE", str(file))
    stage.set("ORCH_GITHUB__REVIEW_AFTER", "0.1s")
    stage.start()
    return server


def own(issue: Item) -> str:
    """Orch's one comment."""
    (said,) = [each for each in issue.comments if "board=" in each.body]
    return said.body


def test_an_issue_shows_its_card_until_the_pushed_commit_closes_it(stage: Stage, forge: Server) -> None:
    shop = forge.world.repos["ada/shop"]
    crash = forge.world.issue(shop, "Crash", labels=["bug"], body="demo: commit Fix it; say Done.")
    orch(stage, "issues", "import", "1")
    poll(lambda: sorted(crash.labels) == ["bug", "orch"] and crash.assignees == ["ada"])
    stage.client.submit(Start("c1"))
    poll(lambda: "in progress" in crash.labels)
    stage.until("c1", "idle")
    poll(lambda: "Ready for review" in own(crash), "the comment")
    stage.client.submit(Finish("c1", "merge"))
    poll(lambda: "in progress" not in crash.labels and "not pushed yet" in own(crash))
    assert crash.open
    git(stage.repo, "push", "--quiet", "origin", "main")
    poll(lambda: not crash.open, "the issue to be closed")
    commit = git(stage.repo, "rev-parse", "main").strip()
    assert f"Done in {commit}." in own(crash)
    assert crash.reason == "completed"


@pytest.mark.slow
def test_an_issue_ends_as_its_card_though_the_hub_is_killed_at_each_change(
    stage: Stage, forge: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change is made, and the hub killed before it gets the answer."""
    shop = forge.world.repos["ada/shop"]
    crash = forge.world.issue(shop, "Crash", labels=["bug"])
    plain, killed = forge.handle, set[tuple[str, str, bytes]]()
    twice: list[tuple[str, str, bytes]] = []

    def handle(method: str, target: str, headers: Any, body: bytes) -> Any:
        answer, key = plain(method, target, headers, body), (method, target, body)
        if method == "GET" or "graphql" in target:
            return answer
        twice.extend({key} & killed)
        killed.add(key)
        with suppress(OrchError):
            os.kill(stage.pid(), signal.SIGKILL)
        return None

    monkeypatch.setattr(forge, "handle", handle)
    with suppress(OrchError):
        orch(stage, "issues", "import", "1")
    poll(lambda: again(stage) and crash.assignees == ["ada"] and "orch" in crash.labels)
    again(stage)
    stage.client.submit(Start("c1"))
    poll(lambda: again(stage) and "in progress" in crash.labels and crash.assignees == ["ada"])
    poll(lambda: again(stage) and ("In progress" in own(crash) or "Ready" in own(crash)))
    again(stage)
    stage.client.submit(Finish("c1", "discard", rescue=True, wait=False))
    poll(lambda: again(stage) and crash.labels == ["bug"] and "free=" in own(crash))
    assert crash.assignees == []
    assert "Discarded" in own(crash)
    assert twice == []
    assert len(killed) >= 6


def again(stage: Stage) -> bool:
    """The hub is there again."""
    with suppress(OrchError):
        stage.start()
        return bool(stage.pid())
    return False
