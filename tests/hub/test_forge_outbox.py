"""Changes of an issue wait while there is no connection, and are sent in their order, each once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from orchestrator.core.forge.events import ItemLinked
from orchestrator.core.forge.links import unsent
from orchestrator.core.forge.outbox.compare import Synced
from orchestrator.core.forge.outbox.fields import Switch, Wanted, fields_of
from orchestrator.core.forge.repository import ItemRef
from tests.forge.server import Fault, Server
from tests.forge.state import Item
from tests.hub.forge_rig import ForgeRig, Killed

WRITES = [
    ("POST", "/issues/1/labels"),
    ("POST", "/issues/1/assignees"),
    ("POST", "/issues/1/comments"),
    ("PATCH", "/issues/1"),
]


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    shop = made.world.repo()
    shop.labels += ["orch", "urgent"]
    made.world.issue(shop, "Crash")
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def rig(server: Server) -> ForgeRig:
    made = ForgeRig(server)
    made.create()
    found = made.github.issue(ItemRef(made.shop, 1))
    seen = fields_of(found, "", 0)
    wanted = Wanted(comment="At work.", switch=Switch(open=False, seen=seen.standing, others=0))
    for label in ("orch", "urgent"):
        wanted = wanted.with_label(label, there=True)
    wanted = wanted.with_assignee("bob", there=True)
    synced = Synced(replace(seen, comment=""), wanted=wanted)
    made.journal.append(ItemLinked(2.0, "c1", found.ref, found.title, found.url, synced, "held"))
    return made


def done_once(server: Server, rig: ForgeRig) -> None:
    item: Item = server.world.repos["ada/shop"].items[1]
    assert (sorted(item.labels), item.assignees, item.open) == (["orch", "urgent"], ["bob"], False)
    assert len(item.comments) == 1
    kinds = [each["event"] for each in item.events]
    assert sorted(kinds) == ["assigned", "closed", "labeled", "labeled"], "each once"
    assert kinds[-1] == "closed", "in their order"
    assert unsent(rig.forge) == ()


@pytest.mark.parametrize("write", WRITES, ids=lambda each: each[1].rpartition("/")[2])
@pytest.mark.parametrize("arrived", [True, False], ids=["answer lost", "never arrived"])
def test_a_write_without_an_answer_is_looked_for_and_done_once(
    rig: ForgeRig, server: Server, write: tuple[str, str], *, arrived: bool
) -> None:
    server.fail(Fault(after=arrived), *write)
    rig.live_on()
    rig.live_on()
    done_once(server, rig)


@pytest.mark.parametrize("place", range(0, 22, 3))
def test_whatever_is_killed_in_between_each_change_is_made_once(
    rig: ForgeRig, server: Server, place: int
) -> None:
    counted = iter(range(1000))

    def wrote(_: str) -> None:
        if next(counted) % 22 == place:
            raise Killed

    rig.wrote = wrote
    rig.live_on()
    done_once(server, rig)


def test_with_the_network_cut_in_the_middle_the_rest_waits_on_the_card(rig: ForgeRig, server: Server) -> None:
    waiting = len(unsent(rig.forge))
    rig.live(6)
    server.fail(Fault(), times=30)
    for _ in range(10):
        rig.live_on()
    left = unsent(rig.forge)
    assert 0 < len(left) < waiting
    assert all(each.state != "refused" for each in rig.forge.outbox)
    server.clear()
    rig.live_on()
    done_once(server, rig)


def test_a_person_s_changes_while_there_was_no_connection_are_kept(rig: ForgeRig, server: Server) -> None:
    item = server.world.repos["ada/shop"].items[1]
    server.fail(Fault(), times=3)
    for _ in range(3):
        rig.live_on()
    server.clear()
    server.world.say(item, "bob", "Wait, it is worse than that.")
    server.world.label(item, "urgent", "bob")
    server.world.label(item, "urgent", "bob", there=False)
    rig.live_on()
    rig.live_on()
    assert item.open, "it has a comment that was not seen when closing was decided"
    assert [each.field for each in rig.forge.issue.conflicts] == ["state"]  # type: ignore[union-attr]
