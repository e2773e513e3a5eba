"""What cards show of their forge is kept up to date, and a quiet board costs next to nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.core.forge.changes.change import ChangeRequest, NoChange
from orchestrator.core.forge.events import ChangeSeen, ItemSeen
from orchestrator.core.forge.fetched import NOT_FETCHED
from tests.forge.server import Fault, Server
from tests.forge.state import Item
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
    return ObserverRig(server, monkeypatch)


def issue(server: Server, title: str = "Crash") -> Item:
    return server.world.issue(server.world.repos["ada/shop"], title)


def pull(server: Server, number: int = 1, **said: Any) -> Item:
    return server.world.pull(server.world.repos["ada/shop"], f"orch/n{number}", sha="c0ffee", **said)


def request_of(rig: ObserverRig, card: str = "c1") -> ChangeRequest:
    found = rig.forge(card).request
    assert isinstance(found, ChangeRequest)
    return found


def board_of_50(rig: ObserverRig) -> None:
    for number in range(1, 51):
        rig.card(number, issue(rig.server, f"Issue {number}"))
        pull(rig.server, number, checks=[("test", "SUCCESS")])
        rig.pushed[f"orch/n{number}"] = "c0ffee"


def test_a_quiet_hour_of_50_cards_costs_at_most_60_counted_requests_and_writes_nothing(
    rig: ObserverRig,
) -> None:
    board_of_50(rig)
    rig.goes(60)
    assert all(isinstance(rig.forge(f"c{number}").request, ChangeRequest) for number in range(1, 51))
    used, events, since = rig.server.used, len(rig.engine.events), len(rig.server.requests)
    rig.restart()
    rig.goes(60)
    first = rig.server.used - used
    rig.goes(HOUR, step=10)
    assert first <= 12
    assert rig.server.used - used <= 60, "GraphQL counts by points"
    assert {each.status for each in rig.server.requests[since:]} == {200, 304}
    assert len(rig.engine.events) == events, "nothing has changed"
    assert rig.engine.shown == []


def test_a_person_s_changes_of_an_issue_are_seen(rig: ObserverRig, server: Server) -> None:
    item = issue(server)
    rig.card(1, item)
    rig.look()
    server.world.label(item, "urgent", "bob")
    item.title = "Crash at night"
    server.world.turn(item, "bob", open_=False, reason="not_planned")
    rig.goes(300)
    link = rig.forge().issue
    assert link is not None
    assert (link.title, link.synced.seen.labels) == ("Crash at night", ("urgent",))
    assert not link.synced.seen.standing.open
    assert sum(isinstance(each, ItemSeen) for each in rig.engine.events) == 1


def test_a_branch_without_a_change_request_is_asked_for_again_only_when_it_is_pushed(
    rig: ObserverRig, server: Server
) -> None:
    rig.card(1)
    rig.goes(300)
    assert server.requests == [], "it was not pushed"
    rig.pushed["orch/n1"] = "a1"
    rig.goes(60)
    assert isinstance(rig.forge().request, NoChange)
    asked = len(rig.asked("graphql"))
    rig.goes(HOUR)
    assert len(rig.asked("graphql")) == asked
    rig.pushed["orch/n1"] = "a2"
    rig.goes(60)
    assert len(rig.asked("graphql")) == asked + 1


def test_a_change_request_that_a_person_opened_is_found_without_asking_for_its_branch(
    rig: ObserverRig, server: Server
) -> None:
    rig.card(1)
    rig.card(2)
    rig.pushed = {"orch/n1": "c0ffee", "orch/n2": "c0ffee"}
    rig.goes(60)
    pull(server, 7, author="bob")
    pull(server, 2, checks=[("test", "SUCCESS")])
    rig.goes(300)
    assert request_of(rig, "c2").number == 2
    assert isinstance(rig.forge("c1").request, NoChange)
    asked = len(rig.asked("graphql"))
    rig.goes(600)
    assert len(rig.asked("graphql")) <= asked + 1, "that of somebody else is not asked for again"


def test_running_checks_are_asked_for_often_and_ended_ones_rarely(rig: ObserverRig, server: Server) -> None:
    item = pull(server, checks=[("test", "")])
    rig.card(1)
    rig.pushed["orch/n1"] = "c0ffee"
    rig.goes(60)
    since = len(server.requests)
    rig.goes(300)
    assert 8 <= len(rig.asked("graphql", since)) <= 12
    assert sum(isinstance(each, ChangeSeen) for each in rig.engine.events) == 1
    assert item.pull is not None
    item.pull.checks = [("test", "FAILURE")]
    rig.goes(60)
    checks = request_of(rig).checks
    assert checks is not NOT_FETCHED
    assert checks.failing == ("test",)
    since = len(server.requests)
    rig.goes(HOUR)
    assert len(rig.asked("graphql", since)) <= 4


def test_a_change_by_a_person_is_seen_with_the_next_list(rig: ObserverRig, server: Server) -> None:
    item = pull(server, checks=[("test", "SUCCESS")])
    rig.card(1)
    rig.pushed["orch/n1"] = "c0ffee"
    rig.goes(60)
    assert item.pull is not None
    item.pull.merged = "5a1ad"
    server.world.turn(item, "bob", open_=False)
    rig.goes(260)
    assert request_of(rig).state == "merged"
    used = server.used
    rig.goes(HOUR)
    assert server.used - used <= 1, "it has ended"


def test_a_clock_that_is_set_back_hides_nothing(rig: ObserverRig, server: Server) -> None:
    item = pull(server, checks=[("test", "SUCCESS")])
    rig.card(1)
    rig.pushed["orch/n1"] = "c0ffee"
    rig.now += 365 * 24 * HOUR
    rig.goes(60)
    assert request_of(rig).state == "open"
    assert item.pull is not None
    rig.now -= 365 * 24 * HOUR
    item.pull.merged = "5a1ad"
    server.world.turn(item, "bob", open_=False)
    rig.goes(60)
    assert request_of(rig).state == "merged"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(), "cannot connect"),
        (Fault(502, "<html>Bad gateway</html>"), "answers 502"),
        (Fault(200, "<html>Log in to the guest network</html>"), "answers with a web page"),
        (Fault(401, '{"message": "Bad credentials"}'), "does not accept the token"),
    ],
)
def test_while_the_forge_cannot_be_asked_the_card_says_so_and_keeps_what_is_known(
    rig: ObserverRig, server: Server, fault: Fault, why: str
) -> None:
    item = issue(server)
    rig.card(1, item)
    pull(server, checks=[("test", "SUCCESS")])
    rig.pushed["orch/n1"] = "c0ffee"
    rig.goes(60)
    known, fresh = rig.forge(), rig.fresh()
    assert (fresh.stale_issue, fresh.stale_change) == ("", "")
    server.fail(fault, times=100)
    since = len(server.requests)
    rig.goes(HOUR)
    assert rig.forge() == known
    assert why in rig.fresh().stale_change
    assert why in rig.fresh().stale_issue
    assert rig.fresh().change == fresh.change
    assert rig.engine.shown == ["c1", "c1"], "once for each item"
    assert len(server.requests) - since == 1, "the account waits"
    server.clear()
    rig.account.pause.done()
    rig.goes(60)
    assert (rig.fresh().stale_issue, rig.fresh().stale_change) == ("", "")


def test_at_its_share_of_the_budget_the_board_waits_for_the_reset_and_goes_on(
    rig: ObserverRig, server: Server
) -> None:
    rig.card(1, issue(server))
    pull(server, checks=[("test", "")])
    rig.pushed["orch/n1"] = "c0ffee"
    rig.goes(60)
    server.limit = 40
    rig.restart()  # which counts all that was used as its own
    rig.goes(HOUR / 2)
    assert max(server.used_of("core"), server.used_of("graphql")) == 0.6 * server.limit
    assert "orch's share of the requests is used" in rig.fresh().stale_change
    known = request_of(rig)
    server.new_window(server.reset + 3600)
    rig.goes(HOUR / 2 + 60)
    assert rig.fresh().stale_change == ""
    assert request_of(rig) == known
