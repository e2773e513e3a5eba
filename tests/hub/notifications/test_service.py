"""The hub's part of notifications with channels that only record: records, restarts, failures, phones."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.core.board.views import Need
from orchestrator.core.errors import Refused
from orchestrator.core.model import State
from orchestrator.core.notifications.kinds import GROUPS
from orchestrator.core.notifications.policy import Channel, Timing
from orchestrator.core.notifications.views import SENT, Outcome
from orchestrator.core.phone.devices import PushSubscription
from orchestrator.hub.loop.faults import Faults
from orchestrator.hub.notifications.activity import Activity
from orchestrator.hub.notifications.message import Message, sample
from orchestrator.hub.notifications.push import PushChannel
from orchestrator.hub.notifications.quiet import quiet_until
from orchestrator.hub.notifications.service import Notifications
from orchestrator.hub.phone.devices import Devices
from orchestrator.store.notifications import NotificationLog
from orchestrator.world.notifications.web_push import VapidKeys
from tests.core.notifications.given import need
from tests.world.notifications.endpoint import Browser, endpoint

FIRST = need("permission", id_="c1.k3f", at=1.0)
SECOND = need("permission", card="c2", id_="c2.k3f", at=2.0)
FAILS = Outcome("failed", "no network", again=True)


@dataclass
class Recording:
    """A channel that keeps what it is told. With `hangs` it never ends, like one at the hub's kill."""

    name: str = "command"
    outcome: Outcome = SENT
    hangs: bool = False
    on: bool = True
    told: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def rule(self) -> Channel:
        return Channel(self.name, GROUPS["all"])

    async def tell(self, message: Message) -> Outcome:
        self.told.append(message.needs)
        if self.hangs:
            await asyncio.Event().wait()
        return self.outcome


@dataclass
class Hub:
    """One life of a hub, with the queue as it is set."""

    file: Path
    channel: Recording
    queue: tuple[Need, ...] = ()

    def lives(self, course: Callable[["Hub"], Coroutine[Any, Any, None]]) -> None:
        async def live() -> None:
            self.tasks: set[asyncio.Future[None]] = set()
            engine: Any = SimpleNamespace(
                state=State(), faults=Faults(), spawn=lambda work: self.tasks.add(asyncio.ensure_future(work))
            )
            self.service = Notifications(
                engine,
                NotificationLog(self.file),
                (self.channel,),
                Timing(0.05, 0.05),
                Activity(120.0),
                quiet_until((), ""),
                lambda: self.queue,
                frozenset,
                _nobody_attached,
            )
            running = asyncio.ensure_future(self.service.run())
            async with asyncio.timeout(10.0):
                await asyncio.sleep(0.01)
                await course(self)
            self.service.record.close()
            self.service.record = NotificationLog(self.file / "killed")  # a killed hub writes nothing more
            for task in (running, *self.tasks):
                task.cancel()
            await asyncio.gather(running, *self.tasks, return_exceptions=True)

        asyncio.run(live())

    def has(self, *needs: Need) -> None:
        self.queue = needs
        self.service.changed()

    async def until(self, number: int) -> None:
        """Until that many messages were told, and have their outcome unless the channel hangs."""
        while len(self.channel.told) < number or (not self.channel.hangs and self.service._sending):  # noqa: SLF001
            await asyncio.sleep(0.01)


async def _nobody_attached() -> float:
    return 0.0


def test_what_a_killed_hub_was_sending_is_not_sent_again(tmp_path: Path) -> None:
    first, second = Recording(hangs=True), Recording()

    async def dies(hub: Hub) -> None:
        hub.has(FIRST)
        await hub.until(1)

    async def goes_on(hub: Hub) -> None:
        hub.has(FIRST, SECOND)
        await hub.until(1)
        found = await hub.service.latest(10)
        assert [(each.state, each.needs) for each in found] == [
            ("sent", ("c2.k3f",)),
            ("unknown", ("c1.k3f",)),
        ]

    Hub(tmp_path / "n.db", first).lives(dies)
    Hub(tmp_path / "n.db", second, (FIRST,)).lives(goes_on)
    assert (first.told, second.told) == ([("c1.k3f",)], [("c2.k3f",)])


