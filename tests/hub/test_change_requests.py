"""A card's pull request by the real hub: real pushes over http, and a server that stands in for GitHub."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.core.requests.cards import ShowCard
from tests.conftest import git
from tests.forge.server import Server
from tests.forge.state import Item
from tests.hub.stage import Stage
from tests.hub.test_issues import TOKEN, orch
from tests.poll import poll

WRITES = 'demo: edit {0}.txt "{0}"; commit Write {0}; say The file is written.'


@pytest.fixture
def server(stage: Stage, tmp_path: Path) -> Iterator[Server]:
    """With the repository of the stage, which only ada may push to, with her password."""
    made = Server()
    shop = made.world.repo()
    made.world.issue(shop, "Write a file")
    made.git.make("ada/shop", tmp_path / "shop.git")
    git(stage.repo, "remote", "add", "origin", f"http://127.0.0.1:{made.port}/ada/shop.git")
    git(stage.repo, "push", "--quiet", "origin", "main")
    made.git.accounts, made.git.pushes = {"ada": "secret"}, []
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(TOKEN)
    stage.set("ORCH_GITHUB__BASE_URL", made.api)
    stage.set("ORCH_GITHUB__TOKEN_FILE", str(file))
    yield made
    made.close()
    assert made.wrong == []


def credentials(stage: Stage, port: int) -> None:
    """Ada's, as a credential helper of hers gives them."""
    said = "!f() { echo username=ada; echo password=secret; }; f"
    git(stage.repo, "config", f"credential.http://127.0.0.1:{port}.helper", said)


def pull_of(server: Server, branch: str) -> Item:
    (found,) = [
        each
        for each in server.world.repos["ada/shop"].items.values()
        if each.pull and each.pull.head == branch
    ]
    return found


def test_a_card_becomes_a_pull_request_is_updated_and_done_once_that_is_merged(
    stage: Stage, server: Server
) -> None:
    stage.start()
    stage.new("Write one", WRITES.format("one"))
    stage.until("c1", "idle")
    assert orch(stage, "issues", "link", "c1", "1").returncode == 0
    refused = orch(stage, "finish", "c1", "--pr")
    assert (refused.returncode, "no valid credentials" in refused.stderr) == (4, True), refused
    credentials(stage, server.port)
    worktree = Path(stage.card("c1").worktree or "")
    (worktree / "one.txt").write_text("changed")
    refused = orch(stage, "finish", "c1", "--pr")
    assert (refused.returncode, "1 changed file" in refused.stderr) == (4, True)
    git(worktree, "checkout", "--quiet", ".")

    opened = orch(stage, "finish", "c1", "--pr", "--draft", "--json")
    assert opened.returncode == 0, opened.stderr
    card = json.loads(opened.stdout)
    assert (card["column"], card["change"]["number"], card["change"]["state"]) == ("review", 2, "open")
    item = pull_of(server, "orch/write-one")
    assert item.pull is not None
    assert (item.title, item.pull.draft, item.pull.base) == ("Write one", True, "main")
    assert item.body == "The file is written.\n\nCloses #1"
    assert item.pull.sha == git(worktree, "rev-parse", "HEAD")

    git(worktree, "commit", "--quiet", "--amend", "--message=Write it")  # orch's own push may be replaced
    item.body = "By hand."
    assert orch(stage, "finish", "c1", "--pr").returncode == 0
    assert item.pull.sha == git(worktree, "rev-parse", "HEAD")
    poll(lambda: item.title == "Write it")
    assert item.body == "By hand."
    assert server.git.pushes == ["orch/write-one"] * 2

    item.pull.checks = [("test", "FAILURE")]
    refused = orch(stage, "pr", "merge", "c1", "--method", "squash")
    assert (refused.returncode, "failing: test" in refused.stderr, "draft" in refused.stderr) == (
        4,
        True,
        True,
    )
    item.pull.checks, item.pull.draft = [("test", "SUCCESS")], False
    refused = orch(stage, "pr", "merge", "c1")
    assert "--method merge, squash, rebase" in refused.stderr
    merged = orch(stage, "pr", "merge", "c1", "--method", "squash", "--json")
    assert merged.returncode == 0, merged.stderr
    card = json.loads(merged.stdout)
    assert (card["column"], card["finished"], card["worktree"]) == ("done", "pr", None)
    assert not worktree.exists()
    assert "orch/write-one" not in git(stage.repo, "branch", "--list")


