"""Acts that were asked for once are done once: whatever is killed, lost or refused in between."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.core.forge.changes.change import ChangeRequest
from orchestrator.core.forge.events import ItemLinked
from orchestrator.core.forge.outbox.acts import Merge, OpenChange, Push
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import fields_of
from orchestrator.core.forge.repository import ItemRef
from tests.conftest import git
from tests.forge.server import Fault, Server
from tests.hub.forge_rig import ForgeRig, Killed

OPEN = OpenChange("orch/n1", "main", "Fix the crash", "It crashed.", labels=("bug",))


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.world.repo(branches={"orch/n1": "abc123"})
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def rig(server: Server) -> ForgeRig:
    made = ForgeRig(server)
    made.create()
    return made


def sent(server: Server, method: str, part: str) -> int:
    return len([each for each in server.requests if each.method == method and each.path.endswith(part)])


def killed_at(rig: ForgeRig, place: int) -> None:
    """Kills at that write, counted with a `before` and an `after` for each."""
    counted = iter(range(100))

    def wrote(_: str) -> None:
        if next(counted) == place:
            raise Killed

    rig.wrote = wrote


@pytest.mark.parametrize("place", range(8))
def test_a_change_request_is_opened_once_wherever_the_hub_is_killed(
    rig: ForgeRig, server: Server, place: int
) -> None:
    rig.queue(OPEN)
    killed_at(rig, place)
    rig.live_on()
    (item,) = server.world.repos["ada/shop"].items.values()
    assert (item.title, item.body, item.labels) == ("Fix the crash", "It crashed.", ["bug"])
    assert sent(server, "POST", "/pulls") == 1
    assert rig.forge.change is not None
    assert rig.forge.change.ref.number == item.number
    assert rig.forge.change.synced.written.title == "Fix the crash"
    assert isinstance(rig.forge.request, ChangeRequest)
    assert rig.forge.outbox == ()


@pytest.mark.parametrize("arrived", [True, False], ids=["answer lost", "never arrived"])
def test_a_change_request_whose_answer_is_lost_is_looked_for(
    rig: ForgeRig, server: Server, *, arrived: bool
) -> None:
    server.fail(Fault(after=arrived), "POST", "/pulls")
    rig.queue(OPEN)
    rig.live_on()  # until the failure
    assert [each.state for each in rig.forge.outbox] == ["sent"]
    rig.live_on()
    assert len(server.world.repos["ada/shop"].items) == 1
    assert sent(server, "POST", "/pulls") == (1 if arrived else 2)
    assert rig.forge.outbox == ()


def test_a_branch_that_has_a_change_request_keeps_it_and_its_texts(rig: ForgeRig, server: Server) -> None:
    there = server.world.pull(server.world.repos["ada/shop"], "orch/n1", "By hand", sha="abc123")
    rig.queue(OPEN)
    rig.live_on()
    assert rig.forge.change is not None
    assert (rig.forge.change.ref.number, there.title) == (there.number, "By hand")
    assert rig.forge.change.synced.written.title is None


def test_a_refused_act_waits_for_a_person(rig: ForgeRig, server: Server) -> None:
    del server.world.repos["ada/shop"].branches["orch/n1"]
    rig.queue(OPEN)
    rig.live_on()
    (act,) = rig.forge.outbox
    assert (act.state, "cannot open a pull request" in act.why) == ("refused", True)


@pytest.mark.parametrize("status", [502, 429])
def test_an_outage_refuses_nothing(rig: ForgeRig, server: Server, status: int) -> None:
    server.fail(Fault(status, "{}"), "POST", "/pulls")
    rig.queue(OPEN)
    rig.live_on()
    rig.github.connection._budgets.clear()  # noqa: SLF001  # the pause that the server asks for is over
    rig.live_on()
    assert rig.forge.outbox == ()
    assert len(server.world.repos["ada/shop"].items) == 1


def test_a_renamed_repository_gets_the_change_request(rig: ForgeRig, server: Server) -> None:
    server.world.rename(server.world.repos["ada/shop"], "ada/store")
    rig.queue(OPEN)
    rig.live_on()
    assert len(server.world.repos["ada/store"].items) == 1
    assert rig.forge.outbox == ()


@pytest.mark.parametrize("place", range(4))
def test_a_change_request_is_merged_once_wherever_the_hub_is_killed(
    rig: ForgeRig, server: Server, place: int
) -> None:
    item = server.world.pull(server.world.repos["ada/shop"], "orch/n1", sha="abc123")
    rig.queue(Merge("squash", "abc123"), ItemRef(rig.shop, item.number, "change"))
    killed_at(rig, place)
    rig.live_on()
    assert item.pull is not None
    assert item.pull.merged
    assert sent(server, "PUT", "/merge") == 1
    assert isinstance(rig.forge.request, ChangeRequest)
    assert rig.forge.request.state == "merged"


def test_a_head_that_moved_is_not_merged(rig: ForgeRig, server: Server) -> None:
    item = server.world.pull(server.world.repos["ada/shop"], "orch/n1", sha="another")
    rig.queue(Merge("squash", "abc123"), ItemRef(rig.shop, item.number, "change"))
    rig.live_on()
    assert item.pull is not None
    assert not item.pull.merged
    assert rig.forge.outbox[0].state == "refused"


@pytest.fixture
def pushing(server: Server, repo: Path, tmp_path: Path) -> ForgeRig:
    """With a real repository behind the forge, of which the card has a branch with one commit."""
    server.git.make("ada/shop", tmp_path / "shop.git")
    git(repo, "remote", "add", "origin", f"http://127.0.0.1:{server.port}/ada/shop.git")
    git(repo, "push", "--quiet", "origin", "main")
    server.git.pushes = []
    server.world.set_clock(time.time())
    git(repo, "checkout", "--quiet", "-b", "orch/n1")
    git(repo, "commit", "--quiet", "--allow-empty", "--message=Fix")
    made = ForgeRig(server, str(repo))
    made.create()
    return made


@pytest.mark.sample(4)
@pytest.mark.parametrize("place", [10, *range(10)])
def test_wherever_the_hub_is_killed_there_is_one_push_and_one_change_request(
    pushing: ForgeRig, server: Server, repo: Path, place: int
) -> None:
    what = replace(OPEN, labels=(), reviewers=("bob", "ada"))
    pushing.queue(Push("orch/n1", git(repo, "rev-parse", "HEAD"), "origin", what))
    killed_at(pushing, place)
    pushing.live_on()
    (item,) = server.world.repos["ada/shop"].items.values()
    assert item.pull is not None
    assert (item.pull.sha, item.pull.reviewers) == (git(repo, "rev-parse", "HEAD"), ["bob"])
    assert (server.git.pushes, sent(server, "POST", "/pulls")) == (["orch/n1"], 1)
    assert sent(server, "POST", "/requested_reviewers") == 1
    assert pushing.forge.pushed is not None
    assert pushing.forge.outbox == ()


def test_without_a_network_a_push_waits_and_is_sent_later(
    pushing: ForgeRig, server: Server, repo: Path
) -> None:
    url = git(repo, "remote", "get-url", "origin")
    git(repo, "remote", "set-url", "origin", "http://127.0.0.1:1/ada/shop.git")
    pushing.queue(Push("orch/n1", git(repo, "rev-parse", "HEAD"), "origin", replace(OPEN, labels=())))
    pushing.live(4)
    (act,) = pushing.forge.outbox
    assert (act.state, "cannot be reached" in act.why) == ("queued", True)
    git(repo, "remote", "set-url", "origin", url)
    pushing.live_on()
    assert len(server.world.repos["ada/shop"].items) == 1


@pytest.mark.sample(2)
@pytest.mark.parametrize("place", range(3))
def test_a_change_request_enters_the_merge_queue_once(rig: ForgeRig, server: Server, place: int) -> None:
    item = server.world.pull(server.world.repos["ada/shop"], "orch/n1", sha="abc123")
    rig.queue(Merge("queue", "abc123"), ItemRef(rig.shop, item.number, "change"))
    killed_at(rig, place)
    rig.live_on()
    assert item.pull is not None
    assert (item.pull.queued, item.pull.merged) == (True, "")
    assert isinstance(rig.forge.request, ChangeRequest)
    assert (rig.forge.request.queued, rig.forge.outbox) == (True, ())
    assert sent(server, "POST", "/graphql") <= 4


def test_a_merge_queue_that_refuses_is_quoted(rig: ForgeRig, server: Server) -> None:
    item = server.world.pull(server.world.repos["ada/shop"], "orch/n1", sha="moved")
    rig.queue(Merge("queue", "abc123"), ItemRef(rig.shop, item.number, "change"))
    rig.live_on()
    (act,) = rig.forge.outbox
    assert (act.state, "head of the pull request has changed" in act.why) == ("refused", True)


@pytest.mark.parametrize("renamed_back", [False, True])
def test_a_hidden_repository_does_not_make_its_issue_gone(
    rig: ForgeRig, server: Server, *, renamed_back: bool
) -> None:
    shop = server.world.repos["ada/shop"]
    issue = server.world.issue(shop, "Crash")
    found = rig.github.issue(ItemRef(rig.shop, issue.number))
    ref = replace(found.ref, repository=replace(rig.shop, name="store"))
    rig.journal.append(ItemLinked(2.0, "c1", ref, "Crash", "u", Synced(fields_of(found)), "wanted"))
    if not renamed_back:
        del server.world.repos["ada/shop"]
    rig.live()
    assert rig.forge.issue is not None
    assert (rig.forge.issue.gone, rig.forge.claim_refused) == ("", "")
    assert rig.forge.issue.claim == ("held" if renamed_back else "wanted")
