"""What a sender is told of an accepted message: what it counts for, and whom it waits for."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.core.mail.counting import awaiting
from orchestrator.core.mail.kinds import ReportWeight
from orchestrator.core.mail.message import Kind, Message, SendResult
from orchestrator.core.mail.to_come import to_come_words
from orchestrator.core.mail.understanding import Understood, counted
from orchestrator.hub.mail.connection import MailConnection
from orchestrator.store.mail.protocol import MailError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipts:
    """Raises nothing: the message has been accepted, whatever fails now."""

    connection: MailConnection
    kept_for: float
    wake: Callable[[str], None]
    """Wakes those who wait for mail of a mailbox."""

    async def opened_meanwhile(self, message: Message, meant: Understood) -> Understood:
        """Counts a report for a gather that was opened while it was sent. Opening one looks for earlier
        reports, so that none is missed in between."""
        named = {message.thread, message.reply_to} - {""}
        final = meant.worth is ReportWeight.FINAL
        try:
            found = awaiting(await self.connection.store.gathers(), message.sender, message.to, named=named)
            if len(found) != 1:
                return meant
            gather = await self.connection.store.count_report(found[0].id, message, final=final)
        except MailError as error:  # the next call for that gather finds it
            _log.warning("cannot determine what %s counts for: %s", message.id, error)
            return meant
        if gather is None:
            return meant
        self.wake(gather.owner)
        return replace(meant, gather=gather, notes=(counted(gather, final=final), *meant.notes))

    async def notes(self, sent: SendResult, message: Message, meant: Understood) -> tuple[str, ...]:
        """The notes besides the outcomes of the message."""
        notes = [*to_come_words(message, self.kept_for), *meant.notes]
        try:
            if sent.repeated and (first := await self.connection.store.record(sent.id)):
                message = first.message
            reports = message.gather and not sent.gather
            gather = await self.connection.store.gather(message.gather) if reports else None
        except MailError as error:
            _log.warning("cannot determine what %s counts for: %s", message.id, error)
            return tuple(notes)
        if gather:
            notes.insert(0, counted(gather, final=message.kind is not Kind.PARTIAL))
        return tuple(notes)