def test_what_was_merged_without_the_last_commits_stays_and_says_why(stage: Stage, server: Server) -> None:
    credentials(stage, server.port)
    stage.start()
    stage.new("Write two", WRITES.format("two"))
    stage.until("c1", "idle")
    assert orch(stage, "finish", "c1", "--pr").returncode == 0
    worktree = Path(stage.card("c1").worktree or "")
    git(worktree, "commit", "--quiet", "--allow-empty", "--message=More")
    refused = orch(stage, "pr", "merge", "c1", "--method", "merge")
    assert "Push first: orch finish c1 --pr" in refused.stderr
    told = orch(stage, "pr", "merge", "c1", "--method", "merge", "--force")
    assert (told.returncode, "the worktree of c1 stays" in told.stdout) == (0, True)
    card = stage.card("c1")
    assert (card.column, card.finished) == ("blocked", None)
    assert "was merged at" in card.reason
    assert worktree.exists()
    assert "orch/write-two" in git(stage.repo, "branch", "--list", "orch/write-two")

    git(worktree, "reset", "--quiet", "--hard", "HEAD~")
    assert orch(stage, "finish", "c1", "--pr").returncode == 0
    assert stage.card("c1").finished == "pr"


def test_a_branch_to_which_somebody_else_pushed_is_refused_and_left(stage: Stage, server: Server) -> None:
    credentials(stage, server.port)
    stage.start()
    stage.new("Write three", WRITES.format("three"))
    stage.until("c1", "idle")
    assert orch(stage, "finish", "c1", "--pr").returncode == 0
    worktree = Path(stage.card("c1").worktree or "")
    before = git(worktree, "rev-parse", "HEAD")
    git(worktree, "commit", "--quiet", "--allow-empty", "--message=Of somebody else")
    git(worktree, "push", "--quiet", "origin", "HEAD:orch/write-three")
    theirs = git(worktree, "rev-parse", "HEAD")
    git(worktree, "reset", "--quiet", "--hard", before)
    git(worktree, "commit", "--quiet", "--allow-empty", "--message=Ours")
    refused = orch(stage, "finish", "c1", "--pr")
    assert (refused.returncode, "has commits that orch did not push" in refused.stderr) == (4, True)
    assert server.world.repos["ada/shop"].branches["orch/write-three"] == theirs
    git(worktree, "pull", "--quiet", "--rebase", "origin", "orch/write-three")
    assert orch(stage, "finish", "c1", "--pr").returncode == 0
    poll(lambda: not stage.client.submit(ShowCard("c1")).card.forge_outbox, "everything to be sent")


def test_a_hub_that_is_killed_during_the_push_opens_one_pull_request(stage: Stage, server: Server) -> None:
    credentials(stage, server.port)
    stage.start()
    stage.new("Write four", WRITES.format("four"))
    stage.until("c1", "idle")
    hook = Path(git(stage.repo, "rev-parse", "--path-format=absolute", "--git-common-dir"), "hooks/pre-push")
    hook.write_text(f"#!/bin/sh\ntouch {stage.home.root}/begun\nsleep 0.5\n")
    hook.chmod(0o755)
    assert orch(stage, "finish", "c1", "--pr", "--no-wait").returncode == 0
    poll((stage.home.root / "begun").exists)
    os.kill(stage.pid(), signal.SIGKILL)
    stage.start()
    poll(lambda: stage.card("c1").change)
    assert server.git.pushes == ["orch/write-four"]
    assert len([each for each in server.requests if (each.method, each.path[-6:]) == ("POST", "/pulls")]) == 1
