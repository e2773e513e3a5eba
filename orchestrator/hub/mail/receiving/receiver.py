"""Receiving: leases, blocked receivers, and acknowledgements."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.addressing import Peer, senders
from orchestrator.core.mail.leases import Acked, GivenBack, Outcome
from orchestrator.core.mail.message import HUMAN, ORCH
from orchestrator.core.mail.order import Leased, Received, ReceiveFilter, fitting
from orchestrator.hub.loop.engine import RefusedError
from orchestrator.hub.mail.background import BackgroundTasks
from orchestrator.hub.mail.connection import MailConnection, in_words
from orchestrator.hub.mail.receiving.unreceived import UnreceivedMail
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.store.mail.protocol import MailError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """A session that reads its mailbox."""

    box: str
    session: str


@dataclass
class MailReceiver:
    """Delivers messages to the sessions that ask for them."""

    connection: MailConnection
    directory: Directory
    unreceived: UnreceivedMail
    errands: BackgroundTasks
    changed: Callable[[], None]
    given_back: Callable[[GivenBack], None]
    received_at: dict[str, float] = field(default_factory=dict)
    """When the session of a mailbox last fetched its mail."""
    _arrivals: dict[str, set[asyncio.Event]] = field(default_factory=dict)
    _blocked: Counter[str] = field(default_factory=Counter)

    async def senders(self, box: str, said: Sequence[str]) -> tuple[str, ...]:
        """The mailboxes that `box` means for a reader; a full name also counts if its card is gone, as long
        as it has mail. Raises `RefusedError` and `MailError`."""
        there = self.directory.peers()
        names = {ORCH, HUMAN, *(each.name for each in there), *(each.card for each in there)}
        gone = [each for each in said if each not in names and await self.connection.store.records(each, 1)]
        everybody = (*there, *(Peer(name, over=True) for name in (ORCH, *gone)))
        found = senders(said, everybody, box, guess=self.directory.whole)
        if isinstance(found, Rejected):
            raise RefusedError(found)
        return found

    # --- waiting

    def wake(self, box: str) -> None:
        """Wakes the callers that wait for something in this mailbox."""
        for arrival in self._arrivals.get(box, ()):
            arrival.set()

    def wake_all(self) -> None:
        """Wakes all waiting callers, as after the store was away."""
        for box in tuple(self._arrivals):
            self.wake(box)

    def blocks(self, box: str) -> bool:
        """Whether a call of the mailbox's session waits for mail now."""
        return self._blocked[box] > 0

    @contextmanager
    def waiting(self, box: str) -> Iterator[asyncio.Event]:
        """An event that is set at every change of the mailbox, while its session blocks."""
        arrival = asyncio.Event()
        self._arrivals.setdefault(box, set()).add(arrival)
        self._blocked[box] += 1
        try:
            yield arrival
        finally:
            self._blocked[box] -= 1
            self.received_at[box] = time.time()
            self._arrivals[box].discard(arrival)
            if not self._arrivals[box]:
                del self._arrivals[box]

    # --- receiving

    async def receive(
        self, who: Reader, want: ReceiveFilter, wait_s: float, *, peek: bool = False
    ) -> Received:
        """The next messages, as soon as there are any; first what a killed hub may have lost. Raises
        `RefusedError`."""
        deadline = time.monotonic() + wait_s
        with in_words("no mail was received"), self.waiting(who.box) as arrival:
            if not peek and (again := await self.in_doubt(who)):
                count = fitting((each.message.size for each in again), want)
                self._hand_out(who, again[:count])
                return Received(again[:count], more=True)
            while True:
                arrival.clear()
                if peek:
                    got = await self.connection.store.peek(who.box, time.time(), want)
                else:
                    got = await self.lease(who, want)
                left = deadline - time.monotonic()
                if got.messages or left <= 0:
                    return got
                try:
                    await asyncio.wait_for(arrival.wait(), left)
                except TimeoutError:
                    deadline = 0.0

    async def lease(self, who: Reader, want: ReceiveFilter) -> Received:
        """Leases what there is now. If the caller has gone meanwhile, it is returned at once."""
        under_way = asyncio.ensure_future(
            self.connection.store.receive(who.box, who.session, time.time(), want)
        )
        try:
            got = await asyncio.shield(under_way)
        except asyncio.CancelledError:
            what = f"what {who.box} did not wait for was not returned"
            self.errands.run(self._put_back(who, under_way), what)
            raise
        self._hand_out(who, got.messages)
        if got.messages:
            self.changed()
        return got

    async def in_doubt(self, who: Reader) -> tuple[Leased, ...]:
        """What the session has leased, and perhaps never received."""
        held = await self.connection.store.held(who.box, who.session)
        return tuple(
            each for each in held if not self.unreceived.knows(who.session, (each.message.id, each.fence))
        )

    def heard(self, session: str) -> None:
        """As `UnreceivedMail.heard`."""
        self.unreceived.heard(session)

    # --- settling

    async def ack(self, who: Reader, ids: Sequence[str], outcome: Outcome, note: str) -> tuple[Acked, ...]:
        """Settles messages that the session has leased. Raises `RefusedError`."""
        with in_words("nothing was acknowledged"):
            held = {
                each.message.id: each.fence for each in await self.connection.store.held(who.box, who.session)
            }
            acks = [(each, held.get(each, 0)) for each in ids]
            came_to = await self.connection.store.ack(who.box, acks, outcome, time.time(), note)
        by = dict(zip(ids, came_to, strict=True))
        self.given_back(
            GivenBack(
                tuple((who.box, each) for each, came in by.items() if came is Acked.REQUEUED),
                tuple((who.box, each) for each, came in by.items() if came is Acked.DEAD),
            )
        )
        self.changed()
        return came_to

    async def turn_ended(self, who: Reader) -> None:
        """What the session has received counts as done; what it perhaps has not is returned."""

        async def settle() -> None:
            self.unreceived.heard(who.session)
            held = await self.connection.store.held(who.box, who.session)
            if not held:
                return
            marks = [(each.message.id, each.fence) for each in held]
            got = [each for each in marks if self.unreceived.has(who.session, each)]
            lost = [each for each in marks if not self.unreceived.has(who.session, each)]
            if got:
                await self.connection.store.ack(who.box, got, Outcome.DONE, time.time(), "its turn ended")
            if lost:
                await self.connection.store.ack(who.box, lost, Outcome.REQUEUE, time.time())
                self.given_back(GivenBack(tuple((who.box, message) for message, _ in lost)))
            self.unreceived.forget(who.session)
            self.changed()

        await self._logged(settle(), f"what {who.box} has read was not acknowledged")

    async def give_back(self, who: Reader) -> None:
        """The session cannot continue with its leased messages."""

        async def settle() -> None:
            back = await self.connection.store.give_back(who.box, who.session, time.time())
            self.unreceived.forget(who.session)
            if back.waiting or back.dead:
                self.given_back(back)
                self.changed()

        await self._logged(settle(), f"what {who.box} has in hand was not returned")

    # --- inside

    def _hand_out(self, who: Reader, messages: Sequence[Leased]) -> None:
        self.unreceived.out(who.session, ((each.message.id, each.fence) for each in messages))

    async def _put_back(self, who: Reader, under_way: "asyncio.Future[Received]") -> None:
        got = await under_way
        acks = [(each.message.id, each.fence) for each in got.messages]
        if acks:
            await self.connection.store.ack(who.box, acks, Outcome.REQUEUE, time.time())
            self.given_back(GivenBack(tuple((who.box, message) for message, _ in acks)))

    async def _logged(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """The store's own time limit on a lease does the same, later."""
        try:
            await work
        except MailError as error:
            _log.warning("%s: %s", what, error)
