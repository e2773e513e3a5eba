"""The hub's loops: nothing that happens while they wait ends them, and a card's fault stays its own."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.config.settings import Mail
from orchestrator.core.events import (
    CardCreated,
    CardHeld,
    CardRemoved,
    Event,
    StartAdmitted,
    StartQueued,
    WindowOpened,
)
from orchestrator.core.follow import Capacity
from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.message import Kind
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.core.model import Card
from orchestrator.core.sessions.signals import PaneDied, PromptTaken, RegistrySaid, TurnEnded
from orchestrator.hub.effects.prompt import PromptEffects
from orchestrator.hub.loop.engine import Engine
from orchestrator.hub.loop.faults import Faults
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.mail.receiving import turn_ends
from orchestrator.hub.mail.receiving.receiver import Reader
from orchestrator.hub.mail.sending.sender import THE_HUMAN
from orchestrator.hub.mail.service import MailService
from orchestrator.hub.mail.waking import notifier
from orchestrator.hub.mail.waking.notifier import MailNotifier
from orchestrator.paths import Home
from orchestrator.store.journal import Journal
from orchestrator.store.mail.protocol import MailStore
from tests.agents.programs import CLAUDE
from tests.examples import examples
from tests.poll import PATIENCE

pytestmark = pytest.mark.slow


CARDS = ("c1", "c2", "c3", "c4")
ACTS = ("works", "ends", "rests", "dies", "again", "removed", "mail")

Step = Callable[[], Awaitable[None]]


class Interleaved:
    """A store at each of whose calls something else happens, before it and after it."""

    def __init__(self, store: Any, step: Step) -> None:
        self._store, self._step = store, step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        async def call(*given: Any, **named: Any) -> Any:
            await self._step()
            answer = await found(*given, **named)
            await self._step()
            return answer

        return call


@dataclass
class Typing:
    """Types nothing, and knows what it was to type."""

    step: Step
    lines: list[str] = field(default_factory=list)
    told: set[tuple[str, int]] = field(default_factory=set)
    """Cards, and which of their sessions."""
    broken: str = ""
    """A card at which it fails."""

    async def type_now(self, card: Card, _line: str) -> str:
        assert card.session is not None
        if card.id == self.broken:
            raise KeyError(card.id)
        await self.step()
        self.lines.append(card.id)
        self.told.add((card.id, card.session.run))
        await self.step()
        return ""


@dataclass
class Board:
    """The hub's state and its mail, without a world."""

    engine: Engine
    mail_service: MailService
    arrival: MailNotifier
    typing: Typing
    acts: list[tuple[str, str]]
    sent: int = 0
    inside: bool = False

    def begin(self, card: str) -> None:
        now, run = time.time(), self._run(card) + 1
        self.engine.record(
            (
                StartQueued(now, card, run, f"s-{card}-{run}", resume=False),
                StartAdmitted(now, card),
                WindowOpened(now, card, run, f"@{card[1:]}", f"%{card[1:]}", 1, 1),
            )
        )
        self.engine.signal(card, RegistrySaid(time.time(), "idle"))

    async def mail(self, card: str) -> None:
        self.sent += 1
        with contextlib.suppress(Exception):  # a refusal, or a card that is gone
            await self.mail_service.sending.send(
                THE_HUMAN, f"box-{card}", Draft(Kind.NOTE, f"No. {self.sent}")
            )

    async def step(self) -> None:
        """What happens next while somebody waits; nothing while that itself is waited for."""
        if self.inside or not self.acts:
            return
        self.inside = True
        try:
            await self.do(*self.acts.pop(0))
        finally:
            self.inside = False

    async def do(self, act: str, card: str) -> None:
        now = time.time()
        if card not in self.engine.state.cards:
            return
        match act:
            case "works":
                self.engine.signal(card, PromptTaken(now, "go on"))
                self.engine.signal(card, RegistrySaid(now, "busy"))
            case "ends":
                self.engine.signal(card, TurnEnded(now, "Done."))
                self.engine.signal(card, RegistrySaid(now, "idle"))
            case "rests":
                self.engine.signal(card, RegistrySaid(now, "idle"))
            case "dies":
                self.engine.signal(card, PaneDied(now, 1))
            case "again":
                self.begin(card)
            case "removed":
                self.engine.record((CardRemoved(now, card),))
            case "mail":
                await self.mail(card)

    def _run(self, card: str) -> int:
        session = self.engine.state.cards[card].session
        return session.run if session else 0


