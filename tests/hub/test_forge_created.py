"""An issue that is created from a card is created once: whatever is killed, lost or refused in between."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.links import Outgoing
from orchestrator.core.forge.marks import Mark, unmarked
from orchestrator.core.forge.outbox.acts import CreateIssue
from orchestrator.hub.forge.issues import created_issues
from orchestrator.hub.forge.kinds import Asked
from tests.forge.server import Fault, Server
from tests.hub.forge_rig import BOARD, ForgeRig
from tests.hub.test_forge_queued import killed_at, sent

CREATE = CreateIssue("Fix the crash", "It crashes.", ("bug", "new"))


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.world._now = datetime.now(UTC)  # noqa: SLF001  # what was sent is looked for since then
    made.world.repo()
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def rig(server: Server, monkeypatch: pytest.MonkeyPatch) -> ForgeRig:
    monkeypatch.setattr(created_issues, "LISTED_WITHIN", 0.0)
    made = ForgeRig(server)
    made.create()
    return made


def created(rig: ForgeRig, server: Server) -> None:
    """One issue, which is the card's and has its texts and labels."""
    (item,) = server.world.repos["ada/shop"].items.values()
    assert (item.title, unmarked(item.body or ""), item.labels) == (
        "Fix the crash",
        "It crashes.",
        ["bug", "new"],
    )
    assert rig.forge.issue is not None
    assert rig.forge.issue.ref.number == item.number
    written = rig.forge.issue.synced.written
    assert (written.title, written.body) == ("Fix the crash", rig.forge.issue.synced.seen.body)
    assert rig.forge.outbox == ()


@pytest.mark.parametrize("place", range(6))
def test_an_issue_is_created_once_wherever_the_hub_is_killed(
    rig: ForgeRig, server: Server, place: int
) -> None:
    rig.queue(CREATE)
    killed_at(rig, place)
    rig.live_on()
    created(rig, server)
    assert sent(server, "POST", "/shop/issues") == 1


def test_an_issue_whose_answer_was_lost_is_found_by_its_mark_though_a_person_changed_it(
    rig: ForgeRig, server: Server
) -> None:
    rig.queue(CREATE)
    server.fail(Fault(after=True), "POST", "/shop/issues")
    rig.live()
    (item,) = server.world.repos["ada/shop"].items.values()
    item.title, item.updated = "Renamed", server.world.tick()
    rig.live_on()
    assert sent(server, "POST", "/shop/issues") == 1
    assert rig.forge.issue is not None
    assert rig.forge.issue.synced.written.title is None, "a person's title is never replaced"


def test_an_issue_that_may_not_be_listed_yet_is_not_created_again(server: Server) -> None:
    rig = ForgeRig(server)
    rig.create()
    act = Outgoing("a1", CREATE, 1.0, None, "sent", None, 1000.0)
    asked = Asked(rig.card, act, rig.shop, Mark(BOARD, "c1", "act", "a1"))
    assert created_issues.find_created(rig.github, asked, lambda: 1005.0) is NOT_FETCHED
    assert created_issues.find_created(rig.github, asked, lambda: 1020.0) is None


def test_a_refused_issue_waits_for_a_person(rig: ForgeRig, server: Server) -> None:
    server.world.repos["ada/shop"].issues_on = False
    rig.queue(CREATE)
    rig.live_on()
    (act,) = rig.forge.outbox
    assert act.state == "refused"
    assert act.why
