"""Lists and rounds of the observer, in requests and seconds. Run with: pytest -n 0 -m perf tests/perf -s"""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from orchestrator.core.forge.changes.change import ChangeRequest, NoChange
from orchestrator.world.forge.forge import IssueFilter
from tests.forge.server import Server
from tests.hub.observer_rig import ObserverRig
from tests.perf.measure import Table

pytestmark = [pytest.mark.perf, pytest.mark.timeout(900)]

CARDS = 50


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


def _requests(rig: ObserverRig, since: int, used: int) -> str:
    found = Counter(each.status for each in rig.server.requests[since:])
    return f"{found.total()} requests, {found[304]} of them 304; {rig.server.used - used} points"


def test_a_thousand_issues_are_listed(rig: ObserverRig, server: Server) -> None:
    table = Table("1,000 issues")
    shop = server.world.repos["ada/shop"]
    server.checks = False
    for number in range(1000):
        server.world.issue(shop, f"Issue {number}", labels=["bug"])
    for name in ("first", "again, unchanged"):
        since, used = len(server.requests), server.used
        began = time.perf_counter()
        found = rig.github.issues(rig.ref(), IssueFilter(), 1000)
        took = time.perf_counter() - began
        assert len(found.issues) == 1000
        table.add(
            f"listed {name}", f"{took:.2f} s, the server's time included; {_requests(rig, since, used)}"
        )
    print(f"\n{table.text()}")


def test_a_quiet_hour(rig: ObserverRig, server: Server) -> None:
    table = Table(f"{CARDS} cards, each with an issue and a pull request")
    shop = server.world.repos["ada/shop"]
    for number in range(1, CARDS + 1):
        rig.card(number, server.world.issue(shop, f"Issue {number}"))
        server.world.pull(shop, f"orch/n{number}", sha="c0ffee", checks=[("test", "SUCCESS")])
        rig.pushed[f"orch/n{number}"] = "c0ffee"
    rig.restart()
    for name, seconds in (("the first minute of a hub", 60), ("a quiet hour", 3600)):
        since, used, events = len(server.requests), server.used, len(rig.engine.events)
        cpu = time.process_time()
        rig.goes(seconds, step=2)
        cpu = time.process_time() - cpu
        written = len(rig.engine.events) - events
        table.add(
            name, f"{_requests(rig, since, used)}; {written} events; {cpu:.1f} s CPU, stand-in included"
        )
    print(f"\n{table.text()}")


def test_a_storm_of_50_pushes(rig: ObserverRig, server: Server) -> None:
    table = Table(f"{CARDS} branches pushed at once")
    for number in range(1, CARDS + 1):
        rig.card(number)
    rig.goes(60)
    names = [f"c{number}" for number in range(1, CARDS + 1)]

    def until(kind: type) -> float:
        began = rig.now
        while not all(isinstance(rig.forge(card).request, kind) for card in names):
            rig.goes(2, step=2)
            assert rig.now - began < 600
        return rig.now - began

    since, used = len(server.requests), server.used
    rig.pushed = {f"orch/n{number}": "c0ffee" for number in range(1, CARDS + 1)}
    took = until(NoChange)
    table.add("known to have no pull request", f"after {took:.0f} s; {_requests(rig, since, used)}")
    since, used = len(server.requests), server.used
    for number in range(1, CARDS + 1):
        server.world.pull(server.world.repos["ada/shop"], f"orch/n{number}", sha="c0ffee")
    took = until(ChangeRequest)
    table.add(
        "pull requests opened by others are shown", f"after {took:.0f} s; {_requests(rig, since, used)}"
    )
    print(f"\n{table.text()}")