@contextlib.asynccontextmanager
async def board(root: Path, acts: Iterable[tuple[str, str]] = ()) -> AsyncIterator[Board]:
    engine = Engine(Journal(root / "journal.db"), room=lambda: Capacity(30, 30, ""), stall=(300.0, 900.0))
    home = Home(root, "none")
    mail_service = MailService(engine, home, Mail())

    async def step() -> None:
        await made.step()

    typing = Typing(step)
    made_arrival = MailNotifier(engine, mail_service, cast("PromptEffects", typing), home.launches, CLAUDE)
    made = Board(engine, mail_service, made_arrival, typing, list(acts))
    mail_service.overview.notifier = made_arrival
    for card in CARDS:
        created = CardCreated(
            time.time(), card, f"box-{card}", card, "", "/r", "main", f"orch/{card}", f"/{card}"
        )
        engine.record((created,))
        made.begin(card)
    await mail_service.open()
    store = mail_service.connection.store
    mail_service.connection._store = cast("MailStore", Interleaved(store, step))  # noqa: SLF001
    try:
        yield made
    finally:
        await mail_service.close()
        engine.journal.close()


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.005)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pauses in which a person or an agent would do something."""
    monkeypatch.setattr(notifier, "_SETTLES_S", 0.0)
    monkeypatch.setattr(turn_ends, "_UNSEEN_S", 0.0)


acts = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(CARDS)), max_size=30)


@pytest.mark.long
@given(acts=acts)
@settings(
    max_examples=examples(60),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.usefixtures("at_once")
def test_whatever_happens_at_each_await_no_loop_ends_and_whoever_rests_with_mail_is_told(
    acts: list[tuple[str, str]],
) -> None:
    async def run(root: Path) -> None:
        async with board(root, acts) as made:
            for card in CARDS:
                await made.mail(card)
            loop = asyncio.create_task(made.arrival.run())
            for _ in range(30):
                await asyncio.sleep(0.002)
            while made.acts:  # those for which nobody waited
                await made.step()
            for card in made.engine.state.cards:
                await made.do("dies", card)
                await made.do("again", card)
                await made.mail(card)
            last = {(card.id, card.session.run) for card in made.engine.state.cards.values() if card.session}
            await until(lambda: loop.done() or made.typing.told >= last, f"{last} to be told")
            assert not loop.done()
            assert made.engine.faults.words() == ""
            loop.cancel()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


@pytest.mark.usefixtures("at_once")
def test_turns_that_end_while_others_are_settled_end_no_loop(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as made:
            for card in CARDS:
                await made.mail(card)
                await made.do("works", card)
            await asyncio.gather(
                *(
                    made.mail_service.receiving.receive(
                        Reader(f"box-{card}", f"{card}.1"), ReceiveFilter(), 0.0
                    )
                    for card in CARDS
                )
            )
            loop = asyncio.create_task(made.arrival.run())
            made.acts = [("works", "c2"), ("works", "c3"), ("removed", "c4")] * 3
            for card in CARDS:
                await made.do("rests", card)
            await until(lambda: not made.acts or loop.done(), "the others to work")
            assert not loop.done()
            assert made.engine.faults.words() == ""
            loop.cancel()

    asyncio.run(run())


def test_mail_that_comes_while_a_session_is_being_told_is_told_too(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as made:
            await made.mail("c1")
            loop = asyncio.create_task(made.arrival.run())
            made.acts = [("mail", "c1")]
            await until(lambda: not made.acts and bool(made.typing.lines), "a line")
            told = made.arrival._told["c1"]  # noqa: SLF001
            await until(lambda: told.backoff.untold or told.backoff.arrivals == 2, "the second to be known")
            loop.cancel()

    asyncio.run(run())


@pytest.mark.usefixtures("at_once")
def test_a_fault_on_one_mailbox_is_told_on_its_card_and_silences_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with board(tmp_path) as made:
            made.typing.broken = "c2"
            loop = asyncio.create_task(made.arrival.run())
            for card in CARDS:
                await made.mail(card)
            await until(lambda: set(made.typing.lines) == set(CARDS) - {"c2"}, "the others to be told")
            (view,) = [each for each in made.engine.cards if each.id == "c2"]
            assert "mail delivery of c2 failed (KeyError: 'c2'" in view.fault
            assert "retrying" in view.fault
            assert [each.fault for each in made.engine.cards if each.id != "c2"] == ["", "", ""]
            made.typing.broken = ""
            await until(lambda: "c2" in made.typing.lines, "c2 to be told in the end")
            await until(lambda: made.engine.faults.words() == "", "the fault to be over")
            assert not any(each.fault for each in made.engine.cards)
            loop.cancel()

    asyncio.run(run())
    assert "Traceback" in caplog.text


def test_a_listener_that_fails_keeps_nobody_else_from_hearing_nor_effects_from_starting(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with board(tmp_path) as made:
            heard: list[str] = []

            def fails(_: object) -> None:
                raise ZeroDivisionError

            made.engine.after_change(fails)
            made.engine.after_commit(fails)
            made.engine.listen(lambda _id, _view: fails(None))
            made.engine.after_change(heard.append)
            made.engine.after_commit(lambda events: heard.extend(type(each).__name__ for each in events))
            await made.engine.record((CardHeld(time.time(), "c1", "wait"),))
            await until(lambda: heard == ["c1", "CardHeld"], "both to be heard")
            assert "ZeroDivisionError" in made.engine.faults.words()
            assert made.engine.state.cards["c1"].held == "wait"

    asyncio.run(run())


def test_an_effect_that_fails_on_one_card_is_retried_later_each_time_and_others_go_on(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as made:
            carried: list[str] = []

            async def carry_out(effect: Any) -> tuple[Event, ...]:
                carried.append(effect.card)
                if effect.card == "c1":
                    raise RuntimeError("no such luck")
                return ()

            for card in ("c1", "c2"):
                made.engine.record((StartQueued(time.time(), card, 9, "s", resume=False),))
            made.engine.begin(carry_out)
            await until(lambda: carried.count("c1") >= 2, "a second try")
            assert "c2" in carried
            (view,) = [each for each in made.engine.cards if each.id == "c1"]
            assert "effect of c1 failed (RuntimeError: no such luck" in view.fault
            await made.engine.drain()

    asyncio.run(run())


def test_a_card_at_whose_timer_something_fails_keeps_no_other_from_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with board(tmp_path) as made:
            ticked: list[str] = []

            def overdue(card: Card, _now: float) -> tuple[Event, ...]:
                ticked.append(card.id)
                if card.id == "c1":
                    raise LookupError("late")
                return ()

            monkeypatch.setattr("orchestrator.hub.loop.engine.overdue", overdue)
            made.engine.tick()
            assert ticked == list(CARDS)
            made.engine.tick()
            assert ticked == [*CARDS, *CARDS[1:]], "the one that failed waits a moment"
            assert "timer of c1 failed" in made.engine.faults.words()

    asyncio.run(run())


def test_a_loop_that_fails_begins_again_with_a_growing_delay_and_says_so() -> None:
    async def run() -> None:
        said: list[str] = []
        faults = Faults(said.append)
        turns: list[float] = []

        async def turn() -> None:
            turns.append(faults.pause("reader"))
            if len(turns) < 3:
                raise OSError("gone")

        task = asyncio.create_task(endless("reader", turn, faults, lambda: asyncio.sleep(0)))
        await until(lambda: len(turns) == 1 and bool(faults.words()), "a fault")
        assert faults.words().startswith("reader failed (OSError: gone); retrying")
        assert 0.3 < faults.pause("reader") <= 0.5
        await until(lambda: len(turns) == 2, "a second turn")
        await until(lambda: "2 times in a row" in faults.words(), "a second fault")
        assert 0.6 < faults.pause("reader") <= 1.0
        await until(lambda: len(turns) >= 4, "it to work again")
        assert faults.words() == ""
        assert said == ["", ""], "told once when it began, and once when it was over"
        task.cancel()

    asyncio.run(run())
