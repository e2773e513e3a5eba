"""Gathers: waiting for reports, tombstones for members that cannot report, and notifications."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from orchestrator.core.mail.compose import Draft
from orchestrator.core.mail.gather import (
    WAITS_FOR_HUMAN,
    Gather,
    Missing,
    complete,
    due,
    missing,
    tombstoned,
)
from orchestrator.core.mail.message import ORCH, Kind, Message, Record
from orchestrator.core.mail.order import Leased, ReceiveFilter
from orchestrator.hub.loop.engine import RefusedError
from orchestrator.hub.loop.faults import Faults
from orchestrator.hub.mail.connection import MailConnection, in_words
from orchestrator.hub.mail.gathers.lookup import GatherLookup, GatherQuery
from orchestrator.hub.mail.gathers.unstarted import UnstartedMembers
from orchestrator.hub.mail.receiving.receiver import MailReceiver, Reader
from orchestrator.hub.mail.sending.directory import Directory
from orchestrator.hub.mail.sending.sender import ORCH_ITSELF, MailSender

_MOMENT_S = 60.0
"""Minimum seconds that a member has once the human has answered."""
_TOLD_AFTER = 3.0
"""Seconds that a member waits for a human before anyone is notified: rules answer sooner."""
_REMOVED = "its card was removed before it reported"
_ALL = 1 << 40
"""Bytes: more than any mailbox holds."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GatherAnswer:
    """The state of a gather: `reports` are all reports so far, by member; `told` is what orch has written to
    its owner about it."""

    gather: Gather
    complete: bool
    reports: tuple[Leased, ...]
    missing: tuple[Missing, ...]
    told: tuple[Leased, ...] = ()
    unread: tuple[Message, ...] = ()
    """Other mail of the members that waits in the owner's mailbox."""


