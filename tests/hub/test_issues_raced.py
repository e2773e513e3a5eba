"""Two boards of two people that share a repository, on a server that stands in for GitHub."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestrator.core.forge.marks import mark_of
from orchestrator.core.requests.cards import ShowBoard
from orchestrator.core.requests.issues import ImportIssues
from tests.calls import Client
from tests.conftest import git, state_directory
from tests.forge.server import Fault, Server
from tests.hub.stage import Stage
from tests.poll import PATIENCE, poll

ISSUES = 6


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()
    assert made.wrong == []


def cloned(repo: Path, server: Server) -> Path:
    git(repo, "remote", "add", "origin", f"http://127.0.0.1:{server.port}/ada/shop.git")
    return repo


def token(stage: Stage, folder: Path, value: str) -> None:
    folder.mkdir()
    file = folder / "token"
    file.touch(0o600)
    file.write_text(value)
    stage.set("ORCH_GITHUB__TOKEN_FILE", str(file))


@contextmanager
def bobs(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A second board, with its own clone."""
    other = tmp_path / "bobs"
    subprocess.run(["git", "clone", "--quiet", str(stage.repo), str(other)], check=True)
    git(other, "remote", "set-url", "origin", git(stage.repo, "remote", "get-url", "origin"))
    with state_directory(monkeypatch) as home:
        token(stage, tmp_path / "of bob", "ghp_bob_secret")
        yield Stage(home, other, Client(home), stage.set)


def orch(stage: Stage, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*stage.program, *words],
        cwd=stage.repo,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def synced(stage: Stage) -> dict[str, Any]:
    said = orch(stage, "issues", "sync", str(stage.repo), "--json")
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def issues_of(stage: Stage) -> dict[int, str]:
    cards = stage.client.submit(ShowBoard()).cards
    return {each.issue.number: each.id for each in cards if each.issue}


def boards(*stages: Stage) -> list[list[int]]:
    """The issues on each."""
    return [sorted(issues_of(each)) for each in stages]


def unsent(stage: Stage) -> list[str]:
    cards = stage.client.submit(ShowBoard()).cards
    return [each for card in cards if card.issue for each in card.issue.unsent]


def test_of_two_boards_that_import_at_once_one_gets_each_issue(
    stage: Stage, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = server.world.repo(permissions={"bob": "push"})
    for number in range(1, ISSUES + 1):
        server.world.issue(shop, f"Issue {number}")
    cloned(stage.repo, server)
    stage.set("ORCH_GITHUB__BASE_URL", server.api)
    token(stage, tmp_path / "of ada", "ghp_ada_secret")
    stage.start()
    with bobs(stage, tmp_path, monkeypatch) as bob:
        bob.start()
        got: dict[str, list[int]] = {}

        def imports(name: str, who: Stage) -> None:
            request = ImportIssues(str(who.repo), tuple(range(1, ISSUES + 1)))
            made = who.client.submit(request)
            got[name] = [each.number for each in made if each.card]
            assert all(
                "taken" in each.refused or "did not get" in each.refused for each in made if not each.card
            )

        both = [threading.Thread(target=imports, args=each) for each in (("ada", stage), ("bob", bob))]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert sorted([*got["ada"], *got["bob"]]) == list(range(1, ISSUES + 1))
        for who, numbers in ((stage, got["ada"]), (bob, got["bob"])):
            poll(lambda: boards(stage, bob) == [got["ada"], got["bob"]], "the others' cards to be removed")
            assert len(who.client.submit(ShowBoard()).cards) == len(numbers)
        for number in range(1, ISSUES + 1):
            marks = [mark for each in shop.items[number].comments if (mark := mark_of(each.body))]
            assert [mark.kind for mark in marks] == ["claim"]


def test_rules_import_new_issues_once_and_none_that_a_person_took_away(
    stage: Stage, server: Server, tmp_path: Path
) -> None:
    world = server.world
    shop = world.repo()
    wanted = world.issue(shop, "Wanted", labels=["ready"])
    mine = world.issue(shop, "Mine", assignees=["ada"])
    world.issue(shop, "Another")
    world.turn(world.issue(shop, "Closed", labels=["ready"]), "ada", open_=False)
    taken = world.issue(shop, "Taken", labels=["ready"])
    world.say(taken, "bob", "Mine.\n\n<!-- orch board=0ther card=c9 claim= -->")
    cloned(stage.repo, server)
    stage.set("ORCH_GITHUB__BASE_URL", server.api)
    stage.set("ORCH_GITHUB__IMPORT_LABELS", '["ready"]')
    stage.set("ORCH_GITHUB__IMPORT_ASSIGNED", "true")
    token(stage, tmp_path / "of ada", "ghp_ada_secret")
    stage.start()

    done = synced(stage)
    assert sorted(each["number"] for each in done["imported"]) == [wanted.number, mine.number]
    cards = issues_of(stage)
    assert sorted(cards) == [wanted.number, mine.number]
    shown = stage.client.show(cards[wanted.number])
    assert (shown.card.column, shown.card.state) == ("backlog", "new")
    assert shown.card.issue is not None
    assert shown.card.issue.rule == "label ready"
    assert any("by rule: label ready" in each.said for each in shown.history)
    poll(lambda: "orch" in wanted.labels and not unsent(stage), "the claims")

    assert synced(stage)["imported"] == []
    server.requests.clear()
    assert synced(stage)["imported"] == []
    asked = [each.status for each in server.requests if "labels=ready" in each.query]
    assert (set(asked), next(each for each in server.requests if "assignee=ada" in each.query).status) == (
        {304},
        304,
    )

    removed = orch(stage, "rm", cards[wanted.number])
    assert removed.returncode == 0, removed.stderr
    poll(lambda: "orch" not in wanted.labels, "the claim to be released")
    assert synced(stage)["imported"] == []

    server.fail(Fault(status=502, body="<html>"), times=1)
    assert orch(stage, "issues", "sync", str(stage.repo)).returncode != 0
    world.issue(shop, "Late", labels=["ready"])
    poll(lambda: [each["title"] for each in synced(stage)["imported"]] == ["Late"])