def test_what_stood_before_notifications_were_kept_is_not_told_and_what_follows_is(tmp_path: Path) -> None:
    channel = Recording()

    async def course(hub: Hub) -> None:
        hub.has(FIRST, SECOND)
        await hub.until(1)

    Hub(tmp_path / "n.db", channel, (FIRST,)).lives(course)
    assert channel.told == [("c2.k3f",)]


def test_what_arose_before_a_hub_could_tell_it_is_told_by_the_next(tmp_path: Path) -> None:
    channel = Recording()

    async def ends_at_once(hub: Hub) -> None:
        hub.queue = (FIRST,)

    async def course(hub: Hub) -> None:
        await hub.until(1)

    Hub(tmp_path / "n.db", channel).lives(ends_at_once)
    Hub(tmp_path / "n.db", channel, (FIRST,)).lives(course)
    assert channel.told == [("c1.k3f",)]


def test_a_record_that_cannot_be_written_keeps_nobody_from_being_told_once(tmp_path: Path) -> None:
    channel = Recording()
    (tmp_path / "n.db").mkdir()

    async def course(hub: Hub) -> None:
        hub.has(FIRST)
        await hub.until(1)
        hub.has(FIRST, SECOND)
        await hub.until(2)
        with pytest.raises(Refused, match="cannot list notifications"):
            await hub.service.latest(10)

    Hub(tmp_path / "n.db", channel).lives(course)
    assert channel.told == [("c1.k3f",), ("c2.k3f",)]


def test_a_failure_is_listed_with_when_it_is_tried_again(tmp_path: Path) -> None:
    channel = Recording(outcome=FAILS)

    async def course(hub: Hub) -> None:
        hub.has(FIRST)
        await hub.until(1)
        [found] = await hub.service.latest(10)
        assert (found.state, found.why, 25 < found.retry_at - found.at < 60) == ("failed", "no network", True)

    Hub(tmp_path / "n.db", channel).lives(course)


def test_a_channel_that_is_off_cannot_be_tested_and_those_that_are_on_are_named(
    tmp_path: Path,
) -> None:
    async def course(hub: Hub) -> None:
        assert [(each.channel, each.state) for each in await hub.service.test("")] == [("command", "sent")]
        with pytest.raises(Refused, match="no notification channel named 'push'") as caught:
            await hub.service.test("push")
        assert "on: command" in str(caught.value)

    Hub(tmp_path / "n.db", Recording()).lives(course)


def test_a_push_reaches_every_phone_and_one_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    devices = Devices(tmp_path / "phone.json")
    here, gone = Browser(), Browser()
    with endpoint() as service, endpoint() as ended:
        ended.status = 410
        for name, browser, url in (("Pixel", here, service.url), ("Old", gone, ended.url)):
            device, _, _ = devices.add(name, ("look",), 0.0, secure=True)
            devices.set_push(device, PushSubscription(**browser.subscription(url)))
        channel = PushChannel(
            Channel("push", GROUPS["all"], away=True), lambda: devices, VapidKeys(tmp_path / "push.pem"),
            "count", "mailto:ada@example.org", 5.0, ("127.0.0.1",),
        )  # fmt: skip
        outcome = asyncio.run(channel.tell(sample()))
        assert outcome.state == "sent"
        assert outcome.why == "Old: 127.0.0.1: the subscription has ended"
        assert here.read(service.got[0][2])["body"] == "This is a test notification."
    assert [(each.name, each.push is not None) for each in Devices(tmp_path / "phone.json").every] == [
        ("Pixel", True), ("Old", False),
    ]  # fmt: skip
    devices.remove(devices.every[0])
    assert not channel.on
    assert asyncio.run(channel.tell(sample())).state == "skipped"