@dataclass
class Gathers:
    """Delivers reports to the sessions that wait for them."""

    connection: MailConnection
    directory: Directory
    sending: MailSender
    receiving: MailReceiver
    faults: Faults
    changed: Callable[[], None]
    tell_human: Callable[[str, str], None]
    """Notifies every open client that a worker (by mailbox) waits for the human."""
    _told: set[tuple[str, str, str]] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    """Questions of members of which an owner has been notified."""
    _waits: dict[tuple[str, str], float] = field(default_factory=dict)
    """By gather and member: since when it waits for a human."""
    _patience: dict[tuple[str, str], float] = field(default_factory=dict)
    """The same: its own deadline, if it has waited for a human."""

    def __post_init__(self) -> None:
        self.finding = GatherLookup(self.connection, self.directory)
        self._unstarted = UnstartedMembers(self.directory, self.sending, self.tell_human)

    # --- asking

    async def gather(
        self,
        who: Reader,
        asked: GatherQuery,
        *,
        wait_s: float,
        partial_ok: bool = False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> GatherAnswer:
        """Returns as soon as no member is expected any more, or a member asks something, or after `wait_s`
        seconds. May be called again. Raises `RefusedError`.
        """
        deadline = time.monotonic() + wait_s
        with in_words("nothing was gathered"), self.receiving.waiting(who.box) as arrival:
            meant = await self.finding.meant(who.box, asked)
            self.changed()
            while True:
                arrival.clear()
                found = await self.finding.now(meant)
                done = complete(found, partial_ok=partial_ok)
                left = deadline - time.monotonic()
                if done or left <= 0 or await self._asks(who.box, found):
                    return await self._result(who, found, done=done)
                progress(self._words(found))
                try:
                    await asyncio.wait_for(arrival.wait(), left)
                except TimeoutError:
                    deadline = 0.0

    def missing(self, gather: Gather) -> tuple[Missing, ...]:
        """Members that have not reported and still may, with the present state of their sessions."""
        return missing(gather, self.directory.states())

    # --- watching

    async def watch(self) -> None:
        """Creates the tombstones that are due, and notifies of members that wait for a human. Raises
        `MailError`."""
        under_way = await self.connection.store.gathers()
        known = {each.id for each in under_way}
        for kept in (self._waits, self._patience):
            for key in [key for key in kept if key[0] not in known]:
                del kept[key]
        for gather in under_way:
            if self._is_our_affair(gather):
                owner = self.directory.card(gather.owner)
                with self.faults.kept_apart("gather", owner.id if owner else ""):
                    await self._watch(gather)

    async def _watch(self, gather: Gather) -> None:
        for name, why in (*self._gone(gather), *self._due(gather, self.directory.states(), time.time())):
            await self.bury(gather, name, why)
        for each in self.missing(gather):
            if each.needs_human:
                await self._tell_of_waiting(gather, each)
        await self._unstarted.look(gather)

    async def bury(self, gather: Gather, name: str, why: str) -> None:
        """No gather expects `name` any more; the owner is notified, once, and before its call returns."""
        now, current = time.time(), await self._now(gather)
        after = tombstoned(current, name, why, now)
        if after == current:  # it has reported meanwhile
            return
        await self._tell_owner(after, f"{name} will not report: {why}", f"gone.{gather.id}.{name}")
        await self.connection.store.tombstone(gather.id, name, why, now)
        self.receiving.wake(gather.owner)
        self.changed()

    async def card_gone(self, name: str) -> None:
        """The card of a mailbox was removed. Raises `MailError`."""
        for gather in await self.connection.store.gathers():
            if gather.member(name):
                await self.bury(gather, name, _REMOVED)

    # --- inside

    async def _asks(self, box: str, gather: Gather) -> bool:
        """Whether a member waits for an answer of the owner, of which the owner has not been notified."""
        names = tuple(each.name for each in gather.members)
        want = ReceiveFilter(senders=names, kinds=(Kind.QUESTION,))
        found = await self.connection.store.peek(box, time.time(), want)
        new = {each.message.id for each in found.messages} - self._asked
        self._asked |= new
        return bool(new)

    async def _result(self, who: Reader, gather: Gather, *, done: bool) -> GatherAnswer:
        """With the reports; those still in the mailbox are leased by this."""
        ids = [report for member in gather.members for report in member.reports]
        leased: dict[str, Leased] = {}
        if ids:
            want = ReceiveFilter(most=len(ids), ids=tuple(ids), most_bytes=_ALL)
            leased = {each.message.id: each for each in (await self.receiving.lease(who, want)).messages}
        told = await self.receiving.lease(
            who,
            ReceiveFilter(
                most=200, senders=(ORCH,), thread=gather.thread, kinds=(Kind.STATUS,), most_bytes=_ALL
            ),
        )
        reports = []
        for each in ids:
            if each in leased:
                reports.append(leased[each])
            elif record := await self.connection.store.record(each):
                reports.append(Leased(record.message, 0, 0.0, _times(record, who.box)))
        names = tuple(each.name for each in gather.members)
        unread = await self.connection.store.peek(
            who.box, time.time(), ReceiveFilter(most=100, senders=names)
        )
        return GatherAnswer(
            gather, done, tuple(reports), self.missing(gather), told.messages,
            tuple(each.message for each in unread.messages),
        )  # fmt: skip

    def _words(self, gather: Gather) -> str:
        lacking = self.missing(gather)
        words = f"{gather.count} of {gather.wanted} results received"
        waits = [f"{each.name} {each.state}" for each in lacking if each.needs_human]
        return "; ".join((words, *waits[:3]))

    def _due(self, gather: Gather, states: Mapping[str, str], now: float) -> Iterator[tuple[str, str]]:
        """The members that get a tombstone. The time in which a member waited for a human does not count, and
        after that it has a moment."""
        for member in gather.members:
            key = (gather.id, member.name)
            if states.get(member.name) in WAITS_FOR_HUMAN:
                self._waits.setdefault(key, now)
            elif key in self._waits:
                since = self._waits.pop(key)
                before = self._patience.get(key, gather.deadline)
                self._patience[key] = max(before + now - since, now + _MOMENT_S)
            deadline = self._patience.get(key, gather.deadline)
            yield from due(replace(gather, members=(member,), deadline=deadline), states, now)

    def _is_our_affair(self, gather: Gather) -> bool:
        names = [gather.owner, *(each.name for each in gather.members)]
        return any(self.directory.ours(name) for name in names)

    def _gone(self, gather: Gather) -> list[tuple[str, str]]:
        """Members whose cards are gone, if this is the only hub that could have them."""
        if self.connection.shared:
            return []
        lacking = [each.name for each in self.missing(gather)]
        still = [
            each.name
            for each in gather.members
            if each.part in ("awaited", "partial") and not (each.to_come and each.part == "awaited")
        ]
        return [(name, _REMOVED) for name in lacking if name in still and not self.directory.ours(name)]

    async def _tell_of_waiting(self, gather: Gather, each: Missing) -> None:
        card = self.directory.card(each.name)
        since = card.session.since if card and card.session else gather.at
        key = (gather.id, each.name, f"{since:.3f}")
        if card is None or key in self._told or time.time() - since < _TOLD_AFTER:
            return
        self._told.add(key)
        why = card.session.why if card.session else ""
        words = f"{each.name}: {each.state}{(f' ({why})' if why else '')}; your gather stays open until then"
        new = await self._tell_owner(gather, words, ".".join(("waits", *key)))
        if new:
            self.tell_human(each.name, f"{each.name} is blocking a gather of {gather.owner}: {each.state}")
        self.receiving.wake(gather.owner)

    async def _tell_owner(self, gather: Gather, words: str, idem: str) -> bool:
        """Writes to the owner; returns whether it is the first time."""
        draft = Draft(
            Kind.STATUS, f"{words}.\nGather {gather.id}: {self._words(gather)}.",
            subject=words[:150], thread=gather.thread, idem=idem,
        )  # fmt: skip
        try:
            sent = await self.sending.send(ORCH_ITSELF, [gather.owner], draft)
        except RefusedError as error:
            _log.warning("cannot notify %s that %s: %s", gather.owner, words, error)
            return False
        return not sent.repeated

    async def _now(self, gather: Gather) -> Gather:
        return await self.connection.store.gather(gather.id) or gather


def _times(record: Record, box: str) -> int:
    return next((each.times for each in record.deliveries if each.box == box), 0)
