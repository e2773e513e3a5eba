"""What a card does shows on its issue, by the real hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
