"""Whatever becomes of a repository, issue or branch on the forge: the card says it, and nothing is lost."""

import json
from collections.abc import Callable, Iterator

import pytest

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.events import ItemGone, ItemMoved
from tests.forge.server import Fault, Server
from tests.forge.state import Item, Repo
from tests.hub.observer_rig import ObserverRig

HOUR = 3600.0


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.world.repo()
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def rig(server: Server, monkeypatch: pytest.MonkeyPatch) -> ObserverRig:
    made = ObserverRig(server, monkeypatch)
    shop = server.world.repos["ada/shop"]
    made.card(1, server.world.issue(shop, "Crash"))
    server.world.pull(shop, "orch/n1", sha="c0ffee", checks=[("test", "SUCCESS")])
    made.pushed["orch/n1"] = "c0ffee"
    made.goes(60)
    return made


def issue_of(server: Server) -> Item:
    return server.world.repos["ada/shop"].items[1]


def test_a_renamed_repository_is_followed(rig: ObserverRig, server: Server) -> None:
    shop = server.world.repos["ada/shop"]
    server.world.rename(shop, "corp/store")
    server.world.turn(shop.items[1], "bob", open_=False)
    rig.goes(HOUR)
    link = rig.forge().issue
    assert link is not None
    assert (link.ref.repository.path, link.synced.seen.standing.open) == ("corp/store", False)
    assert link.gone == ""


def test_a_transferred_issue_is_followed(rig: ObserverRig, server: Server) -> None:
    tools = server.world.repo("ada/tools")
    server.world.issue(tools, "Crash")
    issue_of(server).moved_to = "ada/tools/issues/1"
    rig.goes(HOUR)
    assert [each.to.repository.path for each in rig.engine.events if isinstance(each, ItemMoved)] == [
        "ada/tools"
    ]
    server.world.label(tools.items[1], "late", "bob")
    rig.goes(300)
    link = rig.forge().issue
    assert link is not None
    assert link.synced.seen.labels == ("late",)


def test_a_deleted_issue_or_one_that_became_a_discussion_is_gone_until_it_is_back(
    rig: ObserverRig, server: Server
) -> None:
    issue_of(server).deleted = True
    rig.goes(HOUR)
    link = rig.forge().issue
    assert link is not None
    assert "was deleted" in link.gone
    assert sum(isinstance(each, ItemGone) for each in rig.engine.events) == 1, "told once"
    issue_of(server).deleted = False
    rig.goes(HOUR)
    assert rig.forge().issue is not None
    assert rig.forge().issue.gone == ""  # type: ignore[union-attr]


def private(repo: Repo) -> None:
    repo.private, repo.permissions = True, {}
    repo.forbidden = "Could not resolve to a Repository"


def issues_off(repo: Repo) -> None:
    repo.issues_on = False


def sso(repo: Repo) -> None:
    repo.forbidden = "Resource protected by organization SAML enforcement."


def archived(repo: Repo) -> None:
    repo.archived = True


@pytest.mark.parametrize(
    ("what", "issue", "change"),
    [
        (private, "does not know it, or not for this token", "Could not resolve"),
        (sso, "", "not authorized for the organization's SSO"),
        (issues_off, "", ""),
        (archived, "", ""),
    ],
)
def test_a_repository_that_is_closed_to_the_account_changes_nothing_but_the_age(
    rig: ObserverRig, server: Server, what: Callable[[Repo], None], issue: str, change: str
) -> None:
    known = rig.forge()
    what(server.world.repos["ada/shop"])
    since = len(server.requests)
    rig.goes(HOUR)
    assert rig.forge().request == known.request
    assert rig.forge().issue == known.issue or what is issues_off
    fresh = rig.fresh()
    assert (issue in fresh.stale_issue, change in fresh.stale_change) == (True, True)
    assert (bool(fresh.stale_issue), bool(fresh.stale_change)) == (bool(issue), bool(change))
    assert len(server.requests) - since < 120, "it is not knocked at"


def test_a_force_push_and_a_deleted_branch_are_seen(rig: ObserverRig, server: Server) -> None:
    item = server.world.repos["ada/shop"].items[2]
    assert item.pull is not None
    item.pull.sha, item.pull.checks = "beef", []
    rig.pushed["orch/n1"] = "beef"
    rig.goes(90)
    request = rig.forge().request
    assert isinstance(request, ChangeRequest)
    assert request.head_commit == "beef"
    item.pull.owner = ""
    server.world.turn(item, "bob", open_=False)
    rig.goes(300)
    request = rig.forge().request
    assert isinstance(request, ChangeRequest)
    assert (request.state, request.head_owner) == ("closed", "")


def test_a_secondary_limit_stops_every_request_of_the_account_until_it_ends(
    rig: ObserverRig, server: Server
) -> None:
    for number in range(2, 12):
        rig.card(number, server.world.issue(server.world.repos["ada/shop"], "Slow"))
    text = json.dumps({"message": "You have exceeded a secondary rate limit"})
    server.fail(Fault(403, text, {"Retry-After": "900"}))
    since = len(server.requests)
    rig.goes(600)
    assert len(server.requests) - since == 1
    assert "asks to wait" in rig.fresh().stale_change + rig.fresh().stale_issue


def test_a_long_list_of_changes_is_not_read_to_its_end_and_no_card_is_left_out(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = ObserverRig(server, monkeypatch)
    shop = server.world.repos["ada/shop"]
    mine = server.world.issue(shop, "Mine")
    rig.card(1, mine)
    server.world.label(mine, "seen", "bob")
    for number in range(1000):
        server.world.issue(shop, f"Issue {number}")
    rig.goes(60)
    link = rig.forge().issue
    assert link is not None
    assert link.synced.seen.labels == ("seen",)
    assert len(rig.asked("/issues")) <= 8
    since = len(server.requests)
    rig.goes(600)
    assert len([each for each in server.requests[since:] if each.status == 200]) <= 4
