"""Mailboxes without a session: their mail is kept for a future one, for a while."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orchestrator.core.mail.leases import Outcome
from orchestrator.core.mail.message import HUMAN, ORCH, Message
from orchestrator.core.mail.order import BoxCount, ReceiveFilter
from orchestrator.core.mail.to_come import never_came
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.hub.mail.sending.directory import Directory

_MOST = 200
_ALL = 1 << 40


@dataclass(frozen=True, slots=True)
class UnclaimedMail:
    """Methods raise `MailError`."""

    connection: MailConnection
    directory: Directory
    kept_for: float
    """Seconds for which mail to such a name is kept."""

    async def look(self, counts: Iterable[BoxCount]) -> bool:
        """Expires what has waited too long; returns whether there was any. What the person has received under
        that name is settled, the rest becomes dead letters."""
        long_ago = time.time() - self.kept_for
        old = [each for each in counts if each.waiting and (each.oldest or 0.0) <= long_ago]
        ended = False
        for each in old if self.directory.whole else ():
            if each.box != ORCH and not self.directory.has(each.box):
                ended |= await self._end(each.box, lambda message: message.at <= long_ago)
        return ended

    async def bury(self, box: str) -> None:
        """The card of this mailbox is gone: mail sent to it becomes dead letters. Mail that waits for another
        session with that name stays."""
        await self._end(box, lambda message: box not in message.to_come, "its card was removed")

    async def read_by_person(self, message: Message) -> None:
        """The person has read what was sent to a name without a session: nobody else has to."""
        for box in message.to_come if HUMAN in message.to else ():
            if not self.directory.has(box):
                await self._settle(box, [message.id], Outcome.DONE, "read by you")

    # --- inside

    async def _end(self, box: str, which: Callable[[Message], bool], why: str = "") -> bool:
        got = await self.connection.store.peek(box, time.time(), ReceiveFilter(most=1_000, most_bytes=_ALL))
        meant = [each.message for each in got.messages if which(each.message)]
        for_both = [each.id for each in meant if box in each.to_come and HUMAN in each.to]
        for_box = [each.id for each in meant if each.id not in for_both]
        await self._settle(box, for_both, Outcome.DONE, "delivered to the person under that name")
        await self._settle(box, for_box, Outcome.FAILED, why or never_came(box, self.kept_for))
        return bool(meant)

    async def _settle(self, box: str, ids: list[str], outcome: Outcome, why: str) -> None:
        while ids:
            some, ids = tuple(ids[:_MOST]), ids[_MOST:]
            want = ReceiveFilter(most=len(some), ids=some, most_bytes=_ALL)
            got = await self.connection.store.receive(box, ORCH, time.time(), want)
            acks = [(each.message.id, each.fence) for each in got.messages]
            await self.connection.store.ack(box, acks, outcome, time.time(), why)
