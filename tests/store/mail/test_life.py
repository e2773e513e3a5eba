"""Whatever order things happen in, both stores do as the model does: nothing is lost, nothing comes twice."""

import asyncio
import shutil
from collections.abc import Awaitable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import Kind, SendStatus
from orchestrator.core.mail.order import ReceiveFilter
from orchestrator.store.mail.protocol import MailStore
from orchestrator.store.mail.sqlite.store import SqliteMail
from tests.examples import examples
from tests.store.mail.bench import VISIBLE_S, message, post, redis_bench
from tests.store.mail.model import Model
from tests.store.mail.redis_server import RedisServer

pytestmark = pytest.mark.slow


T = TypeVar("T")
BOXES = ("bob", "eve", "zoe")
SESSIONS = ("s1", "s2")
boxes = st.sampled_from(BOXES)
sessions = st.sampled_from(SESSIONS)
kinds = st.sampled_from([Kind.NOTE, Kind.TASK])


class Life(RuleBasedStateMachine):
    """The life of some mailboxes. What a store is and how it crashes, the sub-classes say."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.model = Model()
        self.now = 1000.0
        self.fence = 0
        self.leases: list[tuple[str, str, int]] = []
        self.sent: list[str] = []

    store: MailStore

    def made(self) -> MailStore:
        raise NotImplementedError

    def do(self, work: Awaitable[T]) -> T:
        async def whole() -> T:
            return await work

        return self.loop.run_until_complete(whole())

    @initialize()
    def begin(self) -> None:
        self.store = self.made()
        self.do(self.store.open())

    @rule(
        to=st.lists(boxes, min_size=1, max_size=3, unique=True),
        kind=kinds,
        urgent=st.booleans(),
        idem=st.sampled_from(["", "", "i1", "i2"]),
        lives=st.none() | st.integers(1, 300),
        again=st.booleans(),
    )
    def send(
        self, to: list[str], kind: Kind, *, urgent: bool, idem: str, lives: int | None, again: bool
    ) -> None:
        expires_at = None if lives is None else self.now + lives
        each = message(tuple(to), kind=kind, urgent=urgent, idem=idem, expires_at=expires_at, at=self.now)
        for _ in range(1 + again):
            name, repeated = self.model.send(each)
            sent = self.do(self.store.send(post(each)))
            assert (sent.id, sent.repeated) == (name, repeated)
            assert sent.boxes(SendStatus.STORED)
        self.sent.append(each.id)

    @rule(box=boxes, session=sessions, most=st.integers(1, 4), kind=st.none() | kinds, look=st.booleans())
    def receive(self, box: str, session: str, most: int, kind: Kind | None, *, look: bool) -> None:
        want = ReceiveFilter(most=most, kinds=(kind,) if kind else ())
        due = self.model.due(box, self.now, most, want.kinds)
        if look:
            received = self.do(self.store.peek(box, self.now, want))
        else:
            received = self.do(self.store.receive(box, session, self.now, want))
        assert [each.message for each in received.messages] == [each.message for each in due]
        for leased, letter in zip(received.messages, due, strict=True):
            if look:
                assert (leased.fence, leased.times) == (0, letter.times)
                continue
            assert leased.fence > self.fence
            self.fence = leased.fence
            self.model.lease(letter, session, leased.fence, self.now)
            assert leased.times == letter.times
            self.leases.append((box, leased.message.id, leased.fence))

    @rule(data=st.data(), outcome=st.sampled_from(list(Outcome)))
    def ack(self, data: st.DataObject, outcome: Outcome) -> None:
        """Any lease that there ever was, the present ones most often."""
        if not self.leases:
            return
        box, name, fence = data.draw(st.sampled_from(self.leases[-3:] + self.leases))
        expected = self.model.ack(box, name, fence, outcome, self.now)
        assert self.do(self.store.ack(box, [(name, fence)], outcome, self.now)) == (expected,)

    @rule(box=boxes, session=sessions)
    def session_crashes(self, box: str, session: str) -> None:
        held = self.model.of_session(box, session)
        back = self.do(self.store.give_back(box, session, self.now))
        died = {each.message.id for each in held if self.model.back(each, self.now)}
        assert {name for _, name in back.dead} == died
        assert {name for _, name in back.waiting} == {each.message.id for each in held} - died

    @rule(box=boxes, session=sessions)
    def session_lives(self, box: str, session: str) -> None:
        self.do(self.store.renew([(box, session)], self.now))
        for each in self.model.of_session(box, session):
            each.until = max(each.until, self.now + VISIBLE_S)

    @rule(seconds=st.integers(1, 150))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds
        self.do(self.store.expire(self.now))
        self.model.expire(self.now)

    @rule(data=st.data(), box=boxes)
    def redrive(self, data: st.DataObject, box: str) -> None:
        if self.sent:
            name = data.draw(st.sampled_from(self.sent))
            taken = self.do(self.store.redrive(box, [name], self.now))
            assert bool(taken) == self.model.redrive(box, name)

    @rule()
    def crash(self) -> None:
        old = self.store
        self.store = self.made()
        self.do(old.close())
        self.do(self.store.open())

    @invariant()
    def all_is_where_it_should_be(self) -> None:
        if not hasattr(self, "store"):
            return
        counts = {each.box: each for each in self.do(self.store.counts())}
        for box in BOXES:
            letters = self.model.boxes.get(box, [])
            here = counts.get(box)
            for place in ("waiting", "leased", "dead"):
                expected = sum(each.place == place for each in letters)
                assert (getattr(here, place) if here else 0) == expected, (box, place)
            held = {
                (each.message.id, each.fence, each.until)
                for session in SESSIONS
                for each in self.do(self.store.held(box, session))
            }
            assert held == {
                (each.message.id, each.fence, each.until) for each in letters if each.place == "leased"
            }

    def teardown(self) -> None:
        if hasattr(self, "store"):
            dead = {(each.box, each.message.id) for each in self.do(self.store.dead())}
            assert dead == {
                (box, each.message.id)
                for box, letters in self.model.boxes.items()
                for each in letters
                if each.place == "dead"
            }
            self.do(self.store.close())
        self.loop.close()


class SqliteLife(Life):
    """A crash leaves the file and its log as they stand on the disk at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.crashes = 0

    def made(self) -> MailStore:
        root = Path(self.folder.name)
        before, path = root / f"{self.crashes}.db", root / f"{self.crashes + 1}.db"
        self.crashes += 1
        if before.exists():
            for end in ("", "-wal"):
                shutil.copy(f"{before}{end}", f"{path}{end}")
        return SqliteMail(path, visible_s=VISIBLE_S)

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


def redis_life(server: RedisServer) -> type[Life]:
    """A crash is that of the hub: the server goes on."""

    class RedisLife(Life):
        def __init__(self) -> None:
            super().__init__()
            self.bench = redis_bench(server.url)

        def made(self) -> MailStore:
            return self.bench.make()

    return RedisLife


QUICK = settings(
    max_examples=examples(25),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.long
def test_no_life_of_mailboxes_in_sqlite_differs_from_the_models() -> None:
    run_state_machine_as_test(SqliteLife, settings=QUICK)


@pytest.mark.long
def test_no_life_of_mailboxes_in_redis_differs_from_the_models(redis_server: RedisServer) -> None:
    run_state_machine_as_test(redis_life(redis_server), settings=QUICK)
