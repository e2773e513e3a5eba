"""Tells people what needs them: asks the policy at each change, and sends what is due by each channel.

A message is recorded before it is sent, so that none is sent twice, whenever the hub ends.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from orchestrator.core.board.views import Need
from orchestrator.core.notifications.occurrence import Occurrence, occurrences, reminders
from orchestrator.core.notifications.policy import Moment, Plan, Timing, Told, plan
from orchestrator.core.notifications.views import NotificationView, Outcome
from orchestrator.hub.loop.engine import Engine, refusal
from orchestrator.hub.loop.forever import endless
from orchestrator.hub.notifications.activity import Activity
from orchestrator.hub.notifications.message import Delivery, Message, message, sample
from orchestrator.store.notifications import Claim, NotificationLog, NotificationsError

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Notifications:
    """`needs` is the queue, `answering` the ids of requests that are being answered. `attached_until` asks
    how long the person counts as active in a session's own terminal."""

    engine: Engine
    record: NotificationLog
    channels: Sequence[Delivery]
    timing: Timing
    activity: Activity
    quiet_until: Callable[[float], float]
    needs: Callable[[], tuple[Need, ...]]
    answering: Callable[[], frozenset[str]]
    attached_until: Callable[[], Awaitable[float]]
    _told: Told | None = None
    _baseline: frozenset[str] = frozenset()
    """What stood when a hub without a record began."""
    _recorded: bool = False
    """`_told` was read from the record."""
    _seen: dict[str, float] = field(default_factory=dict)
    _sending: set[str] = field(default_factory=set)
    _needs: tuple[Need, ...] = ()
    _asked: tuple[tuple[Need, ...], frozenset[str], tuple[float, ...]] | None = None
    """The queue, what was being answered, and the gates' reminders, at the latest look."""
    _look_at: float | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Looks at each change, and when something becomes due, until it is cancelled."""
        self.activity.changed = self._woken.set
        self._woken.set()  # what stands now is what stood before, see `_begin`
        await endless("notifications", self.look, self.engine.faults, self._wait)

    def changed(self) -> None:
        """Something may have changed in the queue."""
        if self._now() != self._asked:
            self._woken.set()

    async def look(self) -> None:
        """Sends what is due."""
        async with self._looking:  # two at once could send the same
            await self._look()

    async def _look(self) -> None:
        now = time.time()
        standing = self._standing(now)
        if self._told is None:
            self._told = await self._begin(standing, now)
        found = await self._plan(standing, now)
        self._look_at = found.look_again
        for due in found.due:
            channel = next(each for each in self.channels if each.rule.name == due.channel)
            still = {each.id for each in self.needs()}  # what was before may have taken a moment
            left = tuple(each for each in due.occurrences if each.need.id in still)
            if not left:
                continue
            told = message(self.engine.state, left, len(self._needs), now)
            number = await self._claim(channel, told)
            self._sending.add(due.channel)
            self.engine.spawn(self._sent(channel, told, number))

    async def test(self, name: str) -> tuple[NotificationView, ...]:
        """Sends a test message by that channel, or by all; returns what became of each. Raises
        `RefusedError`."""
        names = [each.rule.name for each in self.channels if each.on]
        chosen = [each for each in self.channels if each.on and name in ("", *_names(each.rule.name))]
        if not chosen:
            on = ", ".join(names) or "none"
            raise refusal(f"no notification channel named {name!r}", f"on: {on}", "See: orch config show")
        return tuple(await asyncio.gather(*(self._test(channel) for channel in chosen)))

    async def latest(self, most: int, *, skipped: bool = False) -> tuple[NotificationView, ...]:
        """What was told, newest first; with `skipped` also what there was nobody to tell. Raises
        `RefusedError`."""
        try:
            return await asyncio.to_thread(self.record.latest, most, skipped=skipped)
        except NotificationsError as error:
            raise refusal("cannot list notifications", str(error), "See: orch doctor") from error

    # --- inside ----------------------------------------------------------------------------------

    def _now(self) -> tuple[tuple[Need, ...], frozenset[str], tuple[float, ...]]:
        needs = self.needs()
        return needs, self.answering(), reminders(self.engine.state, needs)

    async def _wait(self) -> None:
        left = None if self._look_at is None else max(0.01, self._look_at - time.time())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), left)
        self._woken.clear()

    def _standing(self, now: float) -> tuple[Occurrence, ...]:
        self._needs, answering, _ = self._asked = self._now()
        found = tuple(occurrences(self.engine.state, self._needs, now, self._seen, answering))
        self._seen = {each.key: each.seen for each in found}
        return found

    async def _begin(self, standing: Sequence[Occurrence], now: float) -> Told:
        """What was told before this hub began. Without a record, what stands already counts as told."""
        keys = frozenset(each.key for each in standing)
        names = [each.rule.name for each in self.channels]
        try:
            fresh = await asyncio.to_thread(self.record.is_fresh)
            if fresh and (fresh == "begun" or not keys):
                return Told()
            self._recorded = True
            return await asyncio.to_thread(self.record.begin, names, keys, now)
        except NotificationsError as error:
            _log.warning("%s; what stands now is not told", error)
            return Told(frozenset((name, key) for name in names for key in keys))

    async def _plan(self, standing: Sequence[Occurrence], now: float) -> Plan:
        assert self._told is not None
        rules = [each.rule for each in self.channels if each.on and each.rule.name not in self._sending]
        moment = Moment(now, self.activity.until, self.quiet_until(now))
        found = plan(standing, rules, self._told, self.timing, moment)
        away = {each.name for each in rules if each.away}
        if any(each.channel in away for each in found.due) and (until := await self.attached_until()) > now:
            moment = Moment(now, until, moment.quiet_until)
            found = plan(standing, rules, self._told, self.timing, moment)
        return found

    async def _claim(self, channel: Delivery, told: Message) -> int:
        """The message's number in the record; 0 if it cannot be written: then only this hub knows of it."""
        name, before = channel.rule.name, self._told or Told()
        pairs = {(name, key) for key in told.keys}
        retry = {pair: at for pair, at in before.retry.items() if pair not in pairs}
        self._told = Told(frozenset({*before.keys, *pairs}), retry, {**before.last, name: told.at})
        claim = Claim(told.at, name, told.keys, told.kinds, told.needs, told.text)
        try:
            if not self._recorded:
                names = [each.rule.name for each in self.channels]
                await asyncio.to_thread(self.record.begin, names, (), told.at)
                self._recorded = True
            return await asyncio.to_thread(self.record.claim, claim)
        except NotificationsError as error:
            _log.warning("%s", error)
            return 0

    async def _sent(self, channel: Delivery, told: Message, number: int) -> None:
        await self._send(channel, told, number)

    async def _send(self, channel: Delivery, told: Message, number: int) -> Outcome:
        name = channel.rule.name
        outcome = Outcome("failed", "a bug, see: orch hub logs")
        try:
            outcome = await channel.tell(told)
        finally:
            self._sending.discard(name)
            await self._settle(channel, told, number, outcome)
            self._woken.set()
        return outcome

    async def _settle(self, channel: Delivery, told: Message, number: int, outcome: Outcome) -> None:
        if outcome.state == "failed":
            _log.warning("cannot notify by %s: %s", channel.rule.name, outcome.why)
        if not number:
            return
        try:
            retry_at = await asyncio.to_thread(self.record.settle, number, outcome, time.time())
        except NotificationsError as error:
            _log.warning("%s", error)
            return
        if retry_at and self._told is not None:
            again = {(channel.rule.name, key): retry_at for key in told.keys}
            self._told = Told(self._told.keys, {**self._told.retry, **again}, self._told.last)

    async def _test(self, channel: Delivery) -> NotificationView:
        told = sample()
        if self._told is None:
            await self.look()
        number = await self._claim(channel, told)
        outcome = await self._send(channel, told, number)
        return NotificationView(
            number, told.at, channel.rule.name, (), told.kinds, told.text, outcome.state, outcome.why
        )


def _names(channel: str) -> tuple[str, ...]:
    """What a channel may be called: one of apprise (`ntfys-1a2b3c`) also by its service, or by `apprise`."""
    service = channel.rpartition("-")[0]
    return (channel, service, "apprise") if service else (channel,)
