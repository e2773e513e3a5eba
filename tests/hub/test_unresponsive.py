"""The card of a session that does not hear its bell, by a clock of the test's own."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from orchestrator.core.mail.message import MessageNotice
from orchestrator.core.mail.order import BoxCount
from orchestrator.core.model import Card
from orchestrator.core.sessions.model import Evidence, Facts, Session, Source, Status
from orchestrator.hub.effects.prompt import PromptEffects
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.faults import Faults
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.waking import notifier
from orchestrator.hub.mail.waking.notifier import MailNotifier
from tests.agents.programs import CLAUDE
from tests.poll import PATIENCE


class Clock:
    now = 1_000_000.0

    def time(self) -> float:
        return self.now


class Room:
    """One idle session with one unread message: engine, mail_service, its overview and input box in one."""

    def __init__(self) -> None:
        said = Evidence(Source.REGISTRY, "idle", 0.0)
        facts = Facts(registry="idle")
        session = Session(1, "s1", 0.0, Status.IDLE, 0.0, "", said, window="@1", pane="%1", facts=facts)
        card = Card(
            "c1", "worker", "Worker", "", "/r", "main", "orch/worker", "/r-orch/worker", 0.0, session=session
        )
        self.state = SimpleNamespace(cards={"c1": card})
        self.faults = Faults()
        self.typed: list[str] = []
        self.received = 0.0
        self.arrive: Callable[[str, MessageNotice | None], None]
        self.change: Callable[[str], None]

    def after_change(self, callback: Callable[[str], None]) -> None:
        self.change = callback

    def on_mail(self, callback: Callable[[str, MessageNotice | None], None]) -> None:
        self.arrive = callback

    def box_of(self, _: str) -> str:
        return "worker"

    def card_of(self, _: str) -> str:
        return "c1"

    @property
    def overview(self) -> "Room":
        return self

    def waiting(self, box: str) -> BoxCount:
        return BoxCount(box, waiting=1)

    async def counted(self, box: str) -> BoxCount:
        return self.waiting(box)

    def receives_now(self, _: str) -> bool:
        return False

    def received_at(self, _: str) -> float:
        return self.received

    def refresh_soon(self) -> None: ...

    async def turn_failed(self, card_id: str, run: int) -> None: ...

    async def type_now(self, _: Card, line: str) -> str:
        self.typed.append(line)
        return ""


def test_a_card_is_marked_deaf_after_the_last_ring_until_its_session_asks_for_its_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(notifier, "time", clock)

    async def until(seen: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.005)

    async def whole() -> None:
        room = Room()
        notifier = MailNotifier(
            cast("Engine", room), cast("MailService", room), cast("PromptEffects", room), tmp_path, CLAUDE
        )
        sending = asyncio.create_task(notifier.run())
        start = clock.now
        room.arrive("worker", None)
        for number, after in enumerate((0.0, 15.0, 60.0, 300.0), 1):
            clock.now = start + after
            room.change("c1")
            await until(lambda number=number: len(room.typed) == number)  # type: ignore[misc]
            assert (notifier.way("worker"), notifier.unresponsive("worker")) == (
                "notified by typed line",
                False,
            )
        clock.now += 15.0
        room.change("c1")
        await until(lambda: notifier.unresponsive("worker"))
        assert notifier.way("worker") == "notified, but never called mail_receive"
        room.received = clock.now = clock.now + 1.0
        room.change("c1")
        await until(lambda: not notifier.unresponsive("worker"))
        assert room.typed == ["1 unread: call mail_receive"] * 4
        sending.cancel()

    asyncio.run(whole())
